//! Callers who book, are called back, and repeat themselves, while the program comes and goes.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::ToSpan as _;
use serde_json::{Value, json};
use voxanne::platform::clock::Clock;
use voxanne::seed::GLOW;
use voxanne_sandbox::caller::{CallScript, Caller, Spoken};

use super::chance::Chance;
use super::installation::Installation;
use crate::harness::call_ref;

const HOT: &str = "I'm interested in Botox and filler, I have budget, need it this week";

/// Callers at once.
const LINES: usize = 5;

/// What a caller wants.
#[derive(Debug, Clone)]
pub enum Wish {
    /// A visit.
    Visit(Value),
    /// A look at the times of a day.
    Times(Value),
    /// A call back, by the assistant's own judgement.
    CallBack,
    /// Nothing but to talk, so that the report of the call makes it a hot lead.
    Talk,
}

/// One call with one wish.
#[derive(Debug, Clone)]
pub struct Errand {
    number: u64,
    pub wish: Wish,
    /// What was heard, if anything was. A report that was taken is "taken".
    pub heard: Option<String>,
    pub longest_wait: Duration,
}

impl Errand {
    pub fn call_ref(&self) -> String {
        call_ref(u128::from(self.number))
    }

    pub fn phone(&self) -> String {
        format!("+1310{}", 6_000_000 + self.number)
    }

    pub fn tool_call_id(&self) -> String {
        format!("toolu_{}", self.number)
    }

    /// The caller was promised a visit.
    pub fn is_booked(&self) -> bool {
        matches!(self.wish, Wish::Visit(_)) && self.heard_starts_with("Great!")
    }

    /// The caller was promised a call back, or the platform that the report is kept.
    pub fn is_alerted(&self) -> bool {
        match self.wish {
            Wish::Talk => self.heard.is_some(),
            Wish::CallBack => self.heard_starts_with("Thank you. I've just alerted"),
            Wish::Visit(_) | Wish::Times(_) => false,
        }
    }

    pub fn heard_starts_with(&self, words: &str) -> bool {
        self.heard.as_deref().is_some_and(|heard| heard.starts_with(words))
    }
}

/// The callers of an installation.
pub struct Callers<'i> {
    place: &'i Installation,
    chance: &'i Chance,
    made: AtomicU64,
    /// Calls whose platform got no answer and repeats the message.
    unanswered: Mutex<VecDeque<Errand>>,
    answered: Mutex<Vec<Errand>>,
}

impl<'i> Callers<'i> {
    pub fn new(place: &'i Installation, chance: &'i Chance) -> Self {
        Self {
            place,
            chance,
            made: AtomicU64::new(1),
            unanswered: Mutex::default(),
            answered: Mutex::default(),
        }
    }

