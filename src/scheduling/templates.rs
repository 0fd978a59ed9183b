//! Common MedSpa services with the rules a careful clinic gives them: a start, to be edited by each org.
//!
//! Pure data. Names of the wire's default catalogue are kept (`Botox`, `Dermal Filler`, …). Prices are the clinic's own:
//! those here are what such a visit commonly costs in the United States, suggested to whoever adds it and never added by themselves.
//! Intervals are the shortest that manufacturers and guidelines commonly allow, not the best for a result.

/// A service to add, before anything is known of the clinic that adds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct Template {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub duration_minutes: i16,
    /// Of the practitioner.
    pub buffer_before_minutes: i16,
    /// Of the practitioner: notes, turning the room over.
    pub buffer_after_minutes: i16,
    pub grid_minutes: i16,
    pub minimum_notice_minutes: i32,
    pub lead_value: &'static str,
    /// A suggestion to whoever adds it, who says what it costs here.
    pub usual_price_cents: Option<i32>,
    pub needs: &'static [TemplateNeed],
    /// Civil days between two visits of one person.
    pub spacing_days: Option<i16>,
    pub requires: Option<Requirement>,
    pub supervised: bool,
    pub licensed: bool,
    pub preparation: Option<&'static str>,
}

/// A room or device that it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateNeed {
    /// `room` or `device`.
    pub kind: &'static str,
    /// How such things are called; none is any that is not kept for something.
    pub hints: &'static [&'static str],
    /// How long it is cleaned afterwards.
    pub cleanup_minutes: i16,
}

/// What must have come before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// Another template's name.
    pub service: &'static str,
    /// How old it may be, in civil days; `None` is any age.
    pub valid_days: Option<i16>,
    /// Asked only of people who have not had the service yet.
    pub first_time_only: bool,
}

const ROOM: TemplateNeed = TemplateNeed { kind: "room", hints: &[], cleanup_minutes: 0 };
/// A year: as long as a good-faith exam is commonly held to be good for.
const CONSULTED_FIRST: Option<Requirement> =
    Some(Requirement { service: CONSULTATION, valid_days: Some(365), first_time_only: true });
const CONSULTATION: &str = "Consultation";

const fn device(hints: &'static [&'static str], cleanup_minutes: i16) -> TemplateNeed {
    TemplateNeed { kind: "device", hints, cleanup_minutes }
}

