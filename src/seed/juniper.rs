//! Juniper Skin, written down: a clinic with the rules of a real one, at two sites in two time zones.

use uuid::Uuid;

use super::clinic::{
    DemoClinic, Holiday, LatePolicy, More, OneOf, Person, Shift, Site, Thing, Treatment, open, pause, person,
    thing, visit,
};
use crate::platform::ids::OrgId;

const DENVER: usize = 0;
const PHOENIX: usize = 1;

const AMARA: &str = "Dr. Amara Diallo";
const LENA: &str = "Lena Ortiz";
const THEO: &str = "Theo Brandt";
const GRACE: &str = "Grace Kim";
const MARCO: &str = "Marco Silva";
const INES: &str = "Ines Duarte";

const INJECTORS: &[&str] = &[LENA, THEO, AMARA];
const AESTHETICIANS: &[&str] = &[GRACE, INES];
const EVERYBODY: &[&str] = &[LENA, THEO, GRACE, INES, AMARA];

/// Alternatives are those of the visit's own site.
const A_ROOM: OneOf = (&["Aspen", "Birch", "Cedar", "Saguaro", "Ocotillo"], 0);
const THE_LASER: OneOf = (&["Candela Laser"], 15);
const A_CHAIR: OneOf = (&["Infusion chairs"], 10);

const WEEKDAYS: &[i16] = &[1, 2, 3, 4, 5];
const SATURDAY: &[i16] = &[6];

/// Two days' notice: whoever calls off the next free time is late.
const NOTICE_MINUTES: i32 = 48 * 60;

/// Denver and Phoenix. In summer the same clock time is an hour apart: Arizona keeps its clocks.
pub const JUNIPER: DemoClinic = DemoClinic {
    org: OrgId(Uuid::from_u128(0x83a5_1c07_9bd2_4e6f_a1c4_58e3_0d7b_f296)),
    name: "Juniper Skin",
    time_zone: "America/Denver",
    address: "1530 Blake Street, Denver, CO 80202",
    assistant_id: "3f8c62d1-7a0e-4b95-8d24-c1e96a5b70f3",
    phone_number_id: "d5b02e97-4c81-4f3a-9e60-27a8f1c3d64b",
    number: "+17205550100",
    human_phone: "+17205550199",
    alert_phone: "+17205550177",
    calendar_of_record: true,
    twilio_account: "AC83a51c079bd24e6fa1c458e30d7bf296",
    hours: &[open(DENVER, WEEKDAYS, (9, 18)), open(DENVER, SATURDAY, (10, 15))],
    team: &[
        // On site on two days in Denver and on one in Phoenix: injectables are given on those.
        Person {
            hours: &[open(DENVER, &[2, 4], (9, 18)), open(PHOENIX, &[3], (8, 17))],
            supervises: true,
            ..person(AMARA, "Medical director")
        },
        Person {
            hours: &[
                open(DENVER, &[1, 2, 4], (9, 18)),
                pause(DENVER, &[1, 2, 4], (12, 13)),
                open(PHOENIX, &[3, 5], (9, 17)),
                pause(PHOENIX, &[3, 5], (12, 13)),
            ],
            away_days: Some((60, 67)),
            ..person(LENA, "Nurse injector")
        },
        Person { licence_days: Some(90), ..person(THEO, "Nurse injector") },
        Person { daily_cap: Some(6), ..person(GRACE, "Aesthetician") },
        // Saturdays begin next month.
        Person {
            hours: &[
                open(DENVER, WEEKDAYS, (9, 18)),
                pause(DENVER, WEEKDAYS, (12, 13)),
                Shift { from_days: Some(30), ..open(DENVER, SATURDAY, (10, 15)) },
            ],
            ..person(MARCO, "Laser technician")
        },
        Person { site: PHOENIX, ..person(INES, "Aesthetician") },
    ],
    things: &[
        thing("room", "Aspen", 1),
        thing("room", "Birch", 1),
        thing("room", "Cedar", 1),
        thing("room", "Infusion chairs", 3),
        thing("device", "Candela Laser", 1),
        Thing { site: PHOENIX, ..thing("room", "Saguaro", 1) },
        Thing { site: PHOENIX, ..thing("room", "Ocotillo", 1) },
    ],
    catalogue: CATALOGUE,
    more: More {
        site_name: Some("Juniper Skin Denver"),
        parking: Some("Park in the garage on Blake Street. We pay for two hours."),
        other_sites: &[Site {
            name: "Juniper Skin Phoenix",
            time_zone: "America/Phoenix",
            address: "240 East Camelback Road, Phoenix, AZ 85012",
            parking: Some("Park behind the building. It's free."),
            assistant_id: "96e1b3a8-05d7-4c2f-b8f9-4a6d20c7e531",
            phone_number_id: "1a7d94f6-8e3b-4605-a2c8-f09b5e6d17c2",
            number: "+14805550100",
            human_phone: "+14805550199",
            hours: &[open(PHOENIX, WEEKDAYS, (8, 17))],
        }],
        policy: Some(LatePolicy { notice_minutes: NOTICE_MINUTES, fee_cents: 5_000 }),
        holidays: &[
            Holiday { month: 1, day: 1, name: "New Year's Day" },
            Holiday { month: 7, day: 4, name: "Independence Day" },
            Holiday { month: 12, day: 25, name: "Christmas Day" },
        ],
    },
};

