//! The people of the demo clinics. One password for all of them, and only where a demo or a test runs.

use super::{DemoClinic, GLOW, HARBOR, JUNIPER};
use crate::accounts::{self, AddStaffError, NewStaff, Role};
use crate::platform::app::App;

/// What everybody of the demo signs in by. The demo listens on this machine alone.
pub const DEMO_PASSWORD: &str = "demo-clinic-quartz";

/// Somebody of a demo clinic.
#[derive(Debug)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct DemoStaff {
    pub clinic: &'static DemoClinic,
    pub name: &'static str,
    pub email: &'static str,
    pub role: Role,
}

const fn somebody(
    clinic: &'static DemoClinic,
    role: Role,
    (name, email): (&'static str, &'static str),
) -> DemoStaff {
    DemoStaff { clinic, name, email, role }
}

/// Everybody: each role at the first clinic, an owner at the others.
pub const STAFF: [DemoStaff; 6] = [
    somebody(&GLOW, Role::Owner, ("Maya Chen", "owner@glow.example")),
    somebody(&GLOW, Role::Manager, ("Dana Brooks", "manager@glow.example")),
    somebody(&GLOW, Role::FrontDesk, ("Luis Ortega", "frontdesk@glow.example")),
    somebody(&GLOW, Role::Viewer, ("Robin Hale", "viewer@glow.example")),
    somebody(&HARBOR, Role::Owner, ("Claire Duval", "owner@harbor.example")),
    somebody(&JUNIPER, Role::Owner, ("Amara Okafor", "owner@juniper.example")),
];

/// Makes sure that they can sign in. Whoever has an account keeps it as it is.
pub async fn demo_staff(app: &App) -> Result<(), AddStaffError> {
    for DemoStaff { clinic, name, email, role } in &STAFF {
        if accounts::is_known(app, email).await? {
            continue;
        }
        let new = NewStaff { name, email, password: DEMO_PASSWORD, role: *role };
        accounts::add_staff(app, clinic.org, &new).await?;
    }
    Ok(())
}
