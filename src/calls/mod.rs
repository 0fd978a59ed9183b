//! The record of each call: how far it came, what was said, what the assistant asked and was told.

mod close_stale;
mod fetch_missing_reports;
mod list;
mod mark_test;
mod note_read;
mod outcome;
mod read_call;
mod record_end;
mod record_status;
mod record_transcript;
mod recording;
mod store;
mod test_calls;

pub use close_stale::close_stale;
pub use fetch_missing_reports::{FetchError, fetch_missing_reports};
pub use list::{LastSaid, Listed, WantedCalls, list, zone_of};
pub use mark_test::mark_test;
pub use note_read::{Part, note_last_words, note_read};
pub use outcome::Outcome;
pub use read_call::{CallInFull, read_call, running};
pub use record_end::{CheckPromises, PROMISES_TASK, RecordError, SCORE_TASK, ScoreCall, record_end};
pub use record_status::record_status;
pub use record_transcript::record_transcript;
pub use recording::recording;
pub use store::detail::{AlertRaised, TaskLeft, ToolCallMade, Transcript, Utterance, VisitMade};
pub use store::marks::{CallMark, call_mark};
pub use store::tool_calls::{
    Asked, Claim, NewToolCall, Replied, Told, Unmet, answer, claim, record_read_only, told_in, was_told,
};
pub use store::{CallRecord, Interest, Score, Turn, ensure, find, link_contact, record_score};
pub use test_calls::TestCalls;
