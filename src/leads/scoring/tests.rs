//! Labelled calls: each says what a manager would want to see.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::CallClass::{
    ClinicalUrgency, Complaint, ExistingPatient, JobSeeker, NewLead, Vendor, WrongNumber,
};
use super::Sentiment::{Negative, Neutral, Positive};
use super::Temperature::{Cold, Hot, Warm};
use super::fold::EVIDENCE_PER_RULE_MAX;
use super::*;
use proptest::prelude::*;

fn caller(text: &str) -> Turn {
    Turn { speaker: Speaker::Caller, text: text.to_owned() }
}

fn assistant(text: &str) -> Turn {
    Turn { speaker: Speaker::Assistant, text: text.to_owned() }
}

fn score_of(text: &str) -> Scored {
    let turns: Vec<Turn> = text.split(" / ").map(caller).collect();
    score(&turns, None, &Rules::default())
}

/// Caller turns separated by " / ", class, score, temperature.
#[rustfmt::skip]
const CALLS: &[(&str, CallClass, u8, Temperature)] = &[
    // T-S12, E21 and its shapes from a transcriber.
    ("I'm interested in Botox and filler, I have budget, need it this week", NewLead, 100, Hot),
    ("um im interested in botox and uh filler i have budget need it this week", NewLead, 100, Hot),
    ("I need botox today, money is no issue", NewLead, 100, Hot),
    ("Hi / I want lip filler / as soon as possible", NewLead, 70, Hot),
    ("i would love to get botox", NewLead, 70, Hot),
    ("Do you have anything for laser hair removal tomorrow? Price is no object.", NewLead, 100, Hot),
    ("coolsculpting please / $600 is okay", NewLead, 70, Hot),
    ("I saw you on Facebook and I want Botox. Can you fit me in this week?", NewLead, 70, Hot),
    ("my budget is fine and I'd like juvéderm", NewLead, 70, Hot),
    ("how much is botox and can I come in today", NewLead, 90, Hot),
    ("No problem at all, that sounds perfect. So Botox on Friday.", NewLead, 70, Hot),
    ("I can't wait to get my lips done, I want filler", NewLead, 70, Hot),
    ("Botox tomorrow please", NewLead, 70, Hot),
    ("What's your first available for a facial? I'm so excited", NewLead, 80, Hot),
    ("I had Botox last year and want it again, asap", NewLead, 70, Hot),
    ("my sister had filler and I want that too, right away", NewLead, 70, Hot),
    ("I've never had botox before but I'd like to try it, this week if possible", NewLead, 70, Hot),
    // T-S10.
    ("How much does it cost?", NewLead, 20, Cold),
    ("How much does it cost? / what are your prices", NewLead, 20, Cold),
    ("How much longer will I be on hold?", NewLead, 0, Cold),
    // Warm.
    ("I'd like to know more about Botox", NewLead, 40, Warm),
    ("how much is botox", NewLead, 20, Cold),
    ("not only botox but filler too", NewLead, 40, Warm),
    ("I'm not sure whether I want botox or filler", NewLead, 40, Warm),
    ("Can I book a HydraFacial for tomorrow?", NewLead, 50, Warm),
    ("I had a question about Botox", NewLead, 40, Warm),
    ("no i want botox", NewLead, 40, Warm),
    ("Don't you do Botox?", NewLead, 0, Cold),
    ("my sister recommended you, can I get botox", NewLead, 40, Warm),
    ("My sister and I want Botox", NewLead, 40, Warm),
    ("I don't think the facial is for me, I want laser", NewLead, 40, Warm),
    ("I had Botox last year and want it again", NewLead, 40, Warm),
    ("I want Botox, but no rush", NewLead, 40, Warm),
    ("I want Botox, not today though", NewLead, 40, Warm),
    ("I'd like filler, I'm not in a hurry", NewLead, 40, Warm),
    ("I'd like filler / how do I get to you today", NewLead, 40, Warm),
    ("I'd like filler, are you open today?", NewLead, 40, Warm),
    ("I want botox / how are you today", NewLead, 40, Warm),
    ("If I wanted Botox, what would you recommend?", NewLead, 40, Warm),
    ("I want botox, if I had the budget", NewLead, 40, Warm),
    ("I want botox but I don't have the budget", NewLead, 40, Warm),
    ("I want botox and I'd love to, but I can't", NewLead, 40, Warm),
    ("does filler cause swelling?", NewLead, 0, Cold),
    ("Is swelling normal with Botox?", NewLead, 0, Cold),
    ("I'm worried about swelling, but I'd like filler", NewLead, 40, Warm),
    ("I saw your Google listing and want Botox", NewLead, 40, Warm),
    ("I'm a business owner and want filler", NewLead, 40, Warm),
    ("I'm unhappy with my wrinkles and want Botox", NewLead, 40, Warm),
    ("my mom told me you do laser hair removal can i come in asap", NewLead, 70, Hot),
    ("i was hoping to get lip fillers maybe before my wedding this weekend", NewLead, 70, Hot),
    ("We want botox for our bridal party, budget isn't an issue", NewLead, 70, Hot),
    ("i don't have a lot of time how much is botox", NewLead, 20, Cold),
    ("how long does swelling last after lip filler", NewLead, 0, Cold),
    ("we don't need botox or filler we just want a facial tomorrow", NewLead, 50, Warm),
    // Cold: nobody buys.
    ("he told me you should get botox today", NewLead, 0, Cold),
    ("Do I need to stop blood thinners to avoid bleeding?", NewLead, 0, Cold),
    ("I'm not interested in Botox", NewLead, 0, Cold),
    ("I don't want filler", NewLead, 0, Cold),
    ("I don't want Botox, filler or lasers", NewLead, 0, Cold),
    ("i dont, um, want botox", NewLead, 0, Cold),
    ("Botox isn't for me", NewLead, 0, Cold),
    ("Facebook said you have a book club", NewLead, 0, Cold),
    ("my sister had botox", NewLead, 0, Cold),
    ("my friend wants filler and laser this week", NewLead, 0, Cold),
    ("She had Botox and it looks good", NewLead, 0, Cold),
    ("I had filler last year", NewLead, 0, Cold),
    ("my husband said 'get botox now'", NewLead, 0, Cold),
    ("my husband said I should get botox right away", NewLead, 0, Cold),
    ("The flyer said \"get your Botox today\"", NewLead, 0, Cold),
    ("maybe someday I'd try laser", NewLead, 0, Cold),
    ("I need directions, I'm driving to you right now", NewLead, 0, Cold),
    ("not great", NewLead, 0, Cold),
    ("hello? / hello / are you a robot", NewLead, 0, Cold),
    ("", NewLead, 0, Cold),
    // T-S13: clinical urgency before anything else.
    ("My face is swollen after filler yesterday, this is urgent", ClinicalUrgency, 0, Cold),
    ("my lips are swelling since the filler", ClinicalUrgency, 0, Cold),
    ("I want botox, price is no issue / today please / my eye is drooping and my vision is blurry", ClinicalUrgency, 100, Cold),
    ("i cant breathe", ClinicalUrgency, 0, Cold),
    ("she's unconscious", ClinicalUrgency, 0, Cold),
    ("theres pus coming out where you injected me", ClinicalUrgency, 0, Cold),
    ("Can you help me, my daughter's face is swollen", ClinicalUrgency, 0, Cold),
    ("it won't stop bleeding", ClinicalUrgency, 0, Cold),
    ("I think it could be infected", ClinicalUrgency, 0, Cold),
    ("I got a peel yesterday and I have a fever", ClinicalUrgency, 0, Cold),
    ("I'm having an allergic reaction and I have hives", ClinicalUrgency, 0, Cold),
    ("is it normal that my cheek is swollen", ClinicalUrgency, 0, Cold),
    ("I have severe pain and spreading redness", ClinicalUrgency, 0, Cold),
    ("I have a fever so I can't come today", NewLead, 0, Cold),
    ("no swelling at all, I'm happy", NewLead, 0, Cold),
    ("the swelling went down", NewLead, 0, Cold),
    ("i got botox from you guys two weeks ago and my eyelid is drooping", ClinicalUrgency, 0, Cold),
    ("after my botox i'm bleeding at the injection site", ClinicalUrgency, 0, Cold),
    ("why is my face swollen after botox", ClinicalUrgency, 0, Cold),
    // The other classes.
    ("this is mike from spa marketing pros we help medspas get more clients", Vendor, 0, Cold),
    ("do you guys have any openings for a receptionist position", JobSeeker, 0, Cold),
    ("i need to talk to billing i was charged twice", Complaint, 0, Cold),
    ("sorry wrong number", WrongNumber, 0, Cold),
    ("hi is this the pizza place on main", WrongNumber, 0, Cold),
    ("Oh I dialed the wrong number", WrongNumber, 0, Cold),
    ("I gave you the wrong number, and I want Botox", NewLead, 40, Warm),
    ("Hi, we do SEO for med spas", Vendor, 0, Cold),
    ("I'm calling from Google listing services about your botox page", Vendor, 40, Cold),
    ("am I speaking to the business owner? we offer merchant processing", Vendor, 0, Cold),
    ("We sell Botox and filler supplies, do you have budget this week for a demo?", Vendor, 100, Cold),
    ("we supply lasers, is that something you have budget for", Vendor, 70, Cold),
    ("we sell houses all day and I want Botox this week", NewLead, 70, Hot),
    ("Are you hiring?", JobSeeker, 0, Cold),
    ("I'd like to apply for a job as a laser nurse", JobSeeker, 40, Cold),
    ("can I drop off my resume", JobSeeker, 0, Cold),
    ("I'd like to resume my treatments", NewLead, 0, Cold),
    ("I want a refund, the Botox did nothing", Complaint, 40, Cold),
    ("I never received a refund", Complaint, 0, Cold),
    ("great, thanks for nothing", Complaint, 0, Cold),
    ("This is terrible. You will hear from my lawyer", Complaint, 0, Cold),
    ("I'm unhappy with my filler", Complaint, 0, Cold),
    ("I want to complain about the laser treatment today", Complaint, 40, Cold),
    ("What's your refund policy?", NewLead, 0, Cold),
    ("I need to reschedule my appointment", ExistingPatient, 0, Cold),
    ("please cancel my botox appointment today", ExistingPatient, 0, Cold),
    ("I'm an existing patient and want lip filler this week", ExistingPatient, 70, Hot),
];

