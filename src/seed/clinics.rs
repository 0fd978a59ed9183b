//! Glow MedSpa and Harbor Aesthetics, written down.

use uuid::Uuid;

use super::clinic::{DemoClinic, More, OneOf, Shift, Treatment, open, person, thing, visit};
use crate::platform::ids::OrgId;

const MAYA: &str = "Dr. Maya Chen";
const NORA: &str = "Nora Alvarez";
const PRIYA: &str = "Priya Patel";
const JONAH: &str = "Jonah Reed";
const SOFIA: &str = "Sofia Rossi";

const INJECTORS: &[&str] = &[NORA, MAYA];
const AESTHETICIANS: &[&str] = &[PRIYA, SOFIA];
const LASER_TEAM: &[&str] = &[JONAH, PRIYA];
const EVERYBODY: &[&str] = &[SOFIA, PRIYA, NORA, JONAH, MAYA];

/// Four lanes for the four people whose treatments need one: the people are what runs out.
const ROOMS: &[&str] = &["Treatment Room 1", "Treatment Room 2", "Treatment Room 3"];
const A_ROOM: &[OneOf] = &[(ROOMS, 0)];
const EVERY_DAY: &[Shift] = &[open(0, &[1, 2, 3, 4, 5, 6, 7], (9, 18))];
const LASER: &str = "Laser";
const LASER_CLEANUP_MINUTES: i16 = 15;

/// Open every day from 9 to 6, five people, three rooms, one laser. Its own calendar: a booking is final.
///
/// Its assistant and number are the ones of the recorded messages in `tests/fixtures/vapi`.
pub const GLOW: DemoClinic = DemoClinic {
    org: OrgId(Uuid::from_u128(0x5d0c_6f1e_3a52_4b7c_9e84_71f2_a06b_d3c9)),
    name: "Glow MedSpa",
    time_zone: "America/Los_Angeles",
    address: "8500 Sunset Boulevard, West Hollywood, CA 90069",
    assistant_id: "b7a1d9c2-3e54-4f6a-8c1d-0a9e5f7b6c31",
    phone_number_id: "2c9e4f10-6b8d-4a37-9d5e-7f1b3c5a8e62",
    number: "+13105550100",
    human_phone: "+13105550199",
    alert_phone: "+13105550177",
    calendar_of_record: true,
    twilio_account: "AC5d0c6f1e3a524b7c9e8471f2a06bd3c9",
    hours: EVERY_DAY,
    team: &[
        person(MAYA, "Medical director"),
        person(NORA, "Nurse injector"),
        person(PRIYA, "Aesthetician"),
        person(JONAH, "Laser technician"),
        person(SOFIA, "Aesthetician"),
    ],
    things: &[
        thing("room", "Treatment Room 1", 1),
        thing("room", "Treatment Room 2", 1),
        // Two bays with a curtain between them.
        thing("room", "Treatment Room 3", 2),
        thing("device", LASER, 1),
    ],
    catalogue: &[
        Treatment {
            aliases: &[
                "toxin",
                "dysport",
                "xeomin",
                "jeuveau",
                "wrinkle relaxer",
                "forehead lines",
                "crow's feet",
            ],
            price_cents: Some(42_000),
            lead_value: "high",
            needs: A_ROOM,
            ..visit("Botox", INJECTORS)
        },
        Treatment {
            aliases: &[
                "filler",
                "fillers",
                "lip filler",
                "lips",
                "cheek filler",
                "juvederm",
                "restylane",
                "under eye filler",
            ],
            price_cents: Some(75_000),
            lead_value: "high",
            needs: A_ROOM,
            ..visit("Dermal Filler", INJECTORS)
        },
        Treatment {
            aliases: &["laser", "laser hair removal", "hair removal", "laser resurfacing", "tattoo removal"],
            price_cents: Some(60_000),
            lead_value: "high",
            needs: &[(&[LASER], LASER_CLEANUP_MINUTES)],
            ..visit("Laser Treatment", LASER_TEAM)
        },
        Treatment {
            aliases: &["peel", "facial peel", "glycolic peel", "TCA peel"],
            price_cents: Some(20_000),
            lead_value: "medium",
            needs: A_ROOM,
            ..visit("Chemical Peel", AESTHETICIANS)
        },
        Treatment {
            aliases: &["consult", "free consultation", "skin consultation", "skin analysis"],
            price_cents: Some(0),
            ..visit("Consultation", EVERYBODY)
        },
        Treatment {
            aliases: &["hydra facial", "facial", "hydradermabrasion"],
            price_cents: Some(22_500),
            lead_value: "medium",
            needs: A_ROOM,
            ..visit("HydraFacial", AESTHETICIANS)
        },
        visit("Other", EVERYBODY),
        Treatment {
            aliases: &["micro needling", "collagen induction", "SkinPen"],
            minutes: 60,
            price_cents: Some(35_000),
            lead_value: "medium",
            needs: A_ROOM,
            ..visit("Microneedling", AESTHETICIANS)
        },
        Treatment {
            aliases: &["photofacial", "intense pulsed light", "BBL"],
            price_cents: Some(30_000),
            lead_value: "medium",
            ..visit("IPL", &[JONAH])
        },
        Treatment {
            aliases: &["CoolSculpting", "Emsculpt", "fat reduction", "body sculpting"],
            minutes: 90,
            price_cents: Some(90_000),
            lead_value: "high",
            ..visit("Body Contouring", &[JONAH])
        },
        Treatment {
            aliases: &["IV drip", "drip", "vitamin drip", "Myers cocktail"],
            minutes: 60,
            price_cents: Some(18_000),
            lead_value: "medium",
            needs: A_ROOM,
            ..visit("IV Therapy", INJECTORS)
        },
        Treatment {
            aliases: &["platelet rich plasma", "vampire facial", "PRP hair restoration"],
            minutes: 60,
            price_cents: Some(65_000),
            lead_value: "medium",
            needs: A_ROOM,
            ..visit("PRP", INJECTORS)
        },
    ],
    more: More::NOTHING,
};

