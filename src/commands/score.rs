//! `voxanne score`: what the rules make of a transcript, and how well they do on the labelled corpus. Needs no database.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::CommandError;
use super::failure::Doing as _;
use super::output::say;
use crate::leads::scoring::evaluation::{self, Evaluation};
use crate::leads::scoring::{self, Rules, Scored, Sentiment, Speaker, Turn, corpus};

/// What to score.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A transcript: JSON with "turns", or lines of "AI: …" and "User: …"
    #[arg(required_unless_present = "corpus")]
    file: Option<PathBuf>,
    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
    /// Score every labelled call below this folder (`fitted`, `held_out`) and print the figures of docs/scoring.md
    #[arg(long, value_name = "DIR", conflicts_with_all = ["file", "json"])]
    corpus: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Transcript {
    turns: Vec<Turn>,
    #[serde(default)]
    platform: Option<Sentiment>,
}

pub(super) fn run(args: &Args) -> Result<(), CommandError> {
    if let Some(dir) = &args.corpus {
        say(evaluation::markdown(&parts(dir)?).trim_end());
        return Ok(());
    }
    let Some(file) = &args.file else {
        return Err(CommandError::Usage("name a transcript, or --corpus with a folder".into()));
    };
    let text = fs::read_to_string(file).doing("read the transcript")?;
    let transcript = read(&text)?;
    let scored = scoring::score(&transcript.turns, transcript.platform, &Rules::default());
    if args.json {
        say(serde_json::to_string_pretty(&scored).doing("write the verdict")?);
    } else {
        show(&scored);
    }
    Ok(())
}

fn read(text: &str) -> Result<Transcript, CommandError> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).doing("read the transcript as JSON");
    }
    let turns: Vec<Turn> = text.lines().filter_map(line).collect();
    if turns.is_empty() {
        let wanted = "no line of the transcript begins with \"AI:\" or \"User:\", and it is no JSON";
        return Err(CommandError::Refused(wanted.into()));
    }
    Ok(Transcript { turns, platform: None })
}

/// "AI: …" and "User: …", as the voice platform writes transcripts.
fn line(line: &str) -> Option<Turn> {
    let (who, text) = line.split_once(':')?;
    let speaker = match who.trim().to_ascii_lowercase().as_str() {
        "user" | "caller" | "customer" => Speaker::Caller,
        "ai" | "bot" | "assistant" => Speaker::Assistant,
        _ => return None,
    };
    Some(Turn { speaker, text: text.trim().to_owned() })
}

fn show(scored: &Scored) {
    say(format_args!("{} · score {} · {}", word(&scored.class), scored.score, word(&scored.temperature)));
    if let Some(danger) = scored.danger {
        say(format_args!("danger: {}", word(&danger)));
    }
    if let Some(interest) = &scored.interest {
        say(format_args!("interest: {} (\"{}\", turn {})", interest.service, interest.words, interest.turn));
    }
    say(format_args!("mood: {}", scored.sentiments.taken.as_str()));
    for found in &scored.evidence {
        say(format_args!(
            "  turn {:>2}, {:>3}..{:<3} {:>+4}  {:<18} {:<13} \"{}\"",
            found.turn,
            found.start,
            found.end,
            found.points,
            word(&found.rule),
            word(&found.polarity),
            found.words,
        ));
    }
}

/// A verdict's name, as JSON has it.
fn word(verdict: &impl serde::Serialize) -> String {
    let named = serde_json::to_value(verdict).ok();
    named.as_ref().and_then(serde_json::Value::as_str).unwrap_or("?").to_owned()
}

/// The parts of the corpus that are there, in order.
fn parts(dir: &Path) -> Result<Vec<(String, Evaluation)>, CommandError> {
    let mut parts = Vec::new();
    for part in ["fitted", "held_out"] {
        let folder = dir.join(part);
        if folder.is_dir() {
            parts.push((part.to_owned(), evaluation::evaluate(&calls(&folder)?)));
        }
    }
    if parts.is_empty() {
        return Err(CommandError::Refused(format!("{} holds neither fitted nor held_out", dir.display())));
    }
    Ok(parts)
}

fn calls(folder: &Path) -> Result<Vec<corpus::Labelled>, CommandError> {
    let entries = fs::read_dir(folder).doing("list the corpus")?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort();
    let mut calls = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).doing("read the corpus")?;
        calls.extend(corpus::read(&text).doing("read the corpus")?);
    }
    Ok(calls)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn transcripts_are_read_as_lines_and_as_json() {
        let lines = read("AI: Hello!\nUser: botox today please\nnoise").unwrap();
        assert_eq!((lines.turns.len(), lines.turns[1].speaker), (2, Speaker::Caller));
        let json = read(r#"{"turns":[{"speaker":"caller","text":"hi"}],"platform":"positive"}"#).unwrap();
        assert_eq!((json.turns.len(), json.platform), (1, Some(Sentiment::Positive)));
        assert!(read("nothing of the kind").is_err());
        assert!(read("{\"turns\": 3}").is_err());
    }
}
