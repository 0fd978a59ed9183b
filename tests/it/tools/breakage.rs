//! What callers hear when the inside breaks, and words that code and schema must share.

use serde_json::json;
use voxanne::messaging::TextState;

use crate::harness::{Voxanne, booking, call_ref};

#[tokio::test]
async fn c9_tv1_an_inner_failure_is_a_sentence_without_the_inside_and_nothing_half_done() {
    let vox = Voxanne::start().await;
    vox.exec("alter table contacts rename to contacts_elsewhere").await;
    let said = vox
        .call(&call_ref(1))
        .tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz"))
        .await
        .unwrap();
    assert_eq!(
        said.text(),
        "I'm sorry, I couldn't reach our calendar just now. Please ask me once more in a moment."
    );
    vox.exec("alter table contacts_elsewhere rename to contacts").await;
    for table in ["appointments", "reservations", "texts", "tool_calls"] {
        assert_eq!(vox.count(table).await, 0, "{table}");
    }
    let again = vox
        .call(&call_ref(1))
        .tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz"))
        .await
        .unwrap();
    assert!(again.text().starts_with("Great!"));
}

/// A sequence keeps what a transaction that is rolled back counted.
const REFUSE_TWICE: &str = "
    create sequence refusals;
    grant usage on sequence refusals to voxanne_app;
    create function refuse_twice() returns trigger language plpgsql as $$
    begin
      if nextval('refusals') <= 2 then raise exception using errcode = 'serialization_failure'; end if;
      return new;
    end $$;
    create trigger refuse_twice before insert on appointments for each row execute function refuse_twice()";

#[tokio::test]
async fn r14_a_serialization_failure_is_tried_again_while_the_caller_waits() {
    let vox = Voxanne::start().await;
    vox.exec(REFUSE_TWICE).await;
    let wish = booking("Botox", "2026-12-01", "10:00", "Ana Diaz");
    let said = vox.call(&call_ref(1)).tool("book_appointment", wish).await.unwrap();
    assert!(said.text().starts_with("Great!"), "{said:?}");
    for table in ["appointments", "texts", "tool_calls"] {
        assert_eq!(vox.count(table).await, 1, "{table}");
    }
    assert_eq!(vox.count("refusals where last_value = 3").await, 1);
}

#[tokio::test]
async fn tv5_a_tool_call_repeated_after_an_interruption_has_no_second_effect() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    let wish = || booking("Botox", "2026-12-01", "10:00", "Ana Diaz");
    let first = call.tool_with_id("call_1", "book_appointment", wish()).await.unwrap();
    call.say_user("Sorry, what was that?").await.unwrap();
    let again = call.tool_with_id("call_2", "book_appointment", wish()).await.unwrap();
    assert_eq!(first.text(), again.text());
    assert_eq!(vox.count("appointments").await, 1);
}

#[tokio::test]
async fn c15_code_and_schema_share_their_words() {
    let vox = Voxanne::start().await;
    let labels = async |name: &str| -> Vec<String> {
        sqlx::query_scalar(
            "select enumlabel::text from pg_enum where enumtypid = $1::text::regtype order by enumsortorder",
        )
        .bind(name)
        .fetch_all(&vox.admin)
        .await
        .unwrap()
    };
    assert_eq!(
        labels("appointment_status").await,
        ["pending", "scheduled", "arrived", "completed", "cancelled", "no_show"]
    );
    for label in labels("text_state").await {
        assert!(label.parse::<TextState>().is_ok(), "{label}");
    }
    assert_eq!(labels("call_state").await, ["ringing", "in_progress", "forwarding", "ended"]);
}

#[tokio::test]
async fn a5_every_tool_takes_its_arguments_as_a_string_too() {
    let vox = Voxanne::start().await;
    let tools = [
        ("check_availability", json!({"date": "2026-12-01"}), "For Tuesday, December 1st"),
        ("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz"), "Great!"),
        (
            "notify_hot_lead",
            json!({"leadName": "Ana Diaz", "serviceInterest": "Botox", "summary": "wants it"}),
            "Thank you.",
        ),
    ];
    for (n, (name, arguments, start)) in tools.into_iter().enumerate() {
        let body = json!({"message": {"type": "tool-calls", "customer": {"number": "+13105550142"},
            "call": {"id": call_ref(n as u128), "assistantId": vox.glow.assistant_id},
            "tool_calls": [{"id": "t1", "function": {"name": name, "arguments": arguments.to_string()}}]}});
        let (_, said) = vox.post(body.to_string()).await;
        assert!(said["results"][0]["result"].as_str().unwrap().starts_with(start), "{name}: {said}");
    }
}
