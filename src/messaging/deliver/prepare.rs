//! Decides which texts leave now, and leases them.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use voxanne_twilio::{Class as Trouble, Client, Message};

use super::{
    DeliverError, DeliverText, LOOK_UP_GAP, Plan, client, deliver_after, digest_of, doing, given_up, lease,
    message, plan,
};
use crate::messaging::account::{Account, NoAccount, sending_account};
use crate::messaging::may_send::{Rule, Verdict};
use crate::messaging::provider::{self, Standing};
use crate::messaging::queue_text::decide_again;
use crate::messaging::record_status::{Failure, set_aside, settle};
use crate::messaging::store::{self, Text};
use crate::messaging::text::TextState;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, TextId};
use crate::platform::jobs;

/// What is left to do with a text outside the transaction.
pub(super) enum Next {
    /// Its job is done.
    Done,
    /// It has left a job for later.
    PutOff,
    /// Its account is not asked now: everything waits.
    Held(Timestamp),
    Send(Client, Message),
    LookUp(Client, Text),
}

/// One text's job in the hands of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hand {
    pub job: DeliverText,
    /// The queue's number of a job that was taken along; `None` for the one that runs, which the queue ends itself.
    pub taken: Option<i64>,
}

/// A text to hand over or to look up, once the transaction that decided it has committed.
pub(super) struct Order {
    pub hand: Hand,
    pub to: String,
    pub verdict: Verdict,
    pub next: Next,
}

/// What a run does with the texts that it took.
#[derive(Default)]
pub(super) struct Orders {
    pub texts: Vec<Order>,
    /// The queue that they are in.
    pub queue: Option<&'static str>,
    /// Digest of the account that is asked.
    pub account: String,
    /// The account is not asked now: nothing else is taken.
    pub is_held: bool,
    /// There may be more in the queue.
    pub is_full: bool,
}

/// Everything that a text is decided by, but for the text.
struct Desk<'a> {
    app: &'a App,
    org: OrgId,
    account: Result<Account, NoAccount>,
    standing: Standing,
    now: Timestamp,
}

/// What a run takes.
pub(super) enum Wanted<'a> {
    /// Its own text, and what else is due if there is `room`.
    Own { job: DeliverText, room: i64 },
    /// What is due in a queue, but for the jobs and the numbers in hand: texts to one number keep their order.
    Due { queue: &'static str, room: i64, in_hand: &'a [i64], numbers: &'a HashSet<String> },
}

/// Decides under the rows' locks, and commits the leases before anything leaves.
pub(super) async fn prepare(app: &App, org: OrgId, wanted: Wanted<'_>) -> Result<Orders, DeliverError> {
    let mut tx = app.begin(org).await.map_err(doing("open a transaction"))?;
    let Some((mut hands, mut texts, queue, is_full)) = take(&mut tx, org, &wanted).await? else {
        return Ok(Orders::default());
    };
    let settings = orgs::settings(&mut tx, &app.keys, org).await.map_err(doing("read the settings"))?;
    let account = sending_account(&settings, &app.config);
    let digest = account.as_ref().map_or_else(|_| String::new(), |account| digest_of(app, account));
    let mut standing = Standing::Works;
    if account.is_ok() {
        let claim = (digest.as_str(), lease(app));
        standing = provider::may_ask(app, &mut tx, org, claim).await.map_err(doing("ask how Twilio is"))?;
    }
    let mut desk = Desk { app, org, account, standing, now: app.clock.now() };
    let mut orders = Orders { queue, account: digest, is_full, ..Orders::default() };
    let mut numbers = match &wanted {
        Wanted::Due { numbers, .. } => (*numbers).clone(),
        Wanted::Own { .. } => HashSet::new(),
    };
    let (mut done, mut held) = (Vec::new(), None);
    for hand in hands.drain(..) {
        let Some(text) = texts.remove(&hand.job.text) else {
            done.extend(hand.taken);
            continue;
        };
        let to = text.to.clone();
        if numbers.contains(&to) {
            // It is looked for again when that one has its answer, not at the next poll: a manager is told of each lead.
            orders.is_full = true;
            continue;
        }
        let verdict = decide_again(&settings, &text, desk.now);
        match decide(&mut desk, &mut tx, hand.job, (text, verdict)).await? {
            Next::Done => done.extend(hand.taken),
            Next::PutOff => {}
            Next::Held(until) => held = Some(until),
            next => {
                numbers.insert(to.clone());
                orders.texts.push(Order { hand, to, verdict, next });
            }
        }
    }
    let leased: Vec<(TextId, String)> = orders.texts.iter().filter_map(Order::leases).collect();
    if let (Ok(account), false) = (&desk.account, leased.is_empty()) {
        store::lease(&mut tx, org, &leased, &account.sender, desk.now).await.map_err(doing("lease texts"))?;
    }
    if !done.is_empty() {
        jobs::finish(&mut tx, &done).await.map_err(doing("end texts' jobs"))?;
    }
    if let Some(until) = held {
        provider::hold(app, &mut tx, org, until).await.map_err(doing("hold texts"))?;
        orders.is_held = true;
    }
    tx.commit().await.map_err(doing("commit texts' leases"))?;
    Ok(orders)
}

impl Order {
    /// The text that is handed over, and by which verdict.
    fn leases(&self) -> Option<(TextId, String)> {
        matches!(self.next, Next::Send(..)).then(|| (self.hand.job.text, self.verdict.stored()))
    }
}

