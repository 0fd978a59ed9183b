//! The demo's clock, for what takes longer than anybody watches.

use jiff::{SignedDuration, Timestamp};

use super::super::CommandError;
use super::super::failure::Doing as _;
use crate::platform::app::App;
use crate::platform::clock::Clock;
use crate::platform::ids::OrgId;
use crate::{after_hours, leads};

/// Moves the clock of the demo, from inside it.
pub(in super::super) struct Time {
    app: App,
}

impl Time {
    /// The clock of this running demo.
    pub(in super::super) fn of(app: &App) -> Self {
        Self { app: app.clone() }
    }

    /// The clock itself.
    pub(super) fn clock(&self) -> Clock {
        self.app.clock.clone()
    }

    /// Tells a story of another time, and comes back whatever becomes of it.
    pub(super) async fn as_of(
        &self,
        then: Timestamp,
        story: impl Future<Output = Result<(), CommandError>>,
    ) -> Result<(), CommandError> {
        let system = Clock::system();
        let ahead = || self.app.clock.now().duration_since(system.now());
        let before = ahead();
        self.app.clock.advance(then.duration_since(self.app.clock.now()));
        let told = story.await;
        self.app.clock.advance(before - ahead());
        told
    }

    /// Lets time pass, and what comes round every minute come round for the clinic.
    pub(super) async fn passes(&self, org: OrgId, by: SignedDuration) -> Result<(), CommandError> {
        self.app.clock.advance(by);
        leads::watch_alerts(&self.app, org).await.doing("see to the clinic's alerts")?;
        after_hours::settle_due(&self.app, org).await.doing("see to the clinic's offers")?;
        Ok(())
    }

    /// The same until `then`.
    pub(super) async fn becomes(&self, org: OrgId, then: Timestamp) -> Result<(), CommandError> {
        self.passes(org, then.duration_since(self.app.clock.now())).await
    }
}
