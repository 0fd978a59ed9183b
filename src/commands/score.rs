//! `voxanne score`: what the rules make of a transcript, how well they do on the labelled corpus, and the fit to it. Needs no
//! database.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::CommandError;
use super::failure::Doing as _;
use super::output::say;
use crate::leads::scoring::evaluation::{self, Evaluation, Hits};
use crate::leads::scoring::{self, Rules, Scored, Sentiment, Speaker, Turn, corpus};

/// What to score.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A transcript: JSON with "turns", or lines of "AI: …" and "User: …"
    #[arg(required_unless_present_any = ["corpus", "fit"])]
    file: Option<PathBuf>,
    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
    /// Score every labelled call below this folder (`fitted`, `held_out`) and print the figures of docs/scoring.md
    #[arg(long, value_name = "DIR", conflicts_with_all = ["file", "json"])]
    corpus: Option<PathBuf>,
    /// Fit the model to the labelled calls and utterances below this folder (`fitted`, `utterances`), write its weights, and print how
    /// it does on calls that it did not see
    #[arg(long, value_name = "DIR", conflicts_with_all = ["file", "json", "corpus"])]
    fit: Option<PathBuf>,
    /// Where the weights go
    #[arg(
        long,
        value_name = "FILE",
        default_value = "src/leads/scoring/model/weights.txt",
        requires = "fit"
    )]
    weights: PathBuf,
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
    if let Some(dir) = &args.fit {
        return fit(dir, &args.weights);
    }
    let Some(file) = &args.file else {
        return Err(CommandError::Usage("name a transcript, or --corpus or --fit with a folder".into()));
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
            "  turn {:>2}, {:>3}..{:<3} {:>+4}  {:<18} {:<13} {}\"{}\"",
            found.turn,
            found.start,
            found.end,
            found.points,
            word(&found.rule),
            word(&found.polarity),
            if found.fitted { "by the model: " } else { "" },
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
    let mut calls = Vec::new();
    for text in files(folder, "jsonl")? {
        calls.extend(corpus::read(&text).doing("read the corpus")?);
    }
    Ok(calls)
}

/// What the files of a folder hold, in the order of their names.
fn files(folder: &Path, ending: &str) -> Result<Vec<String>, CommandError> {
    let entries = fs::read_dir(folder).doing("list the corpus")?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == ending));
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).doing("read the corpus")).collect()
}

fn fit(dir: &Path, weights: &Path) -> Result<(), CommandError> {
    let (calls, utterances) = (files(&dir.join("fitted"), "jsonl")?, files(&dir.join("utterances"), "txt")?);
    let all = [calls.clone(), utterances.clone()].concat();
    let mut labelled = Vec::new();
    for text in calls {
        labelled.extend(corpus::read(&text).doing("read the corpus")?);
    }
    let said: Vec<corpus::Utterance> =
        utterances.iter().flat_map(|text| corpus::read_utterances(text)).collect();
    let fit = scoring::fit::fit(&labelled, &said, corpus::digest(&all));
    fs::write(weights, &fit.weights).doing("write the weights")?;
    say(evaluation::markdown(&[(
        "fitted`, each call by a model that did not see it `".to_owned(),
        fit.unseen,
    )])
    .trim_end());
    let Hits { right, missed, false_alarms } = fit.mixed_up;
    say(format_args!(
        "\nWith the speakers swapped {right} of {} such calls are known for it; of those as they are {false_alarms} are taken for it.",
        right + missed
    ));
    Ok(())
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
