//! Changes to a call that must not move it the wrong way, tried on every call of the corpus.

use voxanne::leads::scoring::corpus::Labelled;
use voxanne::leads::scoring::{CallClass, Polarity, Rule, Rules, Scored, Scorer, Speaker, Temperature, Turn};

fn all() -> Vec<Labelled> {
    ["fitted", "held_out"].into_iter().flat_map(super::calls).collect()
}

fn said(speaker: Speaker, text: &str) -> Turn {
    Turn { speaker, text: text.to_owned() }
}

/// Runs `check` on every call; it tells what is wrong.
fn none_violates(rule: &str, check: impl Fn(&Scorer<'_>, &Labelled) -> Option<String>) {
    let rules = Rules::default();
    let scorer = Scorer::new(&rules);
    let all = all();
    let wrong: Vec<String> =
        all.iter().filter_map(|call| check(&scorer, call).map(|why| format!("{}: {why}", call.id))).collect();
    assert!(all.len() > 100, "there must be calls to try");
    assert!(wrong.is_empty(), "{rule}: {} of {} calls:\n{}", wrong.len(), all.len(), wrong.join("\n"));
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

#[test]
fn whatever_the_assistant_adds_changes_nothing() {
    const CHATTER: &[&str] = &[
        "Would you love Botox today? That sounds perfect, money is no issue, let's book it!",
        "My face is swollen, I can't breathe, this is the wrong number and I want a refund.",
        "We are hiring. ¿Quiere relleno hoy mismo?",
    ];
    none_violates("agent chatter", |scorer, call| {
        let mut turns = Vec::new();
        for turn in &call.turns {
            turns.push(turn.clone());
            turns.extend(CHATTER.iter().map(|text| said(Speaker::Assistant, text)));
        }
        differs(&scorer.score(&call.turns, None), &scorer.score(&turns, None))
    });
}

#[test]
fn with_the_speakers_swapped_only_the_new_callers_words_count() {
    none_violates("swapped speakers", |scorer, call| {
        let swap = |turn: &Turn| match turn.speaker {
            Speaker::Caller => said(Speaker::Assistant, &turn.text),
            Speaker::Assistant => said(Speaker::Caller, &turn.text),
        };
        let swapped: Vec<Turn> = call.turns.iter().map(swap).collect();
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

#[test]
fn facebook_and_detox_are_no_service() {
    none_violates("Facebook and detox", |scorer, call| {
        let mut turns = call.turns.clone();
        turns.push(said(Speaker::Caller, "facebook, detox, unlikely."));
        differs(&scorer.score(&call.turns, None), &scorer.score(&turns, None))
    });
}

#[test]
fn hesitations_change_nothing() {
    none_violates("fillers", |scorer, call| {
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
    none_violates("case", |scorer, call| {
        let before = scorer.score(&call.turns, None);
        differs(&before, &scorer.score(&changed(call, str::to_lowercase), None))
            .or_else(|| differs(&before, &scorer.score(&changed(call, str::to_uppercase), None)))
    });
}

/// A transcriber without punctuation may cost a lead its heat, never make one hot, and never hide a symptom.
#[test]
fn without_punctuation_no_call_becomes_hot_and_no_symptom_is_lost() {
    none_violates("punctuation", |scorer, call| {
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

/// "not" before a wish, a gladness or a hurry: it counts no longer, and the call is not hotter than before.
#[test]
fn not_before_what_counts_takes_it_away() {
    none_violates("not", |scorer, call| {
        let before = scorer.score(&call.turns, None);
        // Elsewhere a "not" may as well be about the symptom or the grievance.
        if !before.class.can_buy() {
            return None;
        }
        let counts = |rule| {
            matches!(rule, Rule::HighValueService | Rule::MediumService | Rule::Positive | Rule::Urgency)
        };
        let meant = before.evidence.iter().filter(|e| e.polarity == Polarity::Affirmed && counts(e.rule));
        meant.into_iter().find_map(|evidence| {
            let mut turns = call.turns.clone();
            let text = &mut turns[evidence.turn].text;
            let start = text.chars().take(evidence.start).map(char::len_utf8).sum();
            text.insert_str(start, "not ");
            let after = scorer.score(&turns, None);
            let still = after.evidence.iter().any(|e| {
                e.rule == evidence.rule
                    && e.turn == evidence.turn
                    && e.start == evidence.start + 4
                    && e.words == evidence.words
                    && e.points > 0
            });
            let hotter = degree(after.temperature) > degree(before.temperature) || after.score > before.score;
            let unmoved = still && after.score == before.score;
            (unmoved || hotter).then(|| {
                format!("{:?} {:?} {} became {}", evidence.rule, evidence.words, before.score, after.score)
            })
        })
    });
}