type Taken = (Vec<Hand>, HashMap<TextId, Text>, Option<&'static str>, bool);

/// Takes jobs and locks their texts; `None` when there is nothing.
async fn take(tx: &mut PgConnection, org: OrgId, wanted: &Wanted<'_>) -> Result<Option<Taken>, DeliverError> {
    let (mut hands, mut texts) = (Vec::new(), HashMap::new());
    let (queue, room, in_hand) = match wanted {
        Wanted::Own { job, room } => {
            let Some(text) = lock(tx, org, &[job.text]).await?.pop() else { return Ok(None) };
            let queue = text.kind.queue();
            hands.push(Hand { job: *job, taken: None });
            texts.insert(text.id, text);
            (queue, *room, &[][..])
        }
        Wanted::Due { queue, room, in_hand, .. } => (*queue, *room, *in_hand),
    };
    let mut is_full = false;
    if room > 0 {
        let due = jobs::due(tx, org, queue, (room, in_hand)).await.map_err(doing("look what else is due"))?;
        is_full = i64::try_from(due.len()).is_ok_and(|found| found >= room);
        let along = due.into_iter().filter_map(|due| {
            let job = serde_json::from_value(due.payload).ok()?;
            Some(Hand { job, taken: Some(due.id) })
        });
        hands.extend(along.filter(|hand: &Hand| !texts.contains_key(&hand.job.text)));
        let ids: Vec<TextId> =
            hands.iter().filter(|hand| hand.taken.is_some()).map(|hand| hand.job.text).collect();
        if !ids.is_empty() {
            texts.extend(lock(tx, org, &ids).await?.into_iter().map(|text| (text.id, text)));
        }
    }
    Ok((!hands.is_empty()).then_some((hands, texts, Some(queue), is_full)))
}

pub(super) async fn lock(
    tx: &mut PgConnection,
    org: OrgId,
    ids: &[TextId],
) -> Result<Vec<Text>, DeliverError> {
    store::lock_all(tx, org, ids).await.map_err(doing("read texts"))
}

/// Decides about one locked text.
async fn decide(
    desk: &mut Desk<'_>,
    tx: &mut PgConnection,
    job: DeliverText,
    (text, verdict): (Text, Verdict),
) -> Result<Next, DeliverError> {
    let (app, org) = (desk.app, desk.org);
    let plan = plan(&text, &job, verdict, lease(app), desk.now);
    let ending = match plan {
        Plan::Nothing => return Ok(Next::Done),
        Plan::Wait(left) => {
            let left = Duration::try_from(left).unwrap_or(LOOK_UP_GAP);
            deliver_after(tx, &job, text.kind, left).await.map_err(doing("put a text off"))?;
            return Ok(Next::PutOff);
        }
        Plan::Refuse(rule) => {
            hold_back(tx, &job, verdict, None).await?;
            let trouble = match rule {
                Rule::OptedOut => Trouble::OptedOut,
                Rule::TextingIsOff => Trouble::Config,
                _ => Trouble::Other,
            };
            (TextState::Failed, Failure { code: None, trouble, hint: rule.advice() })
        }
        Plan::Sleep(until) => {
            let left = Duration::try_from(until.duration_since(desk.now)).unwrap_or(LOOK_UP_GAP);
            hold_back(tx, &job, verdict, Some(until)).await?;
            deliver_after(tx, &job, text.kind, left).await.map_err(doing("put a text off"))?;
            return Ok(Next::PutOff);
        }
        Plan::GiveUp(state) => (state, given_up(state)),
        // It waited for its account meanwhile: nobody is reminded of a visit that will not be then.
        Plan::Send if text.is_stale => {
            set_aside(app, tx, org, &text, STALE).await.map_err(doing("set a text aside"))?;
            return Ok(Next::Done);
        }
        Plan::Send if is_superseded(tx, org, &text).await? => {
            set_aside(app, tx, org, &text, SUPERSEDED).await.map_err(doing("set a text aside"))?;
            return Ok(Next::Done);
        }
        Plan::Send | Plan::LookUp => match &desk.account {
            Ok(account) => {
                let client = client(app, account);
                if let Standing::Paused(until) = desk.standing {
                    deliver_after(tx, &job, text.kind, Duration::ZERO).await.map_err(doing("hold a text"))?;
                    return Ok(Next::Held(until));
                }
                if desk.standing == Standing::Probes {
                    let until = desk.now.checked_add(lease(app)).unwrap_or(desk.now);
                    desk.standing = Standing::Paused(until);
                }
                return Ok(if plan == Plan::Send {
                    let message = message(app, org, &text, (account, desk.now));
                    Next::Send(client, message)
                } else {
                    Next::LookUp(client, text)
                });
            }
            Err(none) => {
                let state = if plan == Plan::Send { TextState::Failed } else { TextState::Unknown };
                (state, none.failure())
            }
        },
    };
    let (state, failure) = ending;
    settle(app, tx, org, &text, (state, None), &failure).await.map_err(doing("record a failed text"))?;
    Ok(Next::Done)
}

async fn hold_back(
    tx: &mut PgConnection,
    job: &DeliverText,
    verdict: Verdict,
    until: Option<Timestamp>,
) -> Result<(), DeliverError> {
    store::hold_back(tx, job.org, job.text, &verdict.stored(), until).await.map_err(doing("keep a verdict"))
}

/// A text that is repeated says nothing that a newer one about the same visit has said otherwise.
async fn is_superseded(tx: &mut PgConnection, org: OrgId, text: &Text) -> Result<bool, DeliverError> {
    if text.again == 0 {
        return Ok(false);
    }
    store::is_superseded(tx, org, text).await.map_err(doing("look for a newer text"))
}

const STALE: &str = "The visit was moved or called off before it left.";
const SUPERSEDED: &str = "A newer text about the same visit took its place.";
