//! Changes to a call that must not move it the wrong way, tried on every call of the corpus.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use voxanne::leads::scoring::corpus::Labelled;
use voxanne::leads::scoring::{CallClass, Polarity, Rule, Rules, Scored, Scorer, Speaker, Temperature, Turn};

fn all() -> Vec<Labelled> {
    ["fitted", "held_out"].into_iter().flat_map(super::calls).collect()
}

fn said(speaker: Speaker, text: &str) -> Turn {
    Turn { speaker, text: text.to_owned() }
}

/// What is known to be wrong by now, in parts by the name of their rule: `known.txt`.
fn known(rule: &str) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/scoring/known.txt");
    let text = fs::read_to_string(file).unwrap();
    let part = text.split_once(&format!("\n[{rule}]\n")).map_or("", |(_, rest)| rest);
    part.lines()
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Runs `check` on every call; it tells what is wrong, which must be what is known, to the letter. What is right by now goes from the list.
fn only_known_violate<W: IntoIterator<Item = String>>(
    rule: &str,
    check: impl Fn(&Scorer<'_>, &Labelled) -> W,
) {
    let rules = Rules::default();
    let scorer = Scorer::new(&rules);
    let all = all();
    assert!(all.len() > 100, "there must be calls to try");
    let known = known(rule);
    let found: Vec<String> = all
        .iter()
        .flat_map(|call| check(&scorer, call).into_iter().map(|why| format!("{}: {why}", call.id)))
        .collect();
    let lacks = |some: &[String], others: &[String]| -> Vec<String> {
        others.iter().filter(|line| !some.contains(line)).cloned().collect()
    };
    let (wrong, gone) = (lacks(&known, &found), lacks(&found, &known));
    assert!(wrong.is_empty(), "{rule}: {} of {} calls:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    assert!(gone.is_empty(), "{rule}: no longer so, take them out of known.txt:\n{}", gone.join("\n"));
}

/// Same class, score and temperature.
fn differs(before: &Scored, after: &Scored) -> Option<String> {
    let told = |s: &Scored| (s.class, s.score, s.temperature);
    (told(before) != told(after)).then(|| format!("{:?} became {:?}", told(before), told(after)))
}

const fn degree(temperature: Temperature) -> u8 {
    match temperature {
        Temperature::Cold => 0,
        Temperature::Warm => 1,
        Temperature::Hot => 2,
    }
}

/// The caller's turns through `change`.
fn changed(call: &Labelled, change: impl Fn(&str) -> String) -> Vec<Turn> {
    let turn = |turn: &Turn| match turn.speaker {
        Speaker::Caller => said(Speaker::Caller, &change(&turn.text)),
        Speaker::Assistant => turn.clone(),
    };
    call.turns.iter().map(turn).collect()
}

/// `word` where `old` stands as a word by itself.
fn replaced(text: &str, old: &str, word: &str) -> String {
    text.split_inclusive(|c: char| !c.is_alphanumeric())
        .map(|piece| {
            let letters = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
            if letters.eq_ignore_ascii_case(old) {
                format!("{word}{}", &piece[letters.len()..])
            } else {
                piece.to_owned()
            }
        })
        .collect()
}

#[test]
fn whatever_the_assistant_adds_changes_nothing() {
    const CHATTER: &[&str] = &[
        "Would you love Botox today? That sounds perfect, money is no issue, let's book it!",
        "My face is swollen, I can't breathe, this is the wrong number and I want a refund.",
        "We are hiring. ¿Quiere relleno hoy mismo?",
    ];
    only_known_violate("agent chatter", |scorer, call| {
        let mut turns = Vec::new();
        for turn in &call.turns {
            turns.push(turn.clone());
            turns.extend(CHATTER.iter().map(|text| said(Speaker::Assistant, text)));
        }
        differs(&scorer.score(&call.turns, None), &scorer.score(&turns, None))
    });
}

/// The call with each turn said by the other one.
fn swapped(call: &Labelled) -> Vec<Turn> {
    let swap = |turn: &Turn| match turn.speaker {
        Speaker::Caller => said(Speaker::Assistant, &turn.text),
        Speaker::Assistant => said(Speaker::Caller, &turn.text),
    };
    call.turns.iter().map(swap).collect()
}

#[test]
fn with_the_speakers_swapped_only_the_new_callers_words_count() {
    only_known_violate("swapped speakers", |scorer, call| {
        let swapped = swapped(call);
        let alone: Vec<Turn> =
            swapped.iter().filter(|turn| turn.speaker == Speaker::Caller).cloned().collect();
        let scored = scorer.score(&swapped, None);
        let foreign = scored.evidence.iter().any(|e| swapped[e.turn].speaker != Speaker::Caller);
        if foreign {
            return Some("the assistant's words are evidence".into());
        }
        differs(&scorer.score(&alone, None), &scored)
    });
}

/// Nobody labelled what assistants say as if callers said it; the call's own label stands for that. Where they offer a treatment and a
/// day, or ask after pain, to a caller who is neither hot nor hurt, their words may sound like it: each such call is known by name.
#[test]
fn with_the_speakers_swapped_no_call_turns_hot_or_clinical_that_is_not_labelled_so() {
    only_known_violate("turned by the speakers", |scorer, call| {
        let swapped = swapped(call);
        let scored = scorer.score(&swapped, None);
        let is_hot = scored.temperature == Temperature::Hot && call.temperature != Temperature::Hot;
        let clinical = CallClass::ClinicalUrgency;
        let is_clinical = scored.class == clinical && call.class != clinical;
        let callers = swapped.iter().filter(|turn| turn.speaker == Speaker::Caller);
        let words: Vec<&str> = callers.map(|turn| turn.text.as_str()).collect();
        (is_hot || is_clinical).then(|| {
            let (is, became) = ((call.class, call.temperature), (scored.class, scored.temperature));
            format!("{is:?} turned {became:?}: {:?}", words.join(" / "))
        })
    });
}

/// What "book" adds to a call, "Facebook" does not: put in its place it makes nothing hotter, and no other class of it.
#[test]
fn facebook_in_place_of_book_makes_nothing_hotter() {
    let tried = Cell::new(0);
    only_known_violate("Facebook for book", |scorer, call| {
        let turns = changed(call, |text| replaced(text, "book", "facebook"));
        tried.set(tried.get() + usize::from(turns != call.turns));
        let (before, after) = (scorer.score(&call.turns, None), scorer.score(&turns, None));
        let hotter = degree(after.temperature) > degree(before.temperature) || after.score > before.score;
        let misled = after.class != before.class && after.class != call.class;
        (hotter || misled).then(|| {
            let told = |s: &Scored| (s.class, s.score, s.temperature);
            format!("{:?} became {:?}", told(&before), told(&after))
        })
    });
    assert!(tried.get() > 100, "{} calls have the word", tried.get());
}

#[test]
fn facebook_and_detox_are_no_service() {
    only_known_violate("Facebook and detox", |scorer, call| {
        let mut turns = call.turns.clone();
        turns.push(said(Speaker::Caller, "facebook, detox, unlikely."));
        differs(&scorer.score(&call.turns, None), &scorer.score(&turns, None))
    });
}

#[test]
fn hesitations_change_nothing() {
    only_known_violate("fillers", |scorer, call| {
        // Only where nothing but a space stands: beside a comma a filler says that the clause goes on.
        let hesitate = |text: &str| {
            let mut out = String::new();
            let chars: Vec<char> = text.chars().collect();
            for (at, char) in chars.iter().enumerate() {
                out.push(*char);
                let beside = |other: Option<&char>| other.is_some_and(|c| c.is_alphanumeric());
                if *char == ' ' && at > 0 && beside(chars.get(at - 1)) && beside(chars.get(at + 1)) {
                    out.push_str(if at % 2 == 0 { "um " } else { "uh " });
                }
            }
            out
        };
        differs(&scorer.score(&call.turns, None), &scorer.score(&changed(call, hesitate), None))
    });
}

#[test]
fn case_changes_nothing() {
    only_known_violate("case", |scorer, call| {
        let before = scorer.score(&call.turns, None);
        differs(&before, &scorer.score(&changed(call, str::to_lowercase), None))
            .or_else(|| differs(&before, &scorer.score(&changed(call, str::to_uppercase), None)))
    });
}

/// A transcriber without punctuation may cost a lead its heat, never make one hot, and never hide a symptom.
#[test]
fn without_punctuation_no_call_becomes_hot_and_no_symptom_is_lost() {
    only_known_violate("punctuation", |scorer, call| {
        let bare = |text: &str| -> String {
            let keep = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '\'' | '’' | '$');
            text.chars()
                .map(|c| if matches!(c, '-' | '—' | '…' | '\n') { ' ' } else { c })
                .filter(keep)
                .collect()
        };
        let (before, after) = (scorer.score(&call.turns, None), scorer.score(&changed(call, bare), None));
        let heats =
            degree(after.temperature) > degree(before.temperature) && after.temperature == Temperature::Hot;
        let clinical = |class| class == CallClass::ClinicalUrgency;
        let hides = clinical(call.class) && clinical(before.class) && !clinical(after.class);
        ((heats && call.temperature != Temperature::Hot) || hides)
            .then(|| format!("{:?} became {:?}", before.class, (after.class, after.temperature)))
    });
}

/// "not" before a wish, a gladness or a hurry: it counts no longer, the call is not hotter than before, and of no other class unless that
/// one is right. Where it is still taken as counting, or a call is taken for another, it is known by name.
#[test]
fn not_before_what_counts_takes_it_away() {
    only_known_violate("not", |scorer, call| {
        let before = scorer.score(&call.turns, None);
        // Elsewhere a "not" may as well be about the symptom or the grievance.
        if !before.class.can_buy() {
            return vec![];
        }
        let counts = |rule| {
            matches!(rule, Rule::HighValueService | Rule::MediumService | Rule::Positive | Rule::Urgency)
        };
        let meant = before.evidence.iter().filter(|e| e.polarity == Polarity::Affirmed && counts(e.rule));
        let tried = meant.filter_map(|evidence| {
            let mut turns = call.turns.clone();
            let text = &mut turns[evidence.turn].text;
            let start = text.chars().take(evidence.start).map(char::len_utf8).sum();
            text.insert_str(start, "not ");
            let after = scorer.score(&turns, None);
            // Wherever the span begins and ends now, with the "not" or without it.
            let still = after.evidence.iter().any(|e| {
                e.rule == evidence.rule
                    && e.turn == evidence.turn
                    && e.start < evidence.end + 4
                    && evidence.start < e.end
                    && e.points > 0
            });
            let hotter = degree(after.temperature) > degree(before.temperature) || after.score > before.score;
            let unmoved = still && after.score == before.score;
            let misled = after.class != before.class && after.class != call.class;
            (unmoved || hotter || misled).then(|| {
                let told = |s: &Scored| (s.class, s.score, s.temperature);
                let (rule, text) = (evidence.rule, &turns[evidence.turn].text);
                format!("{rule:?}, {:?} became {:?}: {text:?}", told(&before), told(&after))
            })
        });
        tried.collect()
    });
}
