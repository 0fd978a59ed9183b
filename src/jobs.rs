//! Every background job on one page; what comes round by itself is in `schedules.rs`.
//!
//! A job carries ids, reads again, and can run twice, late or after everything changed. Its error means "again later";
//! what no later try can mend is recorded by the job itself and is no error. A job that failed too often stays as a row
//! with all its attempts used: [`list_dead`] shows it and [`replay_dead`] gives it another chance.

mod failure;
mod schedules;
mod staff;
mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use graphile_worker::{
    Cron, CrontabTimerError, IntoTaskHandlerResult, LocalQueueConfig, RefetchDelayConfig, TaskHandler,
    Worker, WorkerBuildError, WorkerContext, WorkerOptions, WorkerRecoveryConfig,
};
use tokio::task::JoinHandle;

use crate::accounts::{CheckAudit, ResetAsked, StaffMail};
use crate::after_hours;
use crate::appointments::{OFFER_TASK, OfferOpening};
use crate::calendars::{self, CHECK_TASK, CheckMirror, SYNC_TASK, SyncCalendar, WRITE_TASK, WriteEvent};
use crate::calls::{CheckPromises, PROMISES_TASK, SCORE_TASK, ScoreCall};
use crate::leads::{
    self, ESCALATE_TASK, EscalateAlert, OFFER_TIMES_TASK, OfferTimes, RESCORE_TASK, RescoreCalls,
    TEXT_BACK_TASK, TextBack,
};
use crate::mail::{self, DELIVER_EMAIL_TASK, DeliverEmail};
use crate::messaging::{self, DELIVER_TASK, DeliverText};
use crate::platform::app::App;
use crate::platform::queue::queue_database;
use crate::platform::telemetry::chain;
use crate::promises;
use crate::replies::{self, ANSWER_TASK, AnswerText};
use crate::waitlist::{self, LAPSE_TASK, LapseOffer};

use failure::{app_of, concluded};
use schedules::{Schedule, VisitOrgs, visit_orgs};

pub use store::DeadJob;

/// Hands one text to the provider.
impl TaskHandler for DeliverText {
    const IDENTIFIER: &'static str = DELIVER_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, messaging::deliver(&app, self).await)
    }
}

/// Hands one e-mail to the mail server.
impl TaskHandler for DeliverEmail {
    const IDENTIFIER: &'static str = DELIVER_EMAIL_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, mail::deliver(&app, self).await)
    }
}

/// Scores a finished call.
impl TaskHandler for ScoreCall {
    const IDENTIFIER: &'static str = SCORE_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, leads::score_call(&app, self.org, self.call).await)
    }
}

/// Holds what the assistant said in a call against what the tools returned.
impl TaskHandler for CheckPromises {
    const IDENTIFIER: &'static str = PROMISES_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, promises::check_promises(&app, self.org, self.call).await)
    }
}

/// Climbs the ladder of an alert that nobody has taken.
impl TaskHandler for EscalateAlert {
    const IDENTIFIER: &'static str = ESCALATE_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, leads::escalate(&app, self).await)
    }
}

/// Scores history again by other rules.
impl TaskHandler for RescoreCalls {
    const IDENTIFIER: &'static str = RESCORE_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, leads::rescore_calls(&app, self).await)
    }
}

/// Texts a caller who was not helped.
impl TaskHandler for TextBack {
    const IDENTIFIER: &'static str = TEXT_BACK_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, leads::text_back(&app, self).await)
    }
}

/// Offers times to a hot caller of a closed clinic.
impl TaskHandler for OfferTimes {
    const IDENTIFIER: &'static str = OFFER_TIMES_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, after_hours::offer_times(&app, self).await)
    }
}

/// Offers a time that became free to whoever waits for it.
impl TaskHandler for OfferOpening {
    const IDENTIFIER: &'static str = OFFER_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, waitlist::offer_opening(&app, self).await)
    }
}

/// Ends an offer that nobody answered.
impl TaskHandler for LapseOffer {
    const IDENTIFIER: &'static str = LAPSE_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, waitlist::lapse(&app, self).await)
    }
}

/// Answers a text that somebody sent us.
impl TaskHandler for AnswerText {
    const IDENTIFIER: &'static str = ANSWER_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, replies::answer_text(&app, self).await)
    }
}

