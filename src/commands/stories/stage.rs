//! What stories are told with: a clinic to ring, callers, and lines that appear as they are said.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use voxanne_sandbox::caller::{CallScript, Caller, Reply, Said, Spoken};

use super::super::CommandError;
use super::super::demo_file::{ClinicFile, DemoFile, LineFile};
use super::super::failure::Doing as _;
use super::super::left::Records;
use super::super::output::say;
use super::super::texting::Texting;
use super::desk::Desk;
use super::heard::{named_day, times_in, wire_time};
use super::time::Time;
use crate::platform::clock::Clock;
use crate::platform::ids::{Ids, InboxId};
use crate::when;

/// The platform's own patience with a tool.
const PATIENCE: Duration = Duration::from_secs(20);
/// Days that are looked through for a free time.
const DAYS_LOOKED_AT: i32 = 60;
/// What an answer with times says.
const TIMES_FOLLOW: &str = "I have availability";
/// Where fictional numbers (`555-01xx`) are drawn from.
const AREA_CODES: [u16; 8] = [310, 323, 213, 424, 818, 626, 747, 562];

/// A clinic that can be rung.
pub(in super::super) struct Stage {
    http: reqwest::Client,
    /// Names nobody and nothing: the secret tells which clinic it is.
    script: CallScript,
    zone: TimeZone,
    clock: Clock,
    seed: AtomicU64,
    records: Option<Records>,
    /// Who texts, where that can be done.
    pub(in super::super) texting: Option<Texting>,
    /// The sites of the demo's clinic that has several.
    sites: Vec<Self>,
    /// The demo's clinic with a Google Calendar, and its front desk.
    with_calendar: Option<Box<(Self, Desk)>>,
    /// The demo's clock, where the stories are told by the demo itself.
    pub(super) time: Option<Time>,
}

impl Stage {
    /// The first clinic of a demo, and the sites of the one that has several.
    pub(in super::super) fn of_demo(demo: &DemoFile, time: Option<Time>) -> Result<Self, CommandError> {
        let clock = time.as_ref().map_or_else(|| demo.clock(), Time::clock);
        let of = |clinic, line| Self::of_clinic(demo, (clinic, line), &clock);
        let mut stage = of(&demo.clinic, &demo.clinic.line)?;
        let juniper = &demo.juniper;
        let lines = std::iter::once(&juniper.line).chain(&juniper.other_lines);
        stage.sites = lines.map(|line| of(juniper, line)).collect::<Result<_, _>>()?;
        let harbor = of(&demo.other_org, &demo.other_org.line)?;
        let desk = Desk::of_demo(demo, harbor.http.clone());
        stage.with_calendar = Some(Box::new((harbor, desk)));
        stage.time = time;
        Ok(stage)
    }

    fn of_clinic(
        demo: &DemoFile,
        (clinic, line): (&ClinicFile, &LineFile),
        clock: &Clock,
    ) -> Result<Self, CommandError> {
        let mut stage =
            Self::elsewhere(clinic.webhook_url.clone(), clinic.webhook_secret.clone(), &line.time_zone)?;
        stage.script.assistant_id = Some(line.assistant_id.clone());
        stage.script.phone_number_id = Some(line.phone_number_id.clone());
        stage.clock = clock.clone();
        stage.records = Some(Records::of_demo(demo, (clinic, clock.clone()), stage.http.clone())?);
        stage.texting = Some(Texting::of_demo(demo, clinic, stage.http.clone())?);
        Ok(stage)
    }

    /// Any clinic whose webhook secret is known. What a call leaves there cannot be shown.
    pub(in super::super) fn elsewhere(url: String, secret: String, zone: &str) -> Result<Self, CommandError> {
        let zone = TimeZone::get(zone)
            .map_err(|_unknown| CommandError::Usage(format!("{zone} is not an IANA time zone")))?;
        let clock = Clock::system();
        let http = reqwest::Client::builder().timeout(PATIENCE).build().doing("set up HTTP")?;
        let script = CallScript {
            call_id: String::new(),
            assistant_id: None,
            phone_number_id: None,
            dialed_number: None,
            caller_number: None,
            webhook_url: url,
            secret: Some(("x-vapi-secret".into(), secret)),
            talks: true,
        };
        let seed = AtomicU64::new(clock.now().as_microsecond().unsigned_abs());
        Ok(Self {
            http,
            script,
            zone,
            clock,
            seed,
            records: None,
            texting: None,
            sites: Vec::new(),
            with_calendar: None,
            time: None,
        })
    }

    /// The clinic's day that lies so many days ahead.
    pub(super) fn day(&self, days_ahead: i32) -> Date {
        let today = self.clock.now().to_zoned(self.zone.clone()).date();
        today.saturating_add(jiff::Span::new().days(days_ahead))
    }

    /// A site of the demo's clinic that has several; none where there is no demo.
    pub(super) fn site(&self, index: usize) -> Option<&Self> {
        self.sites.get(index)
    }

