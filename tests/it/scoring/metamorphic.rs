//! Changes to a call that must not move it the wrong way, tried on every call of the corpus.

use std::cell::Cell;

use voxanne::leads::scoring::corpus::Labelled;
use voxanne::leads::scoring::{
    CallClass, Evidence, Polarity, Rule, Rules, Scored, Scorer, Speaker, Temperature, Turn,
};

fn all() -> Vec<Labelled> {
    ["fitted", "held_out"].into_iter().flat_map(super::calls).collect()
}

fn said(speaker: Speaker, text: &str) -> Turn {
    Turn { speaker, text: text.to_owned() }
}

/// Runs `check` on every call; it tells what is wrong.
fn none_violates<W: IntoIterator<Item = String>>(rule: &str, check: impl Fn(&Scorer<'_>, &Labelled) -> W) {
    let rules = Rules::default();
    let scorer = Scorer::new(&rules);
    let all = all();
    assert!(all.len() > 100, "there must be calls to try");
    let wrong: Vec<String> = all
        .iter()
        .flat_map(|call| check(&scorer, call).into_iter().map(|why| format!("{}: {why}", call.id)))
        .collect();
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
    none_violates("agent chatter", |scorer, call| {
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
    none_violates("swapped speakers", |scorer, call| {
        let swapped = swapped(call);
        // What the other one says only tells that it is no receptionist.
        let another = "my lips please i'd love that i saved up for it and i want it this week";
        let others: Vec<Turn> = swapped
            .iter()
            .map(|turn| match turn.speaker {
                Speaker::Caller => turn.clone(),
                Speaker::Assistant => said(Speaker::Assistant, another),
            })
            .collect();
        let scored = scorer.score(&swapped, None);
        let foreign = scored.evidence.iter().any(|e| swapped[e.turn].speaker != Speaker::Caller);
        if foreign {
            return Some("the assistant's words are evidence".into());
        }
        differs(&scorer.score(&others, None), &scored)
    });
}

/// Receptionists who offer a treatment and a day sound like callers who want them, and who asks after pain like one who has it.
#[test]
fn with_the_speakers_swapped_no_call_is_hot_or_clinical() {
    none_violates("swapped speakers", |scorer, call| {
        let scored = scorer.score(&swapped(call), None);
        let is_wrong = scored.temperature == Temperature::Hot || scored.class == CallClass::ClinicalUrgency;
        is_wrong.then(|| format!("{:?} became {:?}", call.class, (scored.class, scored.temperature)))
    });
}

/// What receptionists are known by is in no caller's words.
#[test]
fn no_caller_is_taken_for_a_receptionist() {
    none_violates("receptionists", |scorer, call| {
        let dismissed = |e: &Evidence| e.polarity == Polarity::Receptionist;
        scorer.score(&call.turns, None).evidence.into_iter().find(dismissed).map(|e| e.words)
    });
}

/// What "book" adds to a call, "Facebook" does not: put in its place it makes nothing hotter, and no other class of it.
#[test]
fn facebook_in_place_of_book_makes_nothing_hotter() {
    let tried = Cell::new(0);
    none_violates("Facebook for book", |scorer, call| {
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

/// "not" before a wish, a gladness or a hurry: the call is not hotter than before, and of no other class unless that one is right. Of a
/// phrase it takes what counted; of a whole stretch of words ("that's all right, I've got a nest egg") it denies only the first.
#[test]
fn not_before_what_counts_takes_it_away() {
    none_violates("not", |scorer, call| {
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
            let hotter = degree(after.temperature) > degree(before.temperature) || after.score > before.score;
            let misled = after.class != before.class && after.class != call.class;
            let unheard =
                after.score == before.score && is_phrase(evidence) && counts_still(evidence, &after);
            (unheard || hotter || misled).then(|| {
                let told = |s: &Scored| (s.class, s.score, s.temperature);
                let (rule, text) = (evidence.rule, &turns[evidence.turn].text);
                format!("{rule:?}, {:?} became {:?}: {text:?}", told(&before), told(&after))
            })
        });
        tried.collect()
    });
}

/// Words that a "not" right before them denies: "not not worried" does not.
fn is_phrase(evidence: &Evidence) -> bool {
    !evidence.fitted && !evidence.words.to_lowercase().starts_with("not ")
}

/// Whether it still counts, wherever its span begins and ends with the four letters before it.
fn counts_still(evidence: &Evidence, after: &Scored) -> bool {
    after.evidence.iter().any(|e| {
        e.rule == evidence.rule
            && e.turn == evidence.turn
            && e.start < evidence.end + 4
            && evidence.start < e.end
            && e.points > 0
    })
}