#[test]
fn labelled_calls_get_their_class_score_and_temperature() {
    assert!(CALLS.len() >= 60);
    let wrong: Vec<String> = CALLS
        .iter()
        .filter_map(|(text, class, score, temperature)| {
            let got = score_of(text);
            let right = (got.class, got.score, got.temperature) == (*class, *score, *temperature);
            (!right).then(|| format!("{text:?}: wanted {class:?} {score} {temperature:?}, got {got:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), CALLS.len(), wrong.join("\n"));
}

#[test]
fn t_s12_the_story_is_hot_and_its_evidence_points_at_the_words() {
    let text = "I'm interested in Botox and filler, I have budget, need it this week";
    let scored = score_of(text);
    let seen: Vec<_> =
        scored.evidence.iter().map(|e| (e.rule, e.start, e.end, e.words.as_str(), e.points)).collect();
    assert_eq!(
        seen,
        [
            (Rule::HighValueService, 18, 23, "Botox", 40),
            (Rule::HighValueService, 28, 34, "filler", 0),
            (Rule::Positive, 38, 49, "have budget", 30),
            (Rule::Urgency, 51, 68, "need it this week", 30),
        ]
    );
    assert!(scored.score >= 70);
    assert_eq!(scored.temperature, Hot);
    assert_eq!(scored.interest.as_ref().map(|i| i.words.as_str()), Some("Botox"));
}

#[test]
fn t_s13_the_symptom_is_named_for_the_clinical_alert() {
    let scored = score_of("My face is swollen after filler yesterday, this is urgent");
    assert_eq!(scored.class, ClinicalUrgency);
    assert_eq!(scored.symptom(), Some("face is swollen"));
    assert_eq!(score_of("does filler cause swelling?").symptom(), None);
    let denied_often = "no swelling. ".repeat(EVIDENCE_PER_RULE_MAX + 1) + "my eye is swollen";
    assert_eq!(score_of(&denied_often).symptom(), Some("eye is swollen"), "the one that counts is kept");
}

#[test]
fn what_does_not_count_is_kept_with_its_reason() {
    let reasons =
        |text: &str| score_of(text).evidence.iter().map(|e| (e.rule, e.polarity)).collect::<Vec<_>>();
    assert_eq!(reasons("I don't want filler"), [(Rule::HighValueService, Polarity::Negated)]);
    assert_eq!(reasons("my sister had botox"), [(Rule::HighValueService, Polarity::OtherPerson)]);
    assert_eq!(reasons("I had filler last year"), [(Rule::HighValueService, Polarity::Past)]);
    assert_eq!(reasons("he said 'get botox now'"), [(Rule::HighValueService, Polarity::Quoted)]);
    assert_eq!(reasons("my wife says the sooner the better"), [(Rule::Urgency, Polarity::Quoted)]);
    assert_eq!(reasons("is swelling normal"), [(Rule::Clinical, Polarity::Question)]);
    assert_eq!(reasons("are you open today"), [(Rule::Urgency, Polarity::OffTopic)]);
}

#[test]
fn g6_thresholds_weights_and_words_are_the_orgs() {
    let turns = [caller("I want a Glow Package today")];
    let rules =
        Rules { high_value: vec!["glow package".into(), " ".into()], hot_threshold: 80, ..Rules::default() };
    assert_eq!((score(&turns, None, &rules).score, score(&turns, None, &rules).temperature), (70, Warm));
    assert_eq!(score(&turns, None, &Rules { hot_threshold: 70, ..rules.clone() }).temperature, Hot);
    let heavy = Rules { weights: Weights { high_value: 255, urgency: 255, ..Weights::default() }, ..rules };
    assert_eq!(score(&turns, None, &heavy).score, 100, "clamped");
}

/// What was said, what the platform made of it, and what comes of both where it is trusted: score, temperature, own reading, what counted.
type Mood = (&'static str, Option<Sentiment>, (u8, Temperature), Sentiment, Sentiment);

#[rustfmt::skip]
const MOODS: &[Mood] = &[
    // Words that say nothing either way: its "positive" earns the points of gladness, its "negative" has none to take.
    ("I'd like to know more about Botox", Some(Positive), (70, Hot), Neutral, Positive),
    ("I'd like to know more about Botox", Some(Negative), (40, Warm), Neutral, Neutral),
    ("I'd like to know more about Botox", Some(Neutral), (40, Warm), Neutral, Neutral),
    ("I'd like to know more about Botox", None, (40, Warm), Neutral, Neutral),
    ("hi um i want to ask about botox for my forehead / i am new in town / my name is dana / no i have not been there before / okay", Some(Positive), (70, Hot), Neutral, Positive),
    // Gladness that rests on a weak phrase: its "negative" takes it.
    ("I want Botox, thank goodness", Some(Negative), (40, Warm), Positive, Negative),
    ("I want Botox, thank goodness", Some(Neutral), (70, Hot), Positive, Positive),
    ("I want Botox, thank goodness", None, (70, Hot), Positive, Positive),
    // Plain gladness stays, and is not counted twice.
    ("i would love to get botox", Some(Negative), (70, Hot), Positive, Positive),
    ("i would love to get botox", Some(Positive), (70, Hot), Positive, Positive),
    // Who puts it off earns nothing for gladness, whoever heard it.
    ("I want Botox, I'll think about it", Some(Positive), (40, Warm), Neutral, Positive),
    // A grievance and a symptom are no gladness.
    ("I want a refund, the Botox did nothing", Some(Positive), (40, Cold), Negative, Negative),
    ("my lips are swelling since the filler", Some(Positive), (0, Cold), Negative, Negative),
];

#[test]
fn g6_the_platforms_reading_of_the_mood_counts_only_where_it_is_trusted_and_both_are_kept() {
    let heard = |text: &str, platform, trusts_platform| {
        let turns: Vec<Turn> = text.split(" / ").map(caller).collect();
        score(&turns, platform, &Rules { trusts_platform, ..Rules::default() })
    };
    for (text, platform, expected, own, taken) in MOODS {
        let trusted = heard(text, *platform, true);
        assert_eq!((trusted.score, trusted.temperature), *expected, "{text}, {platform:?}: {trusted:?}");
        let all = Sentiments { own: *own, platform: *platform, taken: *taken };
        assert_eq!(trusted.sentiments, all, "{text}");
        let earned: i16 = trusted.evidence.iter().map(|e| e.points).sum();
        let given = (*own, *taken) == (Neutral, Positive) && trusted.score > 40;
        assert_eq!(
            i16::from(trusted.score) - earned,
            if given { 30 } else { 0 },
            "{text}: no words earned it"
        );

        let (kept, alone) = (heard(text, *platform, false), heard(text, None, false));
        assert_eq!(kept.sentiments, Sentiments { taken: *own, ..all }, "{text}: kept in any case");
        assert_eq!((kept.score, kept.temperature), (alone.score, alone.temperature), "{text}");
    }
}

#[test]
fn g3_class_and_temperature_are_separate_words_on_the_wire() {
    let json = serde_json::to_value(score_of("sorry wrong number")).unwrap();
    assert_eq!((json["class"].as_str(), json["temperature"].as_str()), (Some("wrong_number"), Some("cold")));
    let rules: Rules = serde_json::from_str(r#"{"hot_threshold": 60}"#).unwrap();
    assert_eq!((rules.hot_threshold, rules.weights.high_value), (60, 40));
}

#[test]
fn a31_debug_forms_do_not_say_what_was_said() {
    let shown = format!("{:?} {:?}", caller("I want Botox"), score_of("I want Botox"));
    assert!(!shown.contains("Botox"), "{shown}");
}

#[test]
fn only_the_caller_counts() {
    let turns = [assistant("Would you like Botox today? That sounds perfect."), caller("no thank you")];
    assert_eq!(score(&turns, None, &Rules::default()).score, 0);
    let said = [assistant("My face is swollen, wrong number"), caller("I want Botox")];
    let scored = score(&said, None, &Rules::default());
    assert_eq!((scored.class, scored.evidence[0].turn), (NewLead, 1));
}

#[test]
fn megabytes_are_read_in_one_pass_and_keep_little() {
    let unit = "i dont want botox my sister had \"filler today 'asap and is swelling normal sounds great but how much ";
    let scored = score(&[caller(&unit.repeat(2_000_000 / unit.len()))], None, &Rules::default());
    assert!(scored.evidence.len() <= 11 * 2 * EVIDENCE_PER_RULE_MAX);
    let _ = score(&[caller(&"'".repeat(1_000_000)), caller(&"a".repeat(1_000_000))], None, &Rules::default());
}

#[test]
fn who_offers_and_asks_after_pain_to_somebody_who_calls_is_no_caller() {
    let offers = "Thank you for calling Glow Aesthetics, how may I help you? / Of course, Botox is twelve dollars a unit. Any swelling? / We have openings this week, would you like tomorrow at ten? / You're all set!";
    let calls = "hi how much is botox / no / ok thanks i'll take it / bye";
    let mixed_up: Vec<Turn> = offers
        .split(" / ")
        .map(caller)
        .zip(calls.split(" / ").map(assistant))
        .flat_map(<[_; 2]>::from)
        .collect();
    let scored = score(&mixed_up, None, &Rules::default());
    assert_eq!((scored.class, scored.score, scored.temperature), (NewLead, 0, Cold));
    assert!(scored.evidence.iter().any(|e| e.polarity == Polarity::Receptionist), "{scored:?}");
}

#[test]
fn a_caller_with_a_receptionists_manners_is_one() {
    let turns = [
        assistant("Thank you for calling Glow Aesthetics, this is Voxanne. How may I help you?"),
        caller("Good morning, this is Dana, how are you today?"),
        assistant("Very well, thank you. What can I do for you?"),
        caller("I'd like to book filler tomorrow, the price is fine"),
    ];
    assert_eq!(score(&turns, None, &Rules::default()).temperature, Hot);
}

/// Text made of the words that matter, in any order, with noise.
fn babble() -> impl Strategy<Value = String> {
    #[rustfmt::skip]
    let words = proptest::sample::select(vec![
        "I", "don't", "want", "Botox", "lip filler", "not", "my sister", "had", "last year", "again", "it", "“", "”", "'", "\"", ",", ".",
        "?", "swollen", "is", "my face", "have budget", "$600 is okay", "this week", "today", "how much", "çé", "🔥", "İ", "wrong number",
        "if", "but", "um", "no", "refund", "e\u{301}", "sounds perfect", "\n", "ASAP", "someday",
    ]);
    proptest::collection::vec(words, 0..40).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn spans_slice_to_their_words(texts in proptest::collection::vec(prop_oneof![babble(), "(?s).{0,80}"], 0..4)) {
        let turns: Vec<Turn> = texts.iter().map(|t| caller(t)).collect();
        let scored = score(&turns, None, &Rules::default());
        for found in &scored.evidence {
            let slice: String = turns[found.turn].text.chars().take(found.end).skip(found.start).collect();
            prop_assert_eq!(&slice, &found.words);
            prop_assert!(found.points == 0 || found.polarity == Polarity::Affirmed);
        }
        let sum: i16 = scored.evidence.iter().map(|e| e.points).sum();
        prop_assert_eq!(i16::from(scored.score), sum.min(100));
        prop_assert!(scored.class.can_buy() || scored.temperature == Cold);
    }

    #[test]
    fn words_of_the_assistant_never_score(texts in proptest::collection::vec(babble(), 0..4)) {
        let turns: Vec<Turn> = texts.iter().map(|t| assistant(t)).collect();
        let scored = score(&turns, None, &Rules::default());
        prop_assert_eq!((scored.score, scored.evidence.len(), scored.class), (0, 0, NewLead));
    }

    #[test]
    fn moving_the_assistants_turns_changes_nothing(
        said in proptest::collection::vec(babble(), 0..4),
        replies in proptest::collection::vec((babble(), any::<proptest::sample::Index>()), 0..4),
    ) {
        let callers: Vec<Turn> = said.iter().map(|t| caller(t)).collect();
        let mut mixed = callers.clone();
        for (text, index) in &replies {
            mixed.insert(index.index(mixed.len() + 1), assistant(text));
        }
        let (alone, among) = (score(&callers, None, &Rules::default()), score(&mixed, None, &Rules::default()));
        prop_assert_eq!((alone.class, alone.score), (among.class, among.score));
        let named = |scored: Scored| scored.interest.map(|interest| (interest.service, interest.words));
        prop_assert_eq!(named(alone), named(among));
    }
}
