//! What a caller wants from the catalogue, and what that is worth. Pure.

use super::rules::words_worth;
use super::scoring::{Interest, Rules, Scored, Scorer, Turn};
use crate::platform::ids::ServiceId;
use crate::scheduling::ScoredService;

/// A wish of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// What they said, and where.
    pub interest: Interest,
    /// The same in the catalogue.
    pub service: Option<ServiceId>,
    /// Its price now.
    pub value_cents: Option<i64>,
}

/// The best service the caller wants. One of little worth earns no points, but is still what they want. Whoever sells it to the
/// clinic, or complains of it, wants none.
pub(super) fn wish(turns: &[Turn], scored: &Scored, services: &[ScoredService]) -> Option<Wish> {
    if !scored.class.can_buy() {
        return None;
    }
    let interest = scored.interest.clone().or_else(|| little_wish(turns, services))?;
    let service = services.iter().find(|service| goes_by(service, &interest.service));
    Some(Wish {
        service: service.map(|service| service.id),
        value_cents: service.and_then(|service| service.price_cents).map(i64::from),
        interest,
    })
}

fn little_wish(turns: &[Turn], services: &[ScoredService]) -> Option<Interest> {
    let medium = words_worth(services, "low");
    if medium.is_empty() {
        return None;
    }
    let rules = Rules { high_value: vec![], medium, ..Rules::default() };
    Scorer::new(&rules).score(turns, None).interest
}

fn goes_by(service: &ScoredService, words: &str) -> bool {
    let words = words.to_lowercase();
    std::iter::once(&service.name).chain(&service.aliases).any(|name| name.to_lowercase() == words)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::leads::rules::OwnRules;
    use crate::leads::scoring::{Speaker, score};

    fn catalogue() -> Vec<ScoredService> {
        let service = |n: u128, name: &str, aliases: &[&str], value: &str, price_cents| ScoredService {
            id: ServiceId(Uuid::from_u128(n)),
            name: name.into(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            lead_value: value.into(),
            price_cents,
        };
        vec![
            service(1, "Botox", &["tox"], "high", Some(42_000)),
            service(2, "Lip Filler", &[], "high", None),
            service(3, "Waxing", &["wax"], "low", Some(4_500)),
        ]
    }

    fn wished(said: &str) -> Option<(String, Option<u128>, Option<i64>)> {
        let turns = [
            Turn { speaker: Speaker::Assistant, text: "Botox, filler or waxing?".into() },
            Turn { speaker: Speaker::Caller, text: said.into() },
        ];
        let services = catalogue();
        let scored = score(&turns, None, &OwnRules::default().with_catalogue(&services));
        let wish = wish(&turns, &scored, &services)?;
        let Interest { words, turn, start, end, .. } = &wish.interest;
        let span: String = said.chars().skip(*start).take(end - start).collect();
        assert_eq!((&span, *turn), (words, 1), "the span is where it was said");
        Some((words.clone(), wish.service.map(|id| id.0.as_u128()), wish.value_cents))
    }

    #[test]
    fn a_wish_is_found_in_the_catalogue_by_name_or_alias_with_its_price() {
        assert_eq!(wished("Hi, I'd like botox please"), Some(("botox".into(), Some(1), Some(42_000))));
        assert_eq!(wished("Can I get some tox?"), Some(("tox".into(), Some(1), Some(42_000))));
        assert_eq!(wished("I want lip filler"), Some(("lip filler".into(), Some(2), None)));
    }

    #[test]
    fn what_earns_no_points_is_still_what_they_want_and_what_they_refuse_is_not() {
        assert_eq!(wished("I need a wax before Friday"), Some(("wax".into(), Some(3), Some(4_500))));
        assert_eq!(wished("I don't want a wax"), None);
        assert_eq!(wished("Where can I park?"), None);
        assert_eq!(wished("I'm calling from Acme, we supply botox to clinics like yours"), None);
    }
}
