//! One conversation after another.

use std::future::pending;
use std::io;
use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{Mail, MailFake};
use crate::fault::{Fault, Target};
use crate::locked;

/// Rest after a failed accept, which comes from too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);
/// More than any client should read.
const HUGE_BYTES: usize = 10 * 1024 * 1024;

pub(super) async fn serve(listener: TcpListener, fake: MailFake) {
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let session = Session::new(stream, fake.clone());
                    // An error is the client's hanging up.
                    sessions.spawn(async move { drop(session.talk().await) });
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = sessions.join_next() => {}
        }
    }
}

struct Session {
    line: BufStream<TcpStream>,
    fake: MailFake,
    fault: Option<Fault>,
    account: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

/// Whether to go on.
enum After {
    Next,
    End,
}

impl Session {
    fn new(stream: TcpStream, fake: MailFake) -> Self {
        let fault = fake.0.faults.take(Target::Mail);
        Self { line: BufStream::new(stream), fake, fault, account: None, from: None, to: None }
    }

    async fn talk(mut self) -> io::Result<()> {
        match &self.fault {
            Some(Fault::ConnectionReset) => return Ok(()),
            Some(Fault::TimeoutBeforeEffect) => return pending().await,
            Some(Fault::Delay { millis }) => tokio::time::sleep(Duration::from_millis(*millis)).await,
            Some(Fault::Status { http: 421, .. }) => return self.say("421 closing").await,
            _ => {}
        }
        self.say("220 sandbox ESMTP").await?;
        while let Some(command) = self.hear().await? {
            if let After::End = self.answer(&command).await? {
                break;
            }
        }
        Ok(())
    }

    async fn answer(&mut self, command: &str) -> io::Result<After> {
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        locked(&self.fake.0.state).heard.push(verb.to_ascii_uppercase());
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.say("250-sandbox\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN").await?,
            "HELO" | "NOOP" => self.say("250 sandbox").await?,
            "RSET" => {
                (self.from, self.to) = (None, None);
                self.say("250 forgotten").await?;
            }
            "AUTH" => self.log_in(rest).await?,
            "MAIL" => self.mail(rest).await?,
            "RCPT" => self.recipient(rest).await?,
            "DATA" if self.to.is_some() => return self.data().await,
            "QUIT" => {
                self.say("221 good-bye").await?;
                return Ok(After::End);
            }
            "DATA" => self.say("503 who is it for?").await?,
            _ => self.say("502 not known here").await?,
        }
        Ok(After::Next)
    }

    async fn log_in(&mut self, how: &str) -> io::Result<()> {
        let (mechanism, initial) = how.split_once(' ').unwrap_or((how, ""));
        let (username, password) = if mechanism.eq_ignore_ascii_case("LOGIN") {
            (self.ask("VXNlcm5hbWU6").await?, self.ask("UGFzc3dvcmQ6").await?)
        } else {
            let pair = decoded(initial);
            let mut parts = pair.split('\0').skip(1).map(str::to_owned);
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
        };
        let is_right = {
            let state = locked(&self.fake.0.state);
            state.accounts.is_empty() || state.accounts.get(&username) == Some(&password)
        };
        if is_right {
            self.account = Some(username);
            self.say("235 welcome").await
        } else {
            self.say("535 wrong").await
        }
    }

    async fn ask(&mut self, question: &str) -> io::Result<String> {
        self.say(&format!("334 {question}")).await?;
        Ok(decoded(&self.hear().await?.unwrap_or_default()))
    }

    async fn mail(&mut self, from: &str) -> io::Result<()> {
        let wants_login = !locked(&self.fake.0.state).accounts.is_empty();
        if wants_login && self.account.is_none() {
            return self.say("530 log in first").await;
        }
        self.from = Some(path(from));
        self.say("250 ok").await
    }

    async fn recipient(&mut self, to: &str) -> io::Result<()> {
        let to = path(to);
        if let Some(Fault::Status { http, .. }) = self.fault {
            return self.say(&format!("{http} not now, or never: {to}")).await;
        }
        let is_unknown = locked(&self.fake.0.state).unknown.contains(&to);
        if is_unknown || self.from.is_none() {
            return self.say(&format!("550 no such mailbox: {to}")).await;
        }
        self.to = Some(to);
        self.say("250 ok").await
    }

    async fn data(&mut self) -> io::Result<After> {
        self.say("354 go on").await?;
        let mut raw = Vec::new();
        loop {
            let start = raw.len();
            if self.line.read_until(b'\n', &mut raw).await? == 0 {
                return Ok(After::End);
            }
            if &raw[start..] == b".\r\n" {
                raw.truncate(start);
                break;
            }
            if raw[start..].starts_with(b".") {
                raw.remove(start);
            }
        }
        self.take(&raw);
        (self.from, self.to) = (None, None);
        match self.fault.take() {
            Some(Fault::TimeoutAfterEffect) => pending().await,
            Some(Fault::HangUpAfterEffect) => return Ok(After::End),
            Some(Fault::Garbage) => self.say("<html>upstream says hello</html>").await?,
            Some(Fault::HugeBody) => self.say(&"2".repeat(HUGE_BYTES)).await?,
            Some(Fault::AnswerSlowly { millis }) => {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                self.say("250 taken").await?;
            }
            Some(Fault::Drip { millis }) => loop {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                self.line.write_all(b"2").await?;
                self.line.flush().await?;
            },
            _ => self.say("250 taken").await?,
        }
        Ok(After::Next)
    }

    fn take(&self, raw: &[u8]) {
        let parsed = MessageParser::default().parse(raw);
        let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let mail = Mail {
            message_id: text(parsed.as_ref().and_then(|m| m.message_id())),
            from: self.from.clone().unwrap_or_default(),
            to: self.to.clone().unwrap_or_default(),
            subject: text(parsed.as_ref().and_then(|m| m.subject())),
            body: words(&text(parsed.as_ref().and_then(|m| m.body_text(0)).as_deref())),
            headers: parsed
                .iter()
                .flat_map(mail_parser::Message::headers)
                .map(|h| h.name().to_owned())
                .collect(),
            account: self.account.clone(),
            received_at: (self.fake.0.clock)(),
        };
        locked(&self.fake.0.state).taken.push(mail);
    }

    async fn hear(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        let read = self.line.read_line(&mut line).await?;
        Ok((read > 0).then(|| line.trim_end().to_owned()))
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.line.write_all(line.as_bytes()).await?;
        self.line.write_all(b"\r\n").await?;
        self.line.flush().await
    }
}

/// Without the empty lines that SMTP puts at the end.
fn words(body: &str) -> String {
    format!("{}\n", body.replace("\r\n", "\n").trim_end())
}

fn decoded(base64: &str) -> String {
    BASE64_STANDARD.decode(base64).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// What is between `<` and `>`.
fn path(argument: &str) -> String {
    let inner = argument.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address).unwrap_or_default().to_owned()
}
