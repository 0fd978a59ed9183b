//! Whatever arrives, the parser answers and never panics; what it returns can be stored.

use proptest::prelude::*;
use serde_json::{Value, json};
use voxanne_vapi::{Message, parse};

use crate::folder;

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, inner)| key.contains('\0') || holds_nul(inner)),
        _ => false,
    }
}

fn storable(message: &Message) -> bool {
    let _shown = format!("{message:?}");
    !holds_nul(&message.redacted) && serde_json::to_string(&message.redacted).is_ok()
}

/// Replaces the `nth` node below `value`, counting down `left` as it goes.
fn replace_nth(value: &mut Value, left: &mut usize, with: &Value) {
    if *left == 0 {
        *value = with.clone();
    }
    *left = left.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace_nth(item, left, with)),
        Value::Object(map) => map.iter_mut().for_each(|(_, item)| replace_nth(item, left, with)),
        _ => {}
    }
}

fn odd_values() -> Vec<Value> {
    let numbers = [json!(-1), json!(1e308), json!(u64::MAX), json!(i64::MIN), json!(0.1)];
    let texts = ["", " ", "\0", "{}", "[[", "null", "+", "é\u{202E}", "9999-99-99T99:99:99Z", "AI: x\nUser:"];
    let others = [json!(null), json!(true), json!([]), json!({}), json!([[], {}, null]), json!({ "id": 7 })];
    numbers.into_iter().chain(texts.map(Value::from)).chain(others).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _outcome = parse(&body);
    }

    #[test]
    fn mutated_recordings_never_panic(
        file in any::<prop::sample::Index>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let files = folder("vapi/server");
        let mut body = file.get(&files).1.clone();
        for (at, byte) in edits {
            let at = at.index(body.len());
            body[at] = byte;
        }
        if let Ok(message) = parse(&body) {
            prop_assert!(storable(&message));
        }
    }

    #[test]
    fn recordings_with_a_value_of_another_kind_still_parse(
        file in any::<prop::sample::Index>(),
        node in 1_usize..200,
        odd in prop::sample::select(odd_values()),
    ) {
        let files = folder("vapi/server");
        let mut body: Value = serde_json::from_slice(&file.get(&files).1).unwrap();
        let mut left = node;
        replace_nth(&mut body, &mut left, &odd);
        let message = parse(&serde_json::to_vec(&body).unwrap());
        prop_assert!(message.is_ok_and(|message| storable(&message)));
    }
}

#[test]
fn v20_ten_megabytes_of_transcript_are_read() {
    let turn = json!({ "role": "user", "message": "I would like to book an appointment please. ".repeat(4),
        "secondsFromStart": 1.5, "time": 1_795_535_923_545_i64 });
    let turns = vec![turn; 45_000];
    let body = json!({ "message": { "type": "end-of-call-report", "artifact": { "messages": turns } } });
    let body = serde_json::to_vec(&body).unwrap();
    assert!(body.len() > 10 * 1024 * 1024);
    assert!(parse(&body).is_ok());
}