/// Half an hour in a room, with nothing special about it.
const fn visit(name: &'static str, aliases: &'static [&'static str]) -> Template {
    Template {
        name,
        aliases,
        duration_minutes: 30,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        grid_minutes: 15,
        minimum_notice_minutes: 60,
        lead_value: "low",
        usual_price_cents: None,
        needs: &[ROOM],
        spacing_days: None,
        requires: None,
        supervised: false,
        licensed: false,
        preparation: None,
    }
}

/// All of them: the consultation that others require first, the catch-all last.
pub const TEMPLATES: [Template; 12] = [
    Template {
        grid_minutes: 30,
        usual_price_cents: Some(0),
        preparation: Some("Please bring a list of your medicines and allergies."),
        ..visit(CONSULTATION, &["consult", "skin consultation", "skin analysis", "good faith exam"])
    },
    Template {
        buffer_after_minutes: 10,
        lead_value: "high",
        usual_price_cents: Some(36_000),
        // The effect lasts about three months; treating sooner favours resistance.
        spacing_days: Some(84),
        licensed: true,
        preparation: Some("Please avoid alcohol the day before, and tell us if you are pregnant or nursing."),
        ..visit(
            "Botox",
            &["toxin", "neurotoxin", "dysport", "xeomin", "jeuveau", "daxxify", "wrinkle relaxer"],
        )
    },
    Template {
        duration_minutes: 60,
        buffer_after_minutes: 15,
        lead_value: "high",
        usual_price_cents: Some(75_000),
        // Swelling must go down before a touch-up can be judged.
        spacing_days: Some(14),
        requires: CONSULTED_FIRST,
        licensed: true,
        preparation: Some(
            "Please avoid alcohol for two days before, and have no dental work within two weeks of your visit.",
        ),
        ..visit(
            "Dermal Filler",
            &["filler", "fillers", "lip filler", "cheek filler", "juvederm", "restylane"],
        )
    },
    Template {
        duration_minutes: 45,
        buffer_after_minutes: 5,
        lead_value: "high",
        usual_price_cents: Some(25_000),
        needs: &[device(&["laser"], 15), ROOM],
        // The hair's growth cycle.
        spacing_days: Some(28),
        requires: CONSULTED_FIRST,
        supervised: true,
        licensed: true,
        preparation: Some(
            "Please shave the area the day before, don't wax, and stay out of the sun for two weeks.",
        ),
        ..visit("Laser Hair Removal", &["hair removal", "laser hair"])
    },
    Template {
        duration_minutes: 45,
        buffer_after_minutes: 5,
        lead_value: "medium",
        usual_price_cents: Some(35_000),
        needs: &[device(&["ipl", "bbl", "photofacial"], 10), ROOM],
        spacing_days: Some(28),
        requires: CONSULTED_FIRST,
        supervised: true,
        licensed: true,
        preparation: Some("Please stay out of the sun for two weeks before, and use no self-tanner."),
        ..visit("IPL", &["photofacial", "intense pulsed light", "BBL"])
    },
    Template {
        duration_minutes: 45,
        buffer_after_minutes: 10,
        lead_value: "medium",
        usual_price_cents: Some(22_500),
        needs: &[device(&["hydrafacial", "hydra"], 15), ROOM],
        spacing_days: Some(14),
        preparation: Some("Please use no retinol or scrubs for two days before."),
        ..visit("HydraFacial", &["hydra facial", "hydradermabrasion", "facial"])
    },
    Template {
        duration_minutes: 60,
        buffer_after_minutes: 10,
        lead_value: "medium",
        usual_price_cents: Some(35_000),
        needs: &[device(&["microneedling", "skinpen"], 15), ROOM],
        // Collagen is built for four weeks.
        spacing_days: Some(28),
        licensed: true,
        preparation: Some("Please use no retinol for five days before, and come without makeup."),
        ..visit("Microneedling", &["micro needling", "collagen induction", "SkinPen"])
    },
    Template {
        duration_minutes: 45,
        buffer_after_minutes: 10,
        lead_value: "medium",
        usual_price_cents: Some(17_500),
        // The skin must have finished shedding.
        spacing_days: Some(14),
        preparation: Some("Please use no retinol or scrubs for a week before, and stay out of the sun."),
        ..visit("Chemical Peel", &["peel", "facial peel", "glycolic peel", "TCA peel"])
    },
    Template {
        duration_minutes: 60,
        buffer_after_minutes: 10,
        lead_value: "high",
        usual_price_cents: Some(75_000),
        needs: &[device(&["coolsculpting", "emsculpt", "contouring", "sculpting"], 15), ROOM],
        spacing_days: Some(28),
        requires: CONSULTED_FIRST,
        preparation: Some("Please wear comfortable clothes and drink plenty of water."),
        ..visit("Body Contouring", &["CoolSculpting", "Emsculpt", "fat reduction", "body sculpting"])
    },
    Template {
        duration_minutes: 60,
        buffer_after_minutes: 5,
        grid_minutes: 30,
        lead_value: "medium",
        usual_price_cents: Some(19_900),
        // Several chairs are one resource with as many lanes.
        needs: &[TemplateNeed {
            kind: "room",
            hints: &["iv", "infusion", "drip", "chair", "chairs"],
            cleanup_minutes: 10,
        }],
        spacing_days: Some(7),
        licensed: true,
        preparation: Some("Please eat something and drink plenty of water before you come."),
        ..visit("IV Therapy", &["IV drip", "drip", "vitamin drip", "Myers cocktail", "infusion"])
    },
    Template {
        duration_minutes: 60,
        buffer_after_minutes: 15,
        lead_value: "medium",
        usual_price_cents: Some(65_000),
        needs: &[device(&["centrifuge"], 10), ROOM],
        spacing_days: Some(28),
        requires: CONSULTED_FIRST,
        licensed: true,
        preparation: Some(
            "Please drink plenty of water, and take no ibuprofen for a week before unless your doctor says so.",
        ),
        ..visit("PRP", &["platelet rich plasma", "vampire facial", "PRP hair restoration"])
    },
    Template { duration_minutes: 45, grid_minutes: 45, needs: &[], ..visit(OTHER, &[]) },
];

/// The catch-all for what callers name and the catalogue does not.
pub(super) const OTHER: &str = "Other";

impl Template {
    /// The template that goes by this name or alias.
    pub fn find(said: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|t| t.goes_by().any(|name| name.eq_ignore_ascii_case(said.trim())))
    }

    /// Its name and aliases.
    pub fn goes_by(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

impl TemplateNeed {
    /// Whether a resource of that kind and name is meant.
    pub(super) fn fits(&self, kind: &str, name: &str) -> bool {
        let is_meant = if self.hints.is_empty() {
            !TEMPLATES.iter().flat_map(|t| t.needs).any(|need| need.kind == kind && need.is_named(name))
        } else {
            self.is_named(name)
        };
        self.kind == kind && is_meant
    }

    fn is_named(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let mut words = name.split(|c: char| !c.is_alphanumeric());
        words.any(|word| self.hints.contains(&word))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_template_is_complete() {
        for t in TEMPLATES {
            assert!((5..=720).contains(&t.duration_minutes) && t.duration_minutes % 5 == 0, "{}", t.name);
            assert!(
                (5..=60).contains(&t.grid_minutes) && t.duration_minutes % t.grid_minutes == 0,
                "{}",
                t.name
            );
            assert!(
                (0..=60).contains(&t.buffer_before_minutes) && (0..=60).contains(&t.buffer_after_minutes)
            );
            assert!(["high", "medium", "low"].contains(&t.lead_value), "{}", t.name);
            assert!(t.spacing_days.is_none_or(|days| (1..=366).contains(&days)), "{}", t.name);
            assert!(t.usual_price_cents.is_some() != (t.name == OTHER), "{}", t.name);
            for need in t.needs {
                assert!(["room", "device"].contains(&need.kind), "{}", t.name);
                assert!((0..=60).contains(&need.cleanup_minutes), "{}", t.name);
                assert!(need.kind == "room" || !need.hints.is_empty(), "{}: any device will not do", t.name);
                assert!(need.hints.iter().all(|hint| *hint == hint.to_lowercase()), "{}", t.name);
            }
            if t.name == OTHER {
                continue;
            }
            assert!(!t.aliases.is_empty() && !t.needs.is_empty(), "{}", t.name);
            let said = t.preparation.unwrap();
            assert!(
                said.len() <= 200 && said.split_whitespace().count() <= 40 && said.ends_with('.'),
                "{said}"
            );
        }
    }

    #[test]
    fn what_is_required_exists_and_requires_nothing_itself() {
        for t in TEMPLATES {
            if let Some(required) = t.requires {
                let other = Template::find(required.service).unwrap();
                assert!(other.name == required.service && other.name != t.name && other.requires.is_none());
                assert!(required.valid_days.is_none_or(|days| (1..=3660).contains(&days)), "{}", t.name);
            }
        }
    }

    #[test]
    fn no_word_means_two_templates() {
        let mut seen = HashSet::new();
        for word in TEMPLATES.iter().flat_map(Template::goes_by) {
            assert!(seen.insert(word.to_lowercase()), "{word}");
        }
        assert_eq!(Template::find(" toxin ").unwrap().name, "Botox");
        assert_eq!(Template::find("lobotomy"), None);
    }

    #[test]
    fn the_intervals_are_the_clinical_ones() {
        let days = |name| Template::find(name).unwrap().spacing_days;
        assert_eq!(
            ["toxin", "laser hair", "microneedling", "peel"].map(days),
            [Some(84), Some(28), Some(28), Some(14)]
        );
        assert!(Template::find("filler").unwrap().requires.is_some_and(|r| r.first_time_only));
    }

    #[test]
    fn things_are_known_by_whole_words_of_their_names() {
        let of = |name, kind| *Template::find(name).unwrap().needs.iter().find(|n| n.kind == kind).unwrap();
        assert!(of("laser hair", "device").fits("device", "Candela Laser"));
        assert!(!of("laser hair", "device").fits("room", "Laser room"));
        assert!(of("drip", "room").fits("room", "IV chairs"));
        assert!(!of("drip", "room").fits("room", "Ivory Room"));
        assert!(of("toxin", "room").fits("room", "Ivory Room"));
        assert!(!of("toxin", "room").fits("room", "IV chairs"), "kept for infusions");
    }
}
