//! The page of figures, as a browser gets it.

use std::net::{IpAddr, Ipv4Addr};

use voxanne::accounts::{self, Browser, Entered, NewStaff, Role};

use crate::analytics::thirty_seven::{RANGE, write};
use crate::harness::{Clinic, Voxanne};

const PASSWORD: &str = "seventeen lavender bicycles";

/// The cookie of somebody who is signed in to a clinic.
async fn signed_in(vox: &Voxanne, clinic: &Clinic, role: Role) -> String {
    let email = format!("{}@{}.example", role.name(), clinic.org.0.simple());
    let new = NewStaff { name: "Maria", email: &email, password: PASSWORD, role };
    accounts::add_staff(&vox.app, clinic.org, &new).await.unwrap();
    let browser = Browser { network: IpAddr::V4(Ipv4Addr::LOCALHOST), agent: "Tests".to_owned() };
    let Entered::Open(token) = accounts::sign_in(&vox.app, (&email, PASSWORD), &browser).await.unwrap()
    else {
        panic!("no session")
    };
    format!("sid={token}")
}

async fn page(vox: &Voxanne, cookie: &str, query: &str) -> (u16, String) {
    let url = format!("{}/dashboard/analytics{query}", vox.url);
    let response = vox.http.get(url).header("cookie", cookie).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Without its tags, and with one space between words.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                text.push(' ');
            }
            other if !is_tag => text.push(other),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn g9_the_page_says_its_days_and_shows_every_figure_beside_the_days_before() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    let cookie = signed_in(&vox, &vox.denver, Role::Manager).await;
    let (status, html) = page(&vox, &cookie, &format!("?{RANGE}")).await;
    assert_eq!(status, 200);
    let said = words(&html);
    for sentence in [
        "Friday, October 30 – Tuesday, November 3",
        "compared with Sunday, October 25 – Thursday, October 29 · Denver, Phoenix",
        "Calls answered 25 of 29 calls 257% more",
        "Calls missed 3 of 29 calls 200% more",
        "Calls that booked 32% 8 calls 3 points more",
        "Revenue booked $3,350 9 visits 207% more",
        "No-shows 40% 2 visits 40 points more",
        "Hot lead to text 6 s nine of ten within 15 s 3 s slower",
        "Hot was true 88% of 8 hot calls 54 points more",
        "Asked for in vain 4 times 300% more",
        "Cost of calls $1.32 29 calls 278% more",
        "Botox in the morning 3 2",
        "Dermal Filler at any time 1 1",
        "Leads new people and patients who can buy 20 69%",
        "Juniper Skin Phoenix 12 9 11% $700",
    ] {
        assert!(said.contains(sentence), "{sentence}\n{said}");
    }
    // Everything that is drawn is there as a table, and nothing needs a style or a script of the page's own.
    assert!(
        html.contains("data-chart=\"{&#34;day&#34;:&#34;Day&#34;,&#34;days&#34;:[&#34;2026-10-30&#34;"),
        "{html}"
    );
    assert!(said.contains("Friday, October 30 7 5 2 2 $780"), "{said}");
    assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains("<script>"));
    for table in ["summary", "days", "hours", "locations", "assistants", "funnel", "unmet"] {
        assert!(html.contains(&format!("&#38;table={table}&#38;from=2026-10-30")), "{table}");
    }
}

#[tokio::test]
async fn tables_are_taken_away_by_managers_and_looked_at_by_everybody() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    let csv = format!("{}/api/v1/analytics.csv?table=days&{RANGE}", vox.url);
    for (role, may) in
        [(Role::Owner, true), (Role::Manager, true), (Role::FrontDesk, false), (Role::Viewer, false)]
    {
        let cookie = signed_in(&vox, &vox.denver, role).await;
        let (status, html) = page(&vox, &cookie, &format!("?{RANGE}")).await;
        assert_eq!((status, html.contains("analytics.csv")), (200, may), "{role}");
        let answer = vox.http.get(&csv).header("cookie", &cookie).send().await.unwrap();
        assert_eq!(answer.status(), if may { 200 } else { 403 }, "{role}");
    }
}

#[tokio::test]
async fn the_page_can_be_narrowed_and_what_is_not_there_is_not_found() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    let cookie = signed_in(&vox, &vox.denver, Role::Viewer).await;
    let phoenix: String = vox
        .one("select 'loc_' || translate(id::text, '-', '') from locations where name = 'Juniper Skin Phoenix'")
        .await;
    let (_, html) = page(&vox, &cookie, &format!("?{RANGE}&location={phoenix}")).await;
    let said = words(&html);
    assert!(said.contains("Calls answered 9 of 12 calls"), "{said}");
    assert!(!said.contains("America/Denver"), "{said}");
    assert!(
        html.contains(&format!("/dashboard/analytics?days=7&#38;location={phoenix}")),
        "the choice stays"
    );
    // An empty field is none.
    assert_eq!(page(&vox, &cookie, &format!("?{RANGE}&location=&assistant=")).await.0, 200);
    for other in [format!("location={phoenix}0"), "assistant=asst_1".to_owned()] {
        assert_eq!(page(&vox, &cookie, &format!("?{RANGE}&{other}")).await.0, 404, "{other}");
    }
    let foreign = signed_in(&vox, &vox.harbor, Role::Owner).await;
    assert_eq!(page(&vox, &foreign, &format!("?{RANGE}&location={phoenix}")).await.0, 404);
    let (_, html) = page(&vox, &cookie, "?from=2026-01-01&to=2026-11-03").await;
    assert!(words(&html).contains("at most 92 days apart. Here are the last 30."));
}

#[tokio::test]
async fn without_a_call_the_page_says_what_to_do_in_the_readers_language() {
    let vox = Voxanne::start().await;
    let cookie = signed_in(&vox, &vox.harbor, Role::Viewer).await;
    let (_, html) = page(&vox, &cookie, "").await;
    assert!(
        words(&html).contains("No calls in these days Choose other days, or call the clinic&#39;s number"),
        "{html}"
    );
    vox.exec("update users set language = 'es'").await;
    let (_, html) = page(&vox, &cookie, "?days=7").await;
    assert!(words(&html).contains("No hubo llamadas en estos días"), "{html}");
    let stranger = vox.http.get(format!("{}/dashboard/analytics", vox.url)).send().await.unwrap();
    assert!(stranger.url().path().starts_with("/sign-in") || stranger.status() == 303);
}
