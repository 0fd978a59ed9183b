//! Which of their visits a caller means.

use serde_json::json;

use crate::harness::{Voxanne, booking, call_ref};

/// Botox in the morning and in the afternoon of one day, and a facial on another.
async fn three_visits(vox: &Voxanne) {
    let visits = [
        ("Botox", "2026-12-01", "09:45"),
        ("Botox", "2026-12-01", "14:00"),
        ("HydraFacial", "2026-12-03", "10:00"),
    ];
    for (n, (service, date, time)) in (1..).zip(visits) {
        let wish = booking(service, date, time, "Ana Diaz");
        let said = vox.call(&call_ref(n)).tool("book_appointment", wish).await.unwrap().text().to_owned();
        assert!(said.starts_with("Great!"), "{said}");
    }
}

#[tokio::test]
async fn a_visit_is_meant_by_its_service_day_time_part_of_the_day_or_place() {
    let vox = Voxanne::start().await;
    three_visits(&vox).await;
    // Asked without a new time: whoever is asked for one was understood.
    let understood = "Which day and time would you like instead?";
    let asked = async |hint: &str| {
        let call = vox.call(&call_ref(9));
        let wish = json!({"appointmentHint": hint});
        let id = format!("call_{}", hint.replace(' ', "_"));
        call.tool_with_id(&id, "reschedule_appointment", wish).await.unwrap().text().to_owned()
    };
    for hint in [
        "2 PM",
        "the one at 2",
        "the afternoon one",
        "Botox on December 1st at 2 PM",
        "Botox on 2026-12-01 at 14:00",
        "the second one",
        "the last one",
        "the first one",
        "my facial",
        "the visit on the third",
    ] {
        assert_eq!(asked(hint).await, understood, "{hint}");
    }
    for hint in ["", "Botox", "December 1st", "my visit", "the morning one"] {
        assert!(asked(hint).await.ends_with("Which one do you mean?"), "{hint}");
    }
    // A hint that is partly wrong is asked about, never half believed.
    for hint in ["Botox on December 3rd", "the facial at 2 PM", "Botox tomorrow", "Laser"] {
        assert!(asked(hint).await.starts_with("I don't see that one"), "{hint}");
    }
}

#[tokio::test]
async fn the_afternoon_visit_goes_and_the_morning_one_stays() {
    let vox = Voxanne::start().await;
    three_visits(&vox).await;
    let wish = json!({"appointmentHint": "my Botox on December 1st, the later one"});
    let said = vox.call(&call_ref(8)).tool("cancel_appointment", wish).await.unwrap().text().to_owned();
    assert!(
        said.starts_with("I've cancelled your Botox appointment for Tuesday, December 1st at 2 PM."),
        "{said}"
    );
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 2);
}