const CATALOGUE: &[Treatment] = &[
    Treatment {
        aliases: &["consult", "skin consultation", "skin analysis", "good faith exam"],
        minutes: 30,
        grid_minutes: 30,
        price_cents: Some(0),
        is_in_turn: true,
        preparation: Some("Please bring a list of your medicines and allergies."),
        ..visit("Consultation", EVERYBODY)
    },
    Treatment {
        aliases: &["toxin", "dysport", "xeomin", "wrinkle relaxer"],
        minutes: 30,
        buffer_after_minutes: 10,
        grid_minutes: 15,
        price_cents: Some(39_000),
        lead_value: "high",
        needs: &[A_ROOM],
        supervised: true,
        licensed: true,
        spacing_days: Some(84),
        preparation: Some("Please avoid alcohol the day before, and tell us if you are pregnant or nursing."),
        ..visit("Botox", INJECTORS)
    },
    Treatment {
        aliases: &["filler", "fillers", "lip filler", "lips", "cheek filler", "juvederm", "restylane"],
        minutes: 60,
        buffer_after_minutes: 15,
        grid_minutes: 30,
        price_cents: Some(70_000),
        lead_value: "high",
        needs: &[A_ROOM],
        supervised: true,
        licensed: true,
        spacing_days: Some(14),
        first: Some(("Consultation", 365)),
        preparation: Some("Please avoid alcohol for two days before."),
        ..visit("Dermal Filler", INJECTORS)
    },
    Treatment {
        aliases: &["laser", "hair removal", "laser hair"],
        buffer_after_minutes: 5,
        grid_minutes: 15,
        price_cents: Some(25_000),
        lead_value: "high",
        needs: &[THE_LASER, A_ROOM],
        daily_cap: Some(8),
        licensed: true,
        spacing_days: Some(28),
        preparation: Some("Please shave the area the day before, and stay out of the sun for two weeks."),
        ..visit("Laser Hair Removal", &[MARCO, THEO])
    },
    Treatment {
        aliases: &["hydra facial", "facial", "hydradermabrasion"],
        buffer_after_minutes: 10,
        grid_minutes: 15,
        price_cents: Some(19_900),
        lead_value: "medium",
        needs: &[A_ROOM],
        preparation: Some("Please use no retinol or scrubs for two days before."),
        ..visit("HydraFacial", AESTHETICIANS)
    },
    Treatment {
        aliases: &["IV", "IV drip", "drip", "vitamin drip", "Myers cocktail", "infusion"],
        minutes: 60,
        grid_minutes: 30,
        price_cents: Some(17_500),
        lead_value: "medium",
        needs: &[A_CHAIR],
        licensed: true,
        spacing_days: Some(7),
        preparation: Some("Please eat something and drink plenty of water before you come."),
        ..visit("IV Therapy", &[THEO, LENA, AMARA])
    },
    visit("Other", EVERYBODY),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn named(name: &str) -> &'static Treatment {
        CATALOGUE.iter().find(|t| t.name == name).unwrap()
    }

    #[test]
    fn injectables_need_somebody_who_supervises_and_somebody_does_at_each_site() {
        let supervises = |site| {
            JUNIPER.team.iter().any(|p| p.supervises && p.hours.iter().any(|shift| shift.site == site))
        };
        assert!(named("Botox").supervised && named("Dermal Filler").supervised);
        assert!(supervises(DENVER) && supervises(PHOENIX));
    }

    #[test]
    fn one_laser_is_shared_and_chairs_are_several() {
        let lanes = |name| JUNIPER.things.iter().find(|t| t.name == name).unwrap().lanes;
        let laser = named("Laser Hair Removal");
        assert!(laser.by.len() >= 2 && laser.spacing_days == Some(28) && laser.needs.contains(&THE_LASER));
        assert_eq!((lanes("Candela Laser"), lanes("Infusion chairs")), (1, 3));
    }

    #[test]
    fn somebody_works_at_both_sites_and_a_consultation_comes_first() {
        let lena = JUNIPER.team.iter().find(|p| p.name == LENA).unwrap();
        assert!([DENVER, PHOENIX].iter().all(|site| lena.hours.iter().any(|shift| shift.site == *site)));
        assert_eq!(named("Dermal Filler").first, Some(("Consultation", 365)));
        assert!(named("Consultation").is_in_turn);
    }
}
