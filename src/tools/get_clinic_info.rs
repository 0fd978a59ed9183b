//! Answers questions about the clinic from its own data. Reads only, and makes nothing up.

use std::sync::Arc;

use super::arguments::{Arguments, Names};
use super::run::{Answer, Caller};
use super::speech::{self, clinic};
use crate::platform::app::App;
use crate::scheduling::{self, ClinicInfo, Matched, RuleBook, Treatment};

/// What can be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Hours,
    Address,
    Parking,
    Prices,
    Services,
    Preparation,
    Policies,
}

impl Topic {
    /// By the words of the wire and those that models use instead; the first that is in what was said.
    fn parse(said: &str) -> Option<Self> {
        const WORDS: [(&str, Topic); 20] = [
            ("parking", Topic::Parking),
            ("park", Topic::Parking),
            ("price", Topic::Prices),
            ("prices", Topic::Prices),
            ("pricing", Topic::Prices),
            ("cost", Topic::Prices),
            ("costs", Topic::Prices),
            ("preparation", Topic::Preparation),
            ("prepare", Topic::Preparation),
            ("policy", Topic::Policies),
            ("policies", Topic::Policies),
            ("cancellation", Topic::Policies),
            ("address", Topic::Address),
            ("location", Topic::Address),
            ("directions", Topic::Address),
            ("hours", Topic::Hours),
            ("open", Topic::Hours),
            ("opening", Topic::Hours),
            ("services", Topic::Services),
            ("treatments", Topic::Services),
        ];
        let lower = said.to_lowercase();
        let said: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
        WORDS.iter().find(|(word, _)| said.contains(word)).map(|(_, topic)| *topic)
    }
}

/// The treatment a question is about.
enum About<'i> {
    /// None was named.
    Any,
    One(&'i Treatment),
    /// One was named that nobody here gives.
    Unknown,
}

pub(super) async fn answer(
    app: &App,
    caller: &Caller,
    arguments: Arguments<'_>,
) -> Result<Answer, Arc<sqlx::Error>> {
    let Some(topic) = arguments.text(Names::TOPIC).and_then(|said| Topic::parse(&said)) else {
        return Ok(Answer::result(clinic::WHICH_TOPIC));
    };
    let (book, info) = scheduling::clinic_info(app, caller.org, caller.location).await?;
    let Some(location) = book.location(caller.location) else {
        return Ok(Answer::result(speech::NO_SERVICES));
    };
    let today = app.clock.now().to_zoned(location.zone.clone()).date();
    let about = about(&book, &info, arguments);
    Ok(Answer::result(match (topic, about) {
        (Topic::Hours, _) => clinic::hours(&location.hours, today),
        (Topic::Address, _) => clinic::address(location.address.as_deref()),
        (Topic::Parking, _) => clinic::parking(info.parking.as_deref()),
        (Topic::Policies, _) => clinic::policy(info.policy.as_ref()),
        (Topic::Prices, About::Unknown) => clinic::unknown(true),
        (Topic::Services | Topic::Preparation, About::Unknown) => clinic::unknown(false),
        (Topic::Prices, About::One(treatment)) => clinic::prices(&info.treatments, Some(treatment)),
        (Topic::Prices, About::Any) => clinic::prices(&info.treatments, None),
        (Topic::Services, About::One(treatment)) => clinic::treatments(&info.treatments, Some(treatment)),
        (Topic::Services, About::Any) => clinic::treatments(&info.treatments, None),
        (Topic::Preparation, About::One(treatment)) => clinic::preparation(treatment),
        (Topic::Preparation, About::Any) => clinic::WHICH_PREPARATION.to_owned(),
    }))
}

fn about<'i>(book: &RuleBook, info: &'i ClinicInfo, arguments: Arguments<'_>) -> About<'i> {
    let Some(said) = arguments.text(Names::SERVICE).filter(|said| !said.eq_ignore_ascii_case("other")) else {
        return About::Any;
    };
    let found = match scheduling::match_service(book, &said) {
        Some(Matched::Known(service)) => info.treatments.iter().find(|t| t.service == service.id),
        Some(Matched::Other(_)) | None => None,
    };
    found.map_or(About::Unknown, About::One)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_known_by_the_words_of_the_wire_and_by_what_models_say_instead() {
        for (said, topic) in [
            ("hours", Topic::Hours),
            ("Opening Hours", Topic::Hours),
            ("where can I park", Topic::Parking),
            ("directions", Topic::Address),
            ("cost", Topic::Prices),
            ("services", Topic::Services),
            ("how do I prepare", Topic::Preparation),
            ("cancellation_policy", Topic::Policies),
        ] {
            assert_eq!(Topic::parse(said), Some(topic), "{said}");
        }
        assert_eq!(Topic::parse("who else was here today"), None);
    }
}