    /// Somebody rings, and the assistant picks up. `None` for a name keeps the call off the screen.
    pub(super) async fn ring(&self, name: Option<&'static str>) -> Result<Line<'_>, CommandError> {
        let seed = self.seed.fetch_add(1, Ordering::Relaxed);
        let area = AREA_CODES[usize::try_from(seed / 100 % 8).unwrap_or(0)];
        self.ring_from(name, format!("+1{area}55501{:02}", seed % 100)).await
    }

    /// The same from a certain number.
    pub(super) async fn ring_from(
        &self,
        name: Option<&'static str>,
        number: String,
    ) -> Result<Line<'_>, CommandError> {
        let seed = self.seed.fetch_add(1, Ordering::Relaxed);
        let id: InboxId = Ids::random().next(self.clock.now());
        let script = CallScript {
            call_id: id.0.to_string(),
            caller_number: Some(number.clone()),
            ..self.script.clone()
        };
        let clock = self.clock.clone();
        let caller = Caller::new(self.http.clone(), script, Arc::new(move || clock.now()), seed);
        let asked = caller.ask_for_assistant().await.doing("ring")?;
        let mut line = Line { stage: self, name, number, call_ref: id.0.to_string(), caller };
        line.check(&asked)?;
        line.print("☎", &format!("{} rings{}", line.number, after(asked.elapsed)));
        line.caller.ring().await.doing("ring")?;
        let answered = line.caller.in_progress().await.doing("pick up")?;
        line.check(&answered)?;
        Ok(line)
    }

    /// The clinic with a Google Calendar; none where there is no demo.
    pub(super) fn with_calendar(&self) -> Option<&(Self, Desk)> {
        self.with_calendar.as_deref()
    }

    /// An instant of the clinic's clock, such as `2 PM` of a day.
    pub(super) fn at(&self, day: Date, time: &str) -> Result<Zoned, CommandError> {
        let time =
            when::parse_time(time).map_err(|_question| CommandError::Usage(format!("no time: {time}")))?;
        day.to_datetime(time).to_zoned(self.zone.clone()).doing("read the clinic's clock")
    }

    /// What a call left, where that can be looked at.
    pub(super) async fn show_left(&self, call_ref: &str) -> Result<(), CommandError> {
        match &self.records {
            Some(records) => records.show(call_ref).await,
            None => Ok(()),
        }
    }

    /// The latest text to a number that holds some words; none where texts cannot be looked at.
    pub(super) async fn text_to(&self, number: &str, words: &str) -> Result<Option<String>, CommandError> {
        match &self.records {
            Some(records) => records.text_to(number, words).await,
            None => Ok(None),
        }
    }

    /// What staff still have to do about a call; nothing where that cannot be looked at.
    pub(super) async fn open_tasks(&self, call_ref: &str) -> Result<Vec<String>, CommandError> {
        match &self.records {
            Some(records) => records.open_tasks(call_ref).await,
            None => Ok(Vec::new()),
        }
    }

    /// Somebody opens a link and presses its button; the HTTP status.
    pub(super) async fn taps(&self, link: &str) -> Result<u16, CommandError> {
        let pressed = self.http.post(link).send().await.doing("press the button behind a link")?;
        Ok(pressed.status().as_u16())
    }

    /// Closes what was opened to look.
    pub(in super::super) async fn close(&self) {
        let beside = self.with_calendar.iter().map(|both| &both.0);
        let all = std::iter::once(self).chain(&self.sites).chain(beside);
        for records in all.filter_map(|stage| stage.records.as_ref()) {
            records.close().await;
        }
    }
}

/// A call in progress.
pub(super) struct Line<'s> {
    stage: &'s Stage,
    /// Who rings; the screen shows nothing of a caller without a name.
    name: Option<&'static str>,
    /// The caller id.
    pub number: String,
    /// The platform's id of the call.
    pub call_ref: String,
    caller: Caller,
}

