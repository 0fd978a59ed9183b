//! Texts of one org and queue, a window of them at a time.

use std::collections::HashSet;

use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{FuturesUnordered, StreamExt as _};

use super::conclude::{Answer, Answered, conclude};
use super::prepare::{Next, Order, Orders, Wanted, prepare};
use super::{CLOCK_SLACK, DeliverError, DeliverText};
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::telemetry::chain;

/// Texts in hand at once: what an account that does not answer can keep busy.
const WINDOW: usize = 16;
/// More are taken when so many have room: transactions are shared.
const ROOM: usize = 8;
/// Texts after which it is the next org's turn.
const TURN: usize = 800;

/// Runs the job, and what else is due in its queue. `Ok` also when texts have to wait: then they have left jobs for later.
pub async fn deliver(app: &App, job: DeliverText) -> Result<(), DeliverError> {
    let mut lane = Lane {
        app,
        org: job.org,
        in_hand: FuturesUnordered::new(),
        orders: Orders::default(),
        jobs: vec![],
        numbers: HashSet::new(),
        taken: 0,
        failed: None,
    };
    lane.begin(job).await?;
    while let Some(answers) = lane.answers().await {
        lane.conclude(answers).await;
        lane.take_more().await;
    }
    lane.failed.map_or(Ok(()), Err)
}

struct Lane<'a> {
    app: &'a App,
    org: OrgId,
    in_hand: FuturesUnordered<BoxFuture<'static, Answered>>,
    /// What the last look said of queue and account.
    orders: Orders,
    /// The jobs in hand that were taken along.
    jobs: Vec<i64>,
    /// The numbers in hand.
    numbers: HashSet<String>,
    taken: usize,
    /// What went wrong first. What is in hand is brought to its end all the same.
    failed: Option<DeliverError>,
}

impl Lane<'_> {
    async fn begin(&mut self, job: DeliverText) -> Result<(), DeliverError> {
        let room = i64::try_from(WINDOW - 1).unwrap_or(0);
        match prepare(self.app, self.org, Wanted::Own { job, room }).await {
            Ok(orders) => self.start(orders),
            // One of those taken along may be what cannot be prepared: this one is not to wait for it.
            Err(error) => {
                tracing::warn!(org.id = %self.org, error = chain(&error), "Texts could not be taken together; trying one alone");
                let alone = prepare(self.app, self.org, Wanted::Own { job, room: 0 }).await?;
                self.start(Orders { is_full: false, ..alone });
            }
        }
        Ok(())
    }

    fn start(&mut self, mut orders: Orders) {
        // There was nothing more: what is in hand still belongs to the account that it was handed to.
        if orders.queue.is_none() {
            self.orders.is_full = false;
            return;
        }
        for order in orders.texts.drain(..) {
            self.taken += 1;
            self.jobs.extend(order.hand.taken);
            self.numbers.insert(order.to.clone());
            self.in_hand.push(ask(order).boxed());
        }
        self.orders = orders;
    }

    /// Those that have their answer: one at least, `None` when nothing is in hand.
    async fn answers(&mut self) -> Option<Vec<Answered>> {
        let mut answers = vec![self.in_hand.next().await?];
        while let Some(Some(more)) = self.in_hand.next().now_or_never() {
            answers.push(more);
        }
        Some(answers)
    }

    async fn conclude(&mut self, answers: Vec<Answered>) {
        self.jobs.retain(|job| answers.iter().all(|answered| answered.hand.taken != Some(*job)));
        for answered in &answers {
            self.numbers.remove(&answered.to);
        }
        let Err(error) = conclude(self.app, self.org, &self.orders.account, &answers).await else { return };
        tracing::warn!(org.id = %self.org, error = chain(&error), "Outcomes of texts could not be recorded together");
        for answered in &answers {
            let alone = std::slice::from_ref(answered);
            if let Err(error) = conclude(self.app, self.org, &self.orders.account, alone).await {
                self.failed.get_or_insert(error);
            }
        }
    }

    async fn take_more(&mut self) {
        let goes_on = self.orders.is_full
            && !self.orders.is_held
            && self.failed.is_none()
            && self.taken < TURN
            && self.in_hand.len() + ROOM <= WINDOW
            && !self.app.stopping.is_cancelled();
        let (Some(queue), true) = (self.orders.queue, goes_on) else { return };
        let room = i64::try_from(WINDOW - self.in_hand.len()).unwrap_or(0);
        let wanted = Wanted::Due { queue, room, in_hand: &self.jobs, numbers: &self.numbers };
        match prepare(self.app, self.org, wanted).await {
            Ok(orders) => self.start(orders),
            Err(error) => {
                self.failed.get_or_insert(error);
            }
        }
    }
}

async fn ask(order: Order) -> Answered {
    let Order { hand, to, next, .. } = order;
    let answer = match next {
        Next::Send(client, message) => Answer::Sent(client.send(&message).await),
        Next::LookUp(client, text) => {
            let since = text.queued_at.checked_sub(CLOCK_SLACK).unwrap_or(text.queued_at);
            Answer::Found(client.find(&text.to, &text.body, since).await)
        }
        Next::Done | Next::PutOff | Next::Held(_) => Answer::None,
    };
    Answered { hand, to, answer }
}
