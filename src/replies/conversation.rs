//! With whom we are texting, in which language, and what an answer leaves.

use crate::after_hours;
use crate::contacts;
use crate::language::Language;
use crate::messaging::wording::Letterhead;
use crate::messaging::{self, Kind, Meaning, NewText, Received};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, ContactId, LocationId, OrgId, TextId};
use crate::scheduling::RuleBook;
use crate::tasks::{self, NewTask};

/// The kind of the task that a thread leaves when a person has to answer.
pub(super) const ANSWER: &str = "answer_text";

/// One text and whom its answer goes to.
pub(super) struct Conversation<'c> {
    pub app: &'c App,
    pub org: OrgId,
    pub received: &'c Received,
    pub from: &'c Phone,
    pub book: &'c RuleBook,
    contact: Option<ContactId>,
    language: Option<Language>,
    has_opted_out: bool,
}

impl<'c> Conversation<'c> {
    /// Reads who it is. Somebody who answers in Spanish, and of whom no language is known, is texted in Spanish from now on; whoever
    /// was asked in a language is answered in it.
    pub async fn open(
        app: &'c App,
        tx: &mut PgConnection,
        org: OrgId,
        book: &'c RuleBook,
        (received, from): (&'c Received, &'c Phone),
    ) -> Result<Self, sqlx::Error> {
        let known = contacts::known(tx, org, from.as_str()).await?;
        let contact = known.as_ref().map(|known| known.id);
        let mut language = known.and_then(|known| known.language);
        let is_clear = received.meaning != Meaning::Other;
        if language.is_none() && is_clear && messaging::is_spanish(&received.body) {
            language = Some(Language::Spanish);
            if let Some(contact) = contact {
                contacts::learn_language(tx, org, contact, Language::Spanish).await?;
            }
        }
        if language.is_none() {
            language = after_hours::spoken_language(tx, org, from).await?;
        }
        let has_opted_out = messaging::has_opted_out(tx, org, from).await?;
        Ok(Self { app, org, received, from, book, contact, language, has_opted_out })
    }

    /// Whom the answer is from: the site of a visit, else the clinic.
    pub fn head(&self, location: Option<LocationId>) -> Letterhead<'_> {
        let settings = &self.book.settings;
        match self.book.location(location) {
            Some(location) => self.book.letterhead(location, self.language),
            None => Letterhead::plain(
                &settings.clinic_name,
                settings.human_phone.as_deref(),
                self.language.unwrap_or(settings.language),
            ),
        }
    }

    /// Queues the one answer to this text; nothing to whoever wants no texts, and no task about it either: they know.
    pub async fn say(
        &self,
        tx: &mut PgConnection,
        (kind, body): (Kind, String),
        about: Option<AppointmentId>,
    ) -> Result<Option<TextId>, sqlx::Error> {
        if self.has_opted_out {
            return Ok(None);
        }
        let text = NewText {
            kind,
            to: self.from,
            body,
            dedupe_key: format!("reply:{}", self.received.id.0),
            contact: self.contact,
            appointment: about,
            call: None,
            sent_by: None,
        };
        let queued = messaging::queue_text(self.app, tx, self.org, &self.book.settings, text).await?;
        Ok(queued.text())
    }

    /// What was asked is done.
    pub async fn done(&self, tx: &mut PgConnection) -> Result<(), sqlx::Error> {
        messaging::mark_answered(self.app, tx, self.org, self.received.id, false).await
    }
}

/// Leaves the thread to a person: unread, and with one open task of this kind.
pub(super) async fn hand_over(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    received: &Received,
    (kind, title, about): (&'static str, &str, Option<AppointmentId>),
) -> Result<(), sqlx::Error> {
    let thread = messaging::texts_of_sender(tx, org, &received.sender).await?;
    let task = NewTask {
        kind,
        title: title.into(),
        appointment: about,
        inbound_text: Some(received.id),
        dedupe_key: format!("{kind}:{}", received.id.0),
        ..NewTask::default()
    };
    tasks::raise_for_thread(app, tx, org, &task, &thread).await?;
    messaging::mark_answered(app, tx, org, received.id, true).await
}
