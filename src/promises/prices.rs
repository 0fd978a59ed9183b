//! A price that was said against the price list. Pure.

use super::claims::Price;
use super::compare::{Fact, Listed, Verdict, plain_text};
use super::money::Basis;

/// How far "about" may be off, in percent.
const ABOUT_PERCENT: i64 = 15;

/// The service is the last one named before the amount, else the first behind it, else the only one just spoken of.
pub(super) fn verdict(said: &Price, prices: &[Listed]) -> Verdict {
    let service = last_named(&said.before, prices)
        .or_else(|| first_named(&said.behind, prices))
        .or_else(|| only_named(&said.context, prices));
    let is_listed = prices.iter().any(|listed| listed.cents == Some(said.cents));
    let Some((service, is_near)) = service else {
        return if is_listed { Verdict::Kept } else { Verdict::Unknown };
    };
    let Some(cents) = service.cents else { return Verdict::Unknown };
    let is_off = match said.basis {
        Basis::Whole => said.cents != cents,
        // What starts higher is dearer than the list says, and may be about a larger treatment.
        Basis::From => is_near && said.cents < cents,
        Basis::About => is_near && (said.cents - cents).abs() * 100 > cents * ABOUT_PERCENT,
        Basis::Other => false,
    };
    if said.cents == cents {
        return Verdict::Kept;
    }
    // Another service's price, with a name between that is not on the list.
    if !is_off || (is_listed && !is_near) {
        return Verdict::Unknown;
    }
    let name = service.names.first().map_or("It", String::as_str);
    Verdict::False(Fact::Own(format!("{name} is on the price list from {}", money(cents))))
}

fn money(cents: i64) -> String {
    if cents % 100 == 0 {
        format!("${}", cents / 100)
    } else {
        format!("${}.{:02}", cents / 100, cents % 100)
    }
}

/// Where a service is named in plain words, the longest of its names first.
fn places<'p>(words: &str, prices: &'p [Listed]) -> Vec<(usize, usize, &'p Listed)> {
    let padded = format!(" {words} ");
    let mut all = Vec::new();
    for listed in prices {
        for name in &listed.names {
            let name = plain_text(name);
            if name.is_empty() {
                continue;
            }
            let needle = format!(" {name} ");
            all.extend(padded.match_indices(&needle).map(|(at, _)| (at, at + name.len(), listed)));
        }
    }
    // "Botox" within "Botox touch-up" is not named.
    let within: Vec<bool> = all
        .iter()
        .map(|one| {
            all.iter().any(|other| other.0 <= one.0 && one.1 <= other.1 && other.1 - other.0 > one.1 - one.0)
        })
        .collect();
    all.into_iter().zip(within).filter(|(_, within)| !within).map(|(place, _)| place).collect()
}

fn last_named<'p>(words: &str, prices: &'p [Listed]) -> Option<(&'p Listed, bool)> {
    places(words, prices).into_iter().max_by_key(|(at, ..)| *at).map(|(.., listed)| (listed, true))
}

fn first_named<'p>(words: &str, prices: &'p [Listed]) -> Option<(&'p Listed, bool)> {
    places(words, prices).into_iter().min_by_key(|(at, ..)| *at).map(|(.., listed)| (listed, true))
}

/// The one service of the words just before; none when there are two.
fn only_named<'p>(words: &str, prices: &'p [Listed]) -> Option<(&'p Listed, bool)> {
    let named = places(words, prices);
    let (.., first) = named.first()?;
    named.iter().all(|(.., listed)| std::ptr::eq(*listed, *first)).then_some((*first, false))
}