/// Makes a calendar agree with a visit.
impl TaskHandler for WriteEvent {
    const IDENTIFIER: &'static str = WRITE_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, calendars::write_event(&app, self).await)
    }
}

/// Brings the mirror of a calendar up to date.
impl TaskHandler for SyncCalendar {
    const IDENTIFIER: &'static str = SYNC_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, calendars::sync(&app, self).await)
    }
}

/// Holds the mirror of a calendar against free/busy.
impl TaskHandler for CheckMirror {
    const IDENTIFIER: &'static str = CHECK_TASK;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let app = app_of(&context)?;
        concluded(Self::IDENTIFIER, self.org, calendars::check_mirror(&app, self).await)
    }
}

/// Why the queue could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// The queue's tables are missing, older than this program, or out of reach.
    #[error("could not open the job queue")]
    Open(#[from] WorkerBuildError),
    /// A schedule does not fit into an hour: a defect.
    #[error("a schedule cannot be kept")]
    Schedule(#[from] CrontabTimerError),
    /// The worker stopped.
    #[error("the worker stopped")]
    Stopped(#[from] graphile_worker::runner::WorkerRuntimeError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Jobs a worker runs at once.
const CONCURRENCY: usize = 4;
/// Orgs whose texts a worker hands over at once. Each waits for Twilio most of the time, so many of them fit; an account
/// that does not answer keeps one of them busy, once.
const TEXTING: usize = 16;
/// Jobs a worker takes ahead: what a crash makes wait for [`recovery`].
const TAKEN_AHEAD: usize = 20;
/// Jobs of one org and task follow each other at this distance at most.
const POLL: Duration = Duration::from_millis(250);
/// E-mails handed over at once, to one server.
const MAIL_CONCURRENCY: usize = 2;
/// Between two looks for e-mails.
const MAIL_POLL: Duration = Duration::from_secs(1);
/// Pause before a worker that stopped by itself starts again.
const RESTART: Duration = Duration::from_secs(2);

/// What a worker works on. Texts, calendars and e-mails have hands of their own: a provider that does not answer keeps nobody else
/// waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hands {
    Desk,
    Texts,
    Calendars,
    Mail,
}

impl Hands {
    const ALL: [Self; 4] = [Self::Desk, Self::Texts, Self::Calendars, Self::Mail];

    /// Jobs it runs at once, jobs it takes ahead, and how often it asks for more.
    const fn strength(self) -> (usize, usize, Duration) {
        match self {
            Self::Desk | Self::Calendars => (CONCURRENCY, TAKEN_AHEAD, POLL),
            Self::Texts => (TEXTING, TAKEN_AHEAD, POLL),
            Self::Mail => (MAIL_CONCURRENCY, MAIL_CONCURRENCY, MAIL_POLL),
        }
    }

    /// Whether it hears of new jobs at once, which takes a connection of its own. Texts and e-mails may wait for the next
    /// look, which comes soon.
    const fn listens(self) -> bool {
        !matches!(self, Self::Texts | Self::Mail)
    }
}

/// Starts this replica's workers; they end when [`App::stopping`](crate::platform::app::Parts::stopping) does, jobs in
/// hand finished. Fails only if the queue cannot be opened now; later trouble is waited out.
pub async fn start(app: &App) -> Result<JoinHandle<()>, JobsError> {
    let mut working = Vec::new();
    for hands in Hands::ALL {
        working.push(keep_working(app.clone(), hands, open(app, hands).await?));
    }
    Ok(app.tasks.spawn(async move {
        futures::future::join_all(working).await;
    }))
}

async fn keep_working(app: App, hands: Hands, first: Worker) {
    let mut next = Ok(first);
    loop {
        let ended = match next {
            Ok(worker) => worker.run().await.map_err(JobsError::from),
            Err(error) => Err(error),
        };
        if app.stopping.is_cancelled() {
            return;
        }
        if let Err(error) = ended {
            tracing::error!(?hands, error = chain(&error), "A worker stopped; starting it again");
        }
        tokio::select! {
            () = tokio::time::sleep(RESTART) => {}
            () = app.stopping.cancelled() => return,
        }
        next = open(&app, hands).await;
    }
}

async fn open(app: &App, hands: Hands) -> Result<Worker, JobsError> {
    let stopping = app.stopping.clone();
    let (concurrency, taken_ahead, poll) = hands.strength();
    let mut options = with_jobs(options(app), hands)
        .concurrency(concurrency)
        .poll_interval(poll)
        .local_queue(
            LocalQueueConfig::default().with_size(taken_ahead).with_refetch_delay(refetch_delay(poll)),
        )
        .use_notification_delivery(hands.listens() && !app.db.is_pooled_outside())
        .worker_recovery(recovery())
        .shutdown_signal(async move { stopping.cancelled().await })
        .shutdown_grace_period(Duration::from_secs(app.config.server.drain_seconds));
    for (schedule, name, minutes) in Schedule::ALL.into_iter().filter(|_| hands == Hands::Desk) {
        let payload = serde_json::json!({ "schedule": schedule });
        // One key: a round that is still waiting is not joined by another.
        let round =
            Cron::every_n_minutes::<VisitOrgs>(minutes)?.id(name).job_key(name).payload_value(payload);
        options = options.with_cron(round);
    }
    Ok(options.init().await?)
}

/// Without a pause between empty fetches the queue's library asks again at once, for ever; a new job ends the pause.
fn refetch_delay(poll: Duration) -> RefetchDelayConfig {
    RefetchDelayConfig::default().with_duration(poll).with_threshold(0).with_max_abort_threshold(1)
}

fn options(app: &App) -> WorkerOptions {
    WorkerOptions::default()
        .database(queue_database(&app.db))
        .listen_os_shutdown_signals(false)
        .add_extension(app.clone())
}

fn with_jobs(options: WorkerOptions, hands: Hands) -> WorkerOptions {
    match hands {
        Hands::Texts => options.define_job::<DeliverText>(),
        Hands::Desk => options
            .define_job::<ScoreCall>()
            .define_job::<CheckPromises>()
            .define_job::<RescoreCalls>()
            .define_job::<TextBack>()
            .define_job::<EscalateAlert>()
            .define_job::<OfferTimes>()
            .define_job::<OfferOpening>()
            .define_job::<LapseOffer>()
            .define_job::<AnswerText>()
            .define_job::<CheckAudit>()
            .define_job::<VisitOrgs>(),
        Hands::Calendars => {
            options.define_job::<WriteEvent>().define_job::<SyncCalendar>().define_job::<CheckMirror>()
        }
        Hands::Mail => {
            options.define_job::<DeliverEmail>().define_job::<StaffMail>().define_job::<ResetAsked>()
        }
    }
}

/// A killed worker's jobs run again within half a minute. A worker that only stalled may then meet its own jobs
/// elsewhere, which every job has to bear.
fn recovery() -> WorkerRecoveryConfig {
    WorkerRecoveryConfig::default()
        .heartbeat_interval(Duration::from_secs(5))
        .sweep_interval(Duration::from_secs(8))
        .sweep_threshold(Duration::from_secs(20))
        .recovery_delay(Duration::from_secs(1))
}

/// How many jobs a drain has run.
#[derive(Debug, Clone, Default)]
struct Ran(Arc<AtomicUsize>);

/// Runs everything that is due, one job after another, and says how many. For tests, the demo and the command line.
pub async fn run_due(app: &App) -> Result<usize, JobsError> {
    let ran = Ran::default();
    let all = Hands::ALL.into_iter().fold(options(app), with_jobs);
    let worker = all.concurrency(1).add_extension(ran.clone()).init().await?;
    worker.run_once().await?;
    Ok(ran.0.load(Ordering::Relaxed))
}

/// Makes every waiting job due, as if its pause were over, and says how many. For tests.
pub async fn make_due(app: &App) -> Result<u64, JobsError> {
    Ok(store::make_due(&app.db).await?)
}

/// Runs one round of every schedule now. For tests and the command line.
pub async fn run_schedules(app: &App) -> Result<(), JobsError> {
    for (schedule, ..) in Schedule::ALL {
        visit_orgs(app, schedule).await?;
    }
    Ok(())
}

/// Jobs that failed too often and wait for a person.
pub async fn list_dead(app: &App) -> Result<Vec<DeadJob>, JobsError> {
    Ok(store::dead(&app.db).await?)
}

/// Gives a dead job all its attempts back. False when there is no such dead job.
pub async fn replay_dead(app: &App, id: i64) -> Result<bool, JobsError> {
    Ok(store::replay(&app.db, id).await?)
}
