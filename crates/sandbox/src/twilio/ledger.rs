//! The texts that were accepted.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An accepted text, as `GET /twilio/messages` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Counted, so that runs repeat.
    pub sid: String,
    /// The account it was sent from.
    pub account_sid: String,
    /// The recipient.
    pub to: String,
    /// The sending number, if one was named.
    pub from: Option<String>,
    /// The Messaging Service, if one was named.
    pub messaging_service_sid: Option<String>,
    /// Whichever of the two was named.
    pub sender: String,
    /// The words.
    pub body: String,
    /// Twilio's word for where it stands.
    pub status: String,
    /// Why it was not delivered.
    pub error_code: Option<u32>,
    /// What it would be billed as.
    pub num_segments: usize,
    /// Where its reports go.
    pub status_callback: Option<String>,
    /// How long Twilio was to keep trying.
    pub validity_seconds: Option<u32>,
    /// When it was accepted.
    pub created_at: Timestamp,
}

pub(super) struct Ledger {
    texts: Vec<Text>,
    by_sid: HashMap<String, usize>,
    file: Option<File>,
}

impl Ledger {
    /// Reads the file back; the last line for a sid counts, a line cut short by a crash does not.
    pub fn open(path: Option<PathBuf>) -> io::Result<Self> {
        let mut ledger = Self { texts: Vec::new(), by_sid: HashMap::new(), file: None };
        let Some(path) = path else { return Ok(ledger) };
        let file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        for line in BufReader::new(&file).lines() {
            if let Ok(text) = serde_json::from_str::<Text>(&line?) {
                ledger.put(text);
            }
        }
        // Ends a torn last line, so that the next one can be read.
        writeln!(&file)?;
        ledger.file = Some(file);
        Ok(ledger)
    }

    pub fn all(&self) -> &[Text] {
        &self.texts
    }

    pub fn find(&self, sid: &str) -> Option<&Text> {
        self.by_sid.get(sid).and_then(|at| self.texts.get(*at))
    }

    pub fn next_sid(&self) -> String {
        format!("SM{:032x}", self.texts.len() + 1)
    }

    /// Inserts the text or replaces the one with its sid.
    pub fn record(&mut self, text: Text) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&text)?;
            line.push(b'\n');
            file.write_all(&line)?;
        }
        self.put(text);
        Ok(())
    }

    fn put(&mut self, text: Text) {
        if let Some(known) = self.by_sid.get(&text.sid).and_then(|at| self.texts.get_mut(*at)) {
            *known = text;
        } else {
            self.by_sid.insert(text.sid.clone(), self.texts.len());
            self.texts.push(text);
        }
    }
}
