//! Sequences: texts in steps to people who agreed to them, after a call without a booking, a visit, or a long silence.
//!
//! **Invariant.** Nobody enters without consent to marketing, and once for one call or visit.
//! **Invariant.** A step and the text that it becomes commit together: `nurture:<run>:<position>` is sent once.
//! **Invariant.** What ends a run (a reply, a booking, STOP, consent taken back, a complaint) is read in the transaction that
//! queues a step. Nothing is queued by night: in the morning everything is looked at again.

mod advance;
mod check;
mod end;
mod enter;
mod preview;
mod save;
mod sequence;
mod stop_run;
mod store;
mod templates;
mod timeline;
mod words;

pub use advance::{AdvanceError, advance};
pub use end::end_for;
pub use enter::{EnterError, enter};
pub use preview::{Asked, Foreseen, Outcome, Preview, PreviewError, preview};
pub use save::{SaveError, create, find_to_change, remove, replace};
pub use sequence::{Sequence, SequenceFields, Step, StopReason, Trigger, Words};
pub use stop_run::stop_run;
pub use store::{Listed, find, list, list_runs};
pub use templates::SequenceTemplate;
