//! The stories that simulated callers tell.

mod booking;
mod calendar;
mod changes;
mod desk;
mod heard;
mod rules;
mod sales;
mod stage;
mod texts;
mod time;
mod waiting;

use clap::ValueEnum;

use super::CommandError;
use super::output::say;

pub(super) use stage::Stage;
pub(super) use time::Time;

/// A story. Each can be told any number of times: days and times are what is free now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Story {
    /// Asks for a day, picks a time, books it
    Books,
    /// Asks for a day on which the laser is taken from morning to evening
    AsksFullDay,
    /// Two callers want the same last time
    RacesForLastSlot,
    /// Asks for prices and promises to think about it
    PriceShops,
    /// The model asks for the same booking three times
    RepeatsToolCall,
    /// Botox and filler, budget, this week
    TurnsHot,
    /// Wants a call back; the manager replies 1, and nobody else is told
    AlertTaken,
    /// Nobody answers for a hot lead: told again after 3, 8 and 15 minutes, then taken by a 1
    AlertClimbs,
    /// Two hot callers at night are offered times: one takes hers, the other is staff's first task in the morning
    TimesByNight,
    /// Wanted a pizza
    WrongNumber,
    /// A face swollen after filler
    SwollenFace,
    /// Has a time held, asks at home, and books it
    Prepare,
    /// Books, moves the visit, and asks what is ahead
    Move,
    /// Books and calls it off too late
    Cancel,
    /// A time that is called off goes to whoever waits for it
    WaitlistFill,
    /// Asks a question by text, says that she comes, and thanks
    TextConfirm,
    /// Texts in Spanish: another time, then rather not at all
    TextMove,
    /// No more texts, a booking all the same, and texts again
    TextStop,
    /// Staff block an afternoon in Google; the caller hears it, and the visit appears there
    Calendar,
    /// First filler: a consultation must come before it
    Prerequisite,
    /// One practitioner at two sites in two time zones
    TwoSites,
    /// Eight callers for the one laser, at times that overlap
    RaceLaser,
}

impl Story {
    /// As it is written on the command line.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What happens, in one line.
    pub(super) fn plot(self) -> String {
        let value = self.to_possible_value();
        value.and_then(|value| Some(value.get_help()?.to_string())).unwrap_or_default()
    }

    async fn play(self, stage: &Stage) -> Result<(), CommandError> {
        match self {
            Self::Books => booking::books(stage).await,
            Self::AsksFullDay => booking::asks_full_day(stage).await,
            Self::RacesForLastSlot => booking::races_for_last_slot(stage).await,
            Self::RepeatsToolCall => booking::repeats_tool_call(stage).await,
            Self::PriceShops => sales::price_shops(stage).await,
            Self::TurnsHot => sales::turns_hot(stage).await,
            Self::AlertTaken => sales::alert_is_taken(stage).await,
            Self::AlertClimbs => waiting::alert_climbs(stage).await,
            Self::TimesByNight => waiting::times_by_night(stage).await,
            Self::WrongNumber => sales::wrong_number(stage).await,
            Self::SwollenFace => sales::swollen_face(stage).await,
            Self::Prepare => changes::prepares(stage).await,
            Self::Move => changes::moves(stage).await,
            Self::Cancel => changes::cancels(stage).await,
            Self::WaitlistFill => changes::fills_from_waitlist(stage).await,
            Self::TextConfirm => texts::confirms_by_text(stage).await,
            Self::TextMove => texts::moves_by_text(stage).await,
            Self::TextStop => texts::stops(stage).await,
            Self::Calendar => calendar::asks_for_a_blocked_time(stage).await,
            Self::Prerequisite => rules::needs_consultation(stage).await,
            Self::TwoSites => rules::two_sites(stage).await,
            Self::RaceLaser => rules::race_laser(stage).await,
        }
    }
}

/// Tells the stories one after another.
pub(super) async fn tell(stage: &Stage, stories: &[Story]) -> Result<(), CommandError> {
    for story in stories {
        say(format_args!("\n── {}: {}", story.name(), story.plot()));
        story.play(stage).await?;
    }
    Ok(())
}