impl Line<'_> {
    /// The caller speaks.
    pub(super) async fn says(&mut self, words: &str) -> Result<(), CommandError> {
        self.print(self.name.unwrap_or_default(), words);
        let heard = self.caller.say_user(words).await.doing("post what the caller says")?;
        self.check(&heard)
    }

    /// The assistant speaks.
    pub(super) async fn hears(&mut self, words: &str) -> Result<(), CommandError> {
        self.print(&self.to_caller(), words);
        let heard = self.caller.say_assistant(words).await.doing("post what the assistant says")?;
        self.check(&heard)
    }

    /// The assistant uses a tool and reads its answer out.
    pub(super) async fn tool(&mut self, name: &str, arguments: Value) -> Result<String, CommandError> {
        self.print("→", &described(name, &arguments));
        let spoken = self.caller.tool(name, arguments).await.doing("call a tool")?;
        self.answered(&spoken).await
    }

    /// The same, under an id of one's own: again, it is a repetition.
    pub(super) async fn tool_as(
        &mut self,
        id: &str,
        name: &str,
        arguments: Value,
    ) -> Result<String, CommandError> {
        self.print("→", &format!("{} (as {id})", described(name, &arguments)));
        let spoken = self.caller.tool_with_id(id, name, arguments).await.doing("call a tool")?;
        self.answered(&spoken).await
    }

    async fn answered(&mut self, spoken: &Spoken) -> Result<String, CommandError> {
        let text = match &spoken.said {
            Said::Result(text) => text.clone(),
            Said::Error(text) => format!("(error) {text}"),
            Said::Nothing => {
                return Err(CommandError::Refused(
                    "the platform would have ignored that answer: not 200, not one line, or under another id"
                        .into(),
                ));
            }
        };
        self.print(&self.to_caller(), &format!("{text}{}", after(spoken.elapsed)));
        self.caller.say_assistant(spoken.text()).await.doing("post what the assistant says")?;
        Ok(text)
    }

    /// The times of `day` that the caller is told.
    pub(super) async fn times(&mut self, service: &str, day: Date) -> Result<Vec<String>, CommandError> {
        let wanted = json!({ "date": day.to_string(), "serviceType": service });
        let answer = self.tool("check_availability", wanted).await?;
        Ok(if answer.contains(TIMES_FOLLOW) { times_in(&answer) } else { Vec::new() })
    }

    /// The first day from `days_ahead` on of which the caller is told a time.
    pub(super) async fn first_free(
        &mut self,
        service: &str,
        days_ahead: i32,
    ) -> Result<(Date, Vec<String>), CommandError> {
        self.first_free_with(None, service, days_ahead).await
    }

    /// The same with a certain practitioner. A caller who is told the nearest day with openings takes that.
    pub(super) async fn first_free_with(
        &mut self,
        practitioner: Option<&str>,
        service: &str,
        days_ahead: i32,
    ) -> Result<(Date, Vec<String>), CommandError> {
        let (mut day, last) = (self.stage.day(days_ahead), self.stage.day(days_ahead + DAYS_LOOKED_AT));
        while day < last {
            let mut wanted = json!({ "date": day.to_string(), "serviceType": service });
            if let Some(name) = practitioner {
                wanted["practitionerName"] = name.into();
            }
            let answer = self.tool("check_availability", wanted).await?;
            if answer.contains(TIMES_FOLLOW) {
                return Ok((day, times_in(&answer)));
            }
            let next = day.saturating_add(jiff::Span::new().days(1));
            day = named_day(&answer, next).unwrap_or(next);
        }
        Err(CommandError::Refused(format!(
            "{service} is booked out for {DAYS_LOOKED_AT} days: start with a new --data-dir"
        )))
    }

    /// Books `time` of `day` in the caller's name.
    pub(super) async fn book(
        &mut self,
        service: &str,
        day: Date,
        time: &str,
    ) -> Result<String, CommandError> {
        let wanted = self.booking(service, day, time);
        self.tool("book_appointment", wanted).await
    }

    /// The arguments of such a booking.
    pub(super) fn booking(&self, service: &str, day: Date, time: &str) -> Value {
        json!({
            "customerName": self.name.unwrap_or("Robin Regular"),
            "customerPhone": self.number,
            "serviceType": service,
            "preferredDate": day.to_string(),
            "preferredTime": wire_time(time),
        })
    }

    /// The caller hangs up: the report comes, and what the call left is shown.
    pub(super) async fn hangs_up(mut self) -> Result<(), CommandError> {
        self.print("☎", "hangs up");
        let reason = "customer-ended-call";
        let ended = self.caller.ended(reason).await.doing("hang up")?;
        self.check(&ended)?;
        let reported = self.caller.end(reason).await.doing("post the end-of-call report")?;
        self.check(&reported)?;
        if self.name.is_some() { self.stage.show_left(&self.call_ref).await } else { Ok(()) }
    }

    /// Two calls may run at once, so it shows whom the assistant speaks to.
    fn to_caller(&self) -> String {
        let first = self.name.unwrap_or_default().split(' ').next().unwrap_or_default();
        format!("Ava, to {first}")
    }

    fn print(&self, who: &str, words: &str) {
        if self.name.is_some() {
            say(format_args!("   {who:<15} {words}"));
        }
    }

    fn check(&self, reply: &Reply) -> Result<(), CommandError> {
        match reply.status {
            200 => Ok(()),
            401 => Err(CommandError::Refused(
                "the server does not accept the secret: is this the demo's? (--data-dir)".into(),
            )),
            status => Err(CommandError::Refused(format!(
                "the server answered {status} in the call {}",
                self.call_ref
            ))),
        }
    }
}

fn after(elapsed: Duration) -> String {
    format!("   ({} ms)", elapsed.as_millis())
}

/// `check_availability date=2026-11-25 serviceType=Botox`.
fn described(name: &str, arguments: &Value) -> String {
    let given = arguments.as_object().into_iter().flatten().map(|(key, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{key}={value}")
    });
    std::iter::once(name.to_owned()).chain(given).collect::<Vec<_>>().join(" ")
}
