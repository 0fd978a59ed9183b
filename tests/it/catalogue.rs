//! Services from templates: wired to what the clinic has, and nothing of its own is touched.

use serde_json::json;
use uuid::Uuid;
use voxanne::platform::ids::{LocationId, ResourceId};
use voxanne::scheduling::{self, Added, Chosen, TEMPLATES, Template};

use crate::harness::{CALLER, Voxanne, booking, call_ref};

async fn add(vox: &Voxanne, names: &[&str]) -> Vec<(&'static str, Added)> {
    let templates: Vec<&'static Template> = match names {
        [] => TEMPLATES.iter().collect(),
        names => names.iter().map(|name| Template::find(name).unwrap()).collect(),
    };
    let chosen: Vec<Chosen> =
        templates.into_iter().map(|template| Chosen { template, price_cents: None }).collect();
    let org = vox.harbor.org;
    let book = scheduling::rule_book(&vox.app, org, None).await.unwrap();
    let location: LocationId = book.locations[0].id;
    let people: Vec<ResourceId> = book.practitioners.iter().map(|p| p.id).collect();
    let mut tx = vox.app.begin(org).await.unwrap();
    let added =
        scheduling::add_from_template(&vox.app, &mut tx, org, location, &chosen, &people).await.unwrap();
    tx.commit().await.unwrap();
    added.into_iter().map(|(template, outcome)| (template.name, outcome)).collect()
}

fn of_service(name: &str, what: &str) -> String {
    format!(
        "{what} x join services s on s.org_id = x.org_id and s.id = x.service_id where s.name = '{name}' and s.org_id = '{{}}'"
    )
}

#[tokio::test]
async fn all_templates_are_added_once_and_what_was_there_is_left_as_it_is() {
    let vox = Voxanne::start().await;
    let org: Uuid = vox.harbor.org.0;
    let before: i64 = vox.count(&format!("services where org_id = '{org}'")).await;
    let filler = format!(
        "select row_to_json(s)::text from services s where org_id = '{org}' and name = 'Dermal Filler'"
    );
    let own: String = vox.one(&filler).await;
    let added = add(&vox, &[]).await;
    assert_eq!(added.len(), TEMPLATES.len());
    let new = added.iter().filter(|(_, outcome)| *outcome != Added::Exists).count();
    assert!(new > 0 && new < TEMPLATES.len(), "{added:?}");
    assert_eq!(
        vox.count(&format!("services where org_id = '{org}'")).await,
        before + i64::try_from(new).unwrap()
    );
    assert_eq!(vox.one::<String>(&filler).await, own);
    // Again: nothing.
    assert!(add(&vox, &[]).await.iter().all(|(_, outcome)| *outcome == Added::Exists));
    let glow = vox.glow.org.0;
    assert_eq!(vox.count(&format!("service_spacings where org_id = '{glow}'")).await, 0);
    assert_eq!(vox.count(&format!("service_prerequisites where org_id = '{glow}'")).await, 0);
}

#[tokio::test]
async fn rules_are_wired_to_what_is_there_and_what_is_missing_is_told() {
    let vox = Voxanne::start().await;
    let org = vox.harbor.org.0;
    vox.exec(&format!(
        "delete from services where org_id = '{org}' and name in ('Laser Treatment', 'Consultation', 'Microneedling')"
    ))
    .await;
    let count = |name: &str, what: &str| of_service(name, what).replace("{}", &org.to_string());
    let added = add(&vox, &["Laser Hair Removal", "consult", "microneedling"]).await;
    let open = |name| match &added.iter().find(|(added, _)| *added == name).unwrap().1 {
        Added::Added { open, .. } => open.join("; "),
        Added::Exists => "exists".into(),
    };
    assert_eq!(open("Consultation"), "");
    assert_eq!(open("Laser Hair Removal"), "nobody here supervises: it cannot be booked until somebody does");
    assert_eq!(
        open("Microneedling"),
        "there is no device called \"microneedling\" here: it is booked without one"
    );
    assert_eq!(vox.count(&count("Laser Hair Removal", "service_needs")).await, 2, "the laser and the suite");
    assert_eq!(vox.count(&count("Microneedling", "service_needs")).await, 1);
    assert_eq!(vox.count(&count("Laser Hair Removal", "service_spacings")).await, 1);
    // The consultation came after it in the same order, and was wired all the same.
    assert_eq!(vox.count(&count("Laser Hair Removal", "service_prerequisites")).await, 1);
    assert_eq!(vox.count(&count("Microneedling", "service_practitioners")).await, 2);
}

#[tokio::test]
async fn a_service_from_a_template_is_booked_and_explained_by_voice() {
    let vox = Voxanne::start().await;
    let org = vox.harbor.org.0;
    vox.exec(&format!(
        "delete from services where org_id = '{org}' and name in ('Chemical Peel', 'Consultation')"
    ))
    .await;
    add(&vox, &["Consultation", "peel"]).await;
    let call = vox.call_from(&vox.harbor, &call_ref(1), Some(CALLER));
    let said = call
        .tool("book_appointment", booking("glycolic peel", "2026-12-01", "10:00", "Ana Diaz"))
        .await
        .unwrap();
    assert!(said.text().starts_with("I've scheduled your Chemical Peel appointment"), "{}", said.text());
    let asked = json!({"topic": "preparation", "serviceType": "peel"});
    let said = call.tool("get_clinic_info", asked).await.unwrap();
    assert_eq!(said.text(), "Please use no retinol or scrubs for a week before, and stay out of the sun.");
}