    /// All lines ring without pause, whatever they hear, until `done`.
    pub async fn ring_until(&self, done: impl Future<Output = ()>) {
        let lines = (0..LINES).map(|_| async {
            loop {
                if !self.ring_once().await {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        });
        tokio::select! {
            () = done => {}
            _ = futures::future::join_all(lines) => {}
        }
    }

    /// One call: one that was not answered before, or a new one. False when nobody answered.
    async fn ring_once(&self) -> bool {
        let waiting = self.unanswered.lock().unwrap().pop_front();
        let errand = waiting.unwrap_or_else(|| self.new_errand());
        // Kept before it is run: a caller who is cut off in the middle has asked, too.
        let mut open = Open { callers: self, errand: Some(errand.clone()) };
        let ran = self.run(errand).await;
        let is_answered = ran.heard.is_some();
        open.errand = None;
        if is_answered {
            self.answered.lock().unwrap().push(ran);
        } else {
            self.unanswered.lock().unwrap().push_back(ran);
        }
        is_answered
    }

    /// Waits, bounded, until one more call than before was answered.
    pub async fn another_answer(&self) {
        self.more(1, |_| true).await;
    }

    /// Waits, bounded, for a booking that was begun after now: more than the lines can have in hand.
    pub async fn another_booking(&self) {
        self.more(LINES + 1, Errand::is_booked).await;
    }

    async fn more(&self, how_many: usize, counts: fn(&Errand) -> bool) {
        let so_far = || self.answered.lock().unwrap().iter().filter(|errand| counts(errand)).count();
        let wanted = so_far() + how_many;
        for _ in 0..2_000 {
            if so_far() >= wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nobody was answered: {}", self.place.log());
    }

    /// Repeats what was never answered, each once.
    pub async fn repeat_unanswered(&self) {
        let waiting = self.unanswered.lock().unwrap().len();
        for _ in 0..waiting {
            assert!(self.ring_once().await, "a program that nobody kills answers: {}", self.place.log());
        }
    }

    /// Everything that was asked, answered or not.
    pub fn all(&self) -> Vec<Errand> {
        let mut all = self.answered.lock().unwrap().clone();
        all.extend(self.unanswered.lock().unwrap().iter().cloned());
        all
    }

    /// What was promised is promised again in the same words.
    pub async fn hear_again(&self, errand: &Errand) -> Errand {
        self.run(Errand { heard: None, ..errand.clone() }).await
    }

    fn new_errand(&self) -> Errand {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let wish = match self.chance.below(8) {
            0 => Wish::Talk,
            1 => Wish::CallBack,
            2 => Wish::Times(json!({ "date": self.day(), "serviceType": "Consultation" })),
            _ => Wish::Visit(Value::Null),
        };
        let mut errand = Errand { number, wish, heard: None, longest_wait: Duration::ZERO };
        if matches!(errand.wish, Wish::Visit(_)) {
            errand.wish = Wish::Visit(self.visit(&errand.phone()));
        }
        errand
    }

    fn visit(&self, phone: &str) -> Value {
        // One in four wants what others want: the only laser, on one of a few mornings.
        let (service, date, time) = if self.chance.one_in(4) {
            (
                "Laser Treatment",
                day_after(2 + i64::try_from(self.chance.below(5)).unwrap()),
                "10:00".to_owned(),
            )
        } else {
            let services = ["Consultation", "Botox", "HydraFacial", "Consultation"];
            let service = services[usize::try_from(self.chance.below(4)).unwrap()];
            (service, self.day(), format!("{}:{:02}", 9 + self.chance.below(8), 15 * self.chance.below(4)))
        };
        json!({
            "customerName": "Dana Fox", "customerPhone": phone, "serviceType": service,
            "preferredDate": date, "preferredTime": time,
        })
    }

    fn day(&self) -> String {
        day_after(10 + i64::try_from(self.chance.below(300)).unwrap())
    }

    async fn run(&self, errand: Errand) -> Errand {
        let heard = match &errand.wish {
            Wish::Visit(asked) => self.tool(&errand, "book_appointment", asked).await,
            Wish::Times(asked) => self.tool(&errand, "check_availability", asked).await,
            Wish::CallBack => {
                let lead = json!({
                    "leadName": "Dana Fox", "leadPhone": errand.phone(), "serviceInterest": "Botox",
                    "urgency": "high", "summary": "Wants a call back",
                });
                self.tool(&errand, "notify_hot_lead", &lead).await
            }
            Wish::Talk => self.report(&errand).await,
        };
        let (heard, waited) = heard.map_or((None, Duration::ZERO), |(heard, waited)| (Some(heard), waited));
        Errand { heard, longest_wait: errand.longest_wait.max(waited), ..errand }
    }

    /// One tool call; one in four comes twice at once.
    async fn tool(&self, errand: &Errand, name: &str, asked: &Value) -> Option<(String, Duration)> {
        let id = errand.tool_call_id();
        let (mut caller, mut other) = (self.caller(errand), self.caller(errand));
        let said = caller.tool_with_id(&id, name, asked.clone());
        let heard = |said: Result<Spoken, reqwest::Error>| {
            let said = said.ok()?;
            assert!(!said.text().is_empty(), "silence for {id}");
            Some((said.text().to_owned(), said.elapsed))
        };
        if !self.chance.one_in(4) {
            return heard(said.await);
        }
        let (one, two) = tokio::join!(said, other.tool_with_id(&id, name, asked.clone()));
        match (heard(one), heard(two)) {
            (Some(one), Some(two)) if two.0.starts_with("Great!") || two.0.starts_with("Thank you") => {
                let same = one.0 == two.0 || !one.0.starts_with("Great!");
                assert!(same, "two answers to {id}: {} and {}", one.0, two.0);
                Some(two)
            }
            (one, two) => one.or(two),
        }
    }

    /// The call with its report; one in four reports comes twice at once.
    async fn report(&self, errand: &Errand) -> Option<(String, Duration)> {
        let mut caller = self.caller(errand);
        caller.say_user(HOT).await.ok()?;
        let mut other = caller.clone();
        let taken = if self.chance.one_in(4) {
            let (one, two) =
                tokio::join!(caller.end("customer-ended-call"), other.end("customer-ended-call"));
            one.or(two)
        } else {
            caller.end("customer-ended-call").await
        };
        // 503 asks the platform to send it again.
        taken.ok().filter(|reply| reply.status == 200).map(|reply| ("taken".to_owned(), reply.elapsed))
    }

    fn caller(&self, errand: &Errand) -> Caller {
        let script = CallScript {
            call_id: errand.call_ref(),
            assistant_id: Some(GLOW.assistant_id.to_owned()),
            phone_number_id: Some(GLOW.phone_number_id.to_owned()),
            dialed_number: Some(GLOW.number.to_owned()),
            caller_number: Some(errand.phone()),
            webhook_url: format!("{}/api/webhooks/vapi", self.place.url()),
            secret: Some(Installation::secret()),
            talks: false,
        };
        let clock = Clock::system();
        Caller::new(self.place.http.clone(), script, std::sync::Arc::new(move || clock.now()), 0)
    }
}

/// A call in the middle of its run: dropped, it goes back to those without an answer.
struct Open<'c, 'i> {
    callers: &'c Callers<'i>,
    errand: Option<Errand>,
}

impl Drop for Open<'_, '_> {
    fn drop(&mut self) {
        if let Some(errand) = self.errand.take() {
            self.callers.unanswered.lock().unwrap().push_back(errand);
        }
    }
}

/// The civil date at Glow some days from now.
fn day_after(days: i64) -> String {
    let today = Clock::system().now().in_tz(GLOW.time_zone).unwrap().date();
    today.checked_add(days.days()).unwrap().to_string()
}