const HARBOR_TEAM: &[&str] = &["Dr. Elena Park", "Marcus Bell"];

/// The other tenant, for whoever checks that neither sees the other. Without a calendar staff confirm its bookings; the
/// demo connects it to one at the sandbox.
pub const HARBOR: DemoClinic = DemoClinic {
    org: OrgId(Uuid::from_u128(0xc27e_94a1_08bd_4d16_b3f5_6ad9_1e7c_5082)),
    name: "Harbor Aesthetics",
    time_zone: "America/New_York",
    address: "77 Pearl Street, New York, NY 10004",
    assistant_id: "e41b7f08-9c26-4d5a-b0e3-58d1c7a92f64",
    phone_number_id: "90d3a6be-17f4-4c82-a5c9-3b6e0f2d8147",
    number: "+12125550100",
    human_phone: "+12125550199",
    alert_phone: "+12125550177",
    calendar_of_record: false,
    twilio_account: "ACc27e94a108bd4d16b3f56ad91e7c5082",
    hours: EVERY_DAY,
    team: &[person("Dr. Elena Park", "Medical director"), person("Marcus Bell", "Nurse injector")],
    things: &[thing("room", "Suite A", 2), thing("device", LASER, 1)],
    catalogue: &[
        Treatment { aliases: &["toxin", "dysport"], lead_value: "high", ..visit("Botox", HARBOR_TEAM) },
        Treatment {
            aliases: &["filler", "lip filler"],
            lead_value: "high",
            ..visit("Dermal Filler", HARBOR_TEAM)
        },
        Treatment {
            aliases: &["laser", "laser hair removal"],
            lead_value: "high",
            needs: &[(&[LASER], LASER_CLEANUP_MINUTES)],
            ..visit("Laser Treatment", HARBOR_TEAM)
        },
        Treatment { aliases: &["peel"], lead_value: "medium", ..visit("Chemical Peel", HARBOR_TEAM) },
        Treatment { aliases: &["consult"], ..visit("Consultation", HARBOR_TEAM) },
        Treatment { aliases: &["facial"], lead_value: "medium", ..visit("HydraFacial", HARBOR_TEAM) },
        visit("Other", HARBOR_TEAM),
    ],
    more: More::NOTHING,
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::seed::JUNIPER;

    #[test]
    fn every_name_that_a_treatment_mentions_exists() {
        for clinic in [&GLOW, &HARBOR, &JUNIPER] {
            let people: HashSet<&str> = clinic.team.iter().map(|p| p.name).collect();
            let things: HashSet<&str> = clinic.things.iter().map(|t| t.name).collect();
            for treatment in clinic.catalogue {
                assert!(treatment.by.iter().all(|name| people.contains(name)), "{}", treatment.name);
                let mut needed = treatment.needs.iter().flat_map(|(any_of, _)| *any_of);
                assert!(needed.all(|name| things.contains(name)), "{}", treatment.name);
                let required = treatment.first.map(|(service, _)| service);
                let exists = |name| clinic.catalogue.iter().any(|t| t.name == name);
                assert!(required.is_none_or(exists), "{}", treatment.name);
            }
        }
    }

    #[test]
    fn every_shift_is_at_a_site_of_the_clinic_and_is_some_time() {
        for clinic in [&GLOW, &HARBOR, &JUNIPER] {
            let sites = 1 + clinic.more.other_sites.len();
            let of_sites = clinic.more.other_sites.iter().flat_map(|site| site.hours);
            let of_team = clinic.team.iter().flat_map(|person| person.hours);
            for shift in clinic.hours.iter().chain(of_sites).chain(of_team) {
                assert!(shift.site < sites && shift.opens_minute < shift.closes_minute, "{}", clinic.name);
                assert!(shift.weekdays.iter().all(|day| (1..=7).contains(day)), "{}", clinic.name);
            }
            assert!(
                clinic.team.iter().all(|p| p.site < sites) && clinic.things.iter().all(|t| t.site < sites)
            );
        }
    }

    #[test]
    fn no_word_means_two_treatments() {
        for clinic in [&GLOW, &HARBOR, &JUNIPER] {
            let mut seen = HashSet::new();
            for treatment in clinic.catalogue {
                for word in std::iter::once(&treatment.name).chain(treatment.aliases) {
                    assert!(seen.insert(word.to_lowercase()), "{word}");
                }
            }
        }
    }

    #[test]
    fn the_laser_is_what_runs_out_and_the_rooms_are_not() {
        let laser = GLOW.catalogue.iter().find(|t| t.name == "Laser Treatment");
        assert!(laser.is_some_and(|t| t.minutes == 45 && t.by.len() >= 2 && t.needs == [(&[LASER][..], 15)]));
        let lanes: i16 = GLOW.things.iter().filter(|t| t.kind == "room").map(|t| t.lanes).sum();
        let in_rooms: HashSet<&str> =
            GLOW.catalogue.iter().filter(|t| t.needs == A_ROOM).flat_map(|t| t.by).copied().collect();
        assert!(usize::try_from(lanes).is_ok_and(|lanes| lanes >= in_rooms.len()));
        assert_eq!(GLOW.things.iter().filter(|t| t.kind == "room").count(), 3);
        assert_eq!(GLOW.team.len(), 5);
    }

    #[test]
    fn the_enum_of_the_wire_comes_first() {
        let first: Vec<&str> = GLOW.catalogue.iter().take(7).map(|t| t.name).collect();
        let wire = [
            "Botox",
            "Dermal Filler",
            "Laser Treatment",
            "Chemical Peel",
            "Consultation",
            "HydraFacial",
            "Other",
        ];
        assert_eq!(first, wire);
    }
}
