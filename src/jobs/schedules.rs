//! What comes round by itself, for every org.

use futures::{StreamExt as _, stream};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::failure::{Failure, app_of};
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::{
    accounts, after_hours, analytics, api, appointments, calendars, calls, leads, live, mail, messaging,
    orgs, receptionist, sequences, waitlist,
};

/// Work that comes round, for every org.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Schedule {
    /// Messages that were stored and, after a crash, not acted on.
    ReplayStored,
    /// Texts that lost their job.
    ChaseTexts,
    /// Calls whose end was never reported.
    CloseStaleCalls,
    /// Calls whose report never came.
    FetchMissingReports,
    /// Visits whose wall time a new clock rule moved.
    CheckZones,
    /// Offers that lost the job which ends them.
    LapseOffers,
    /// Times that were offered after hours: lapsed, booked otherwise, or a person's now.
    SettleTimesOffers,
    /// People whose last day on the waitlist has passed.
    ExpireWaitlist,
    /// Answers of the API that are older than a day.
    ForgetAnswers,
    /// Events that are older than a day.
    ForgetEvents,
    /// Calendars that nobody pushed, visits that they do not tell.
    KeepCalendars,
    /// Mirrors, held against free/busy.
    CheckMirrors,
    /// People whose visit comes closer.
    SendReminders,
    /// People of tomorrow's visits who have not said that they come.
    ReportUnanswered,
    /// Mornings that have begun.
    SendSummaries,
    /// E-mails that lost their job.
    ChaseEmails,
    /// People whose call or visit makes them enter a sequence.
    EnterSequences,
    /// Steps of sequences that are due.
    AdvanceSequences,
    /// Alerts that nobody has taken.
    WatchAlerts,
    /// Weeks with more alerts than staff want.
    SuggestThresholds,
    /// Calls that former rules have scored.
    ChaseRescoring,
    /// Days that are over, whose figures are kept.
    KeepDays,
    /// Logs of who did what that have grown.
    SealAudit,
}

impl Schedule {
    /// Each schedule with its name and its minutes.
    pub(super) const ALL: [(Self, &'static str, u32); 23] = [
        (Self::ReplayStored, "replay_stored", 1),
        (Self::ChaseTexts, "chase_texts", 1),
        (Self::CloseStaleCalls, "close_stale_calls", 5),
        (Self::FetchMissingReports, "fetch_missing_reports", 5),
        (Self::CheckZones, "check_zones", 30),
        (Self::LapseOffers, "lapse_offers", 1),
        (Self::SettleTimesOffers, "settle_times_offers", 1),
        (Self::ExpireWaitlist, "expire_waitlist", 30),
        (Self::ForgetAnswers, "forget_answers", 30),
        (Self::ForgetEvents, "forget_events", 30),
        (Self::KeepCalendars, "keep_calendars", 1),
        (Self::CheckMirrors, "check_mirrors", 30),
        (Self::SendReminders, "send_reminders", 1),
        (Self::ReportUnanswered, "report_unanswered", 30),
        (Self::SendSummaries, "send_summaries", 5),
        (Self::ChaseEmails, "chase_emails", 5),
        (Self::EnterSequences, "enter_sequences", 5),
        (Self::AdvanceSequences, "advance_sequences", 1),
        (Self::WatchAlerts, "watch_alerts", 1),
        (Self::SuggestThresholds, "suggest_thresholds", 30),
        (Self::ChaseRescoring, "chase_rescoring", 30),
        (Self::KeepDays, "keep_days", 5),
        (Self::SealAudit, "seal_audit", 30),
    ];

    async fn visit(self, app: &App, org: OrgId) -> Result<(), Failure> {
        match self {
            Self::ReplayStored => {
                receptionist::replay_stored(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::ChaseTexts => {
                messaging::chase_unfinished(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::CloseStaleCalls => {
                calls::close_stale(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::FetchMissingReports => {
                calls::fetch_missing_reports(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::CheckZones => {
                appointments::check_zones(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::LapseOffers => waitlist::lapse_due(app, org).await.map(drop).map_err(|e| Failure::of(&e)),
            Self::SettleTimesOffers => {
                after_hours::settle_due(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::ExpireWaitlist => waitlist::expire(app, org).await.map(drop).map_err(|e| Failure::of(&e)),
            Self::KeepCalendars => {
                calendars::keep_in_step(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::CheckMirrors => {
                calendars::check_mirrors(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::SendReminders => {
                appointments::send_reminders(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::ReportUnanswered => {
                appointments::report_unanswered(app, org).await.map_err(|e| Failure::of(&e))
            }
            Self::SendSummaries => mail::send_summary(app, org).await.map(drop).map_err(|e| Failure::of(&e)),
            Self::ChaseEmails => {
                mail::chase_unfinished(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::EnterSequences => sequences::enter(app, org).await.map(drop).map_err(|e| Failure::of(&e)),
            Self::AdvanceSequences => {
                sequences::advance(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::WatchAlerts => leads::watch_alerts(app, org).await.map(drop).map_err(|e| Failure::of(&e)),
            Self::SuggestThresholds => {
                leads::suggest_threshold(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::ChaseRescoring => {
                leads::chase_rescoring(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::KeepDays => {
                analytics::keep_figures(app, org).await.map_err(|e| Failure::of(&e))?;
                leads::keep_tallies(app, org).await.map(drop).map_err(|e| Failure::of(&e))
            }
            Self::SealAudit => accounts::seal_audit(app, org).await.map(drop).map_err(|e| Failure::of(&e)),
            Self::ForgetEvents => live::forget_events(app, org).await.map(drop).map_err(|e| Failure::of(&e)),
            Self::ForgetAnswers => api::forget_answers(app, org).await.map(drop).map_err(|e| Failure::of(&e)),
        }
    }
}

/// One that is slow, such as by its calendars' servers, does not hold up all others. Few, since each may take a connection of
/// those that people's requests take, too.
const ORGS_AT_ONCE: usize = 3;

/// One round of a schedule. One org's failure does not keep the others from theirs; the round comes again anyway.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct VisitOrgs {
    pub schedule: Schedule,
}

impl TaskHandler for VisitOrgs {
    const IDENTIFIER: &'static str = "visit_orgs";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        visit_orgs(&app, self.schedule).await.map_err(|e| Failure::of(&e))
    }
}

pub(super) async fn visit_orgs(app: &App, schedule: Schedule) -> Result<(), sqlx::Error> {
    let all = stream::iter(orgs::every_org(app).await?);
    all.for_each_concurrent(ORGS_AT_ONCE, |org| visit_org(app, schedule, org)).await;
    Ok(())
}

async fn visit_org(app: &App, schedule: Schedule, org: OrgId) {
    if app.stopping.is_cancelled() {
        return;
    }
    if let Err(failure) = schedule.visit(app, org).await {
        tracing::warn!(org.id = %org, ?schedule, error = %failure.0, "A scheduled visit failed");
        metrics::counter!("voxanne_jobs_total", "task" => "visit_orgs", "outcome" => "failed").increment(1);
    }
}
