//! A real clinic's rules, as callers and the write path meet them.

mod changes;
mod rules;
mod series;
mod two_sites;

use serde_json::json;

use crate::harness::{Voxanne, booking, call_ref};

/// Asks for the times of a day as a caller of this number.
async fn asked(vox: &Voxanne, n: u128, from: &str, service: &str, date: &str) -> String {
    let call = vox.call_from(&vox.glow, &call_ref(n), Some(from));
    let arguments = json!({"date": date, "serviceType": service});
    call.tool("check_availability", arguments).await.unwrap().text().to_owned()
}

/// Books as a caller of this number.
async fn booked(vox: &Voxanne, n: u128, from: &str, service: &str, (date, time): (&str, &str)) -> String {
    let call = vox.call_from(&vox.glow, &call_ref(n), Some(from));
    let mut arguments = booking(service, date, time, "Ana Diaz");
    arguments["customerPhone"] = from.into();
    call.tool("book_appointment", arguments).await.unwrap().text().to_owned()
}

/// A caller's number.
fn caller(n: u32) -> String {
    format!("+1310555{:04}", 1000 + n)
}

/// The id of a row of Glow by its name.
fn id_of(table: &str, vox: &Voxanne, name: &str) -> String {
    format!("(select id from {table} where org_id = '{}' and name = '{name}')", vox.glow.org.0)
}
