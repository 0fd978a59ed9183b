//! How far an org has come.

use super::step::{Decision, Step};
use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub step: Step,
    /// Done, skipped, or still open.
    pub state: Decision,
    /// Its data is there: done by itself.
    pub is_there: bool,
}

/// All steps, in their order.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Each step.
    pub steps: Vec<Standing>,
}

impl Progress {
    /// How many are done or skipped.
    pub fn settled(&self) -> usize {
        self.steps.iter().filter(|one| one.state != Decision::Open).count()
    }

    /// Whether nothing is asked for any more.
    pub fn is_over(&self) -> bool {
        self.settled() == self.steps.len()
    }

    /// The first that is open.
    pub fn next(&self) -> Option<Step> {
        self.steps.iter().find(|one| one.state == Decision::Open).map(|one| one.step)
    }

    /// How this one stands.
    pub fn of(&self, step: Step) -> Decision {
        self.steps.iter().find(|one| one.step == step).map_or(Decision::Open, |one| one.state)
    }
}

/// Looks at the data first, and at what was said for the rest.
pub async fn progress(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Progress> {
    let found = store::steps(tx, org).await?;
    let standing = |step: Step| {
        let (is_there, said) = found
            .iter()
            .find(|(other, ..)| *other == step)
            .map_or((false, None), |(_, is_there, said)| (*is_there, *said));
        let state = if is_there { Decision::Done } else { said.unwrap_or(Decision::Open) };
        Standing { step, state, is_there }
    };
    Ok(Progress { steps: Step::ALL.into_iter().map(standing).collect() })
}
