//! The clinic that is fought over: three people, a room, a pair of chairs and one laser, shared by three services.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;
use voxanne::platform::ids::OrgId;

/// A thing that can be reserved, by its place in [`LANES`].
pub type Resource = u8;

/// How many at once: three practitioners, a room, a room with two chairs, the laser.
pub const LANES: [u8; 6] = [1, 1, 1, 1, 2, 1];
pub const PRACTITIONERS: u8 = 3;
/// A quarter of an hour is the ledger's smallest step here.
const CELL: SignedDuration = SignedDuration::from_mins(15);
/// A block is two UTC days: what happens in one never touches another, though visits cross the midnight inside.
pub const CELLS: u16 = 192;
pub const MIDNIGHT: u16 = 96;
const BLOCKS_BEGIN: &str = "2026-12-01T00:00:00Z";

/// What a service needs one of, and how long that stays taken after the visit.
pub struct Need {
    /// In order of preference.
    pub one_of: &'static [Resource],
    pub cells_after: u16,
}

pub struct Service {
    pub cells: u16,
    /// The practitioner first.
    pub needs: &'static [Need],
}

pub const SERVICES: [Service; 3] = [
    // Laser treatment: the device is cleaned afterwards.
    Service {
        cells: 4,
        needs: &[
            Need { one_of: &[0, 1], cells_after: 0 },
            Need { one_of: &[3, 4], cells_after: 0 },
            Need { one_of: &[5], cells_after: 1 },
        ],
    },
    // Facial in one of two chairs: the practitioner writes it up afterwards.
    Service {
        cells: 3,
        needs: &[Need { one_of: &[1, 2], cells_after: 1 }, Need { one_of: &[4], cells_after: 0 }],
    },
    // Consultation.
    Service {
        cells: 2,
        needs: &[Need { one_of: &[0, 2], cells_after: 0 }, Need { one_of: &[3], cells_after: 0 }],
    },
];

impl Service {
    /// Everything that may be claimed for it.
    pub fn resources(&self) -> Vec<Resource> {
        self.needs.iter().flat_map(|need| need.one_of).copied().collect()
    }

    /// Cells from its start to the end of the last claim.
    pub fn cells_in_all(&self) -> u16 {
        self.cells + self.needs.iter().map(|need| need.cells_after).max().unwrap()
    }
}

/// When a cell of a block begins.
pub fn instant(block: u16, cell: u16) -> Timestamp {
    let cells = i32::from(block) * i32::from(CELLS) + i32::from(cell);
    BLOCKS_BEGIN.parse::<Timestamp>().unwrap() + CELL * cells
}

/// The cell of a block that begins then.
pub fn cell(block: u16, at: Timestamp) -> u16 {
    u16::try_from(at.duration_since(instant(block, 0)).as_secs() / CELL.as_secs()).unwrap()
}

/// One clinic of many in a database.
#[derive(Debug, Clone, Copy)]
pub struct Clinic {
    pub org: OrgId,
    base: u128,
}

impl Clinic {
    /// Opens the `n`th clinic of a database.
    pub async fn open(admin: &PgPool, n: u128) -> Self {
        let base = 0x0199_0000_0000_7000_8000_0000_0000_0000 + (n << 16);
        let clinic = Self { org: OrgId(Uuid::from_u128(base)), base };
        sqlx::raw_sql(AssertSqlSafe(clinic.rows())).execute(admin).await.unwrap();
        clinic
    }

    pub fn resource(&self, resource: Resource) -> Uuid {
        self.id(0x100, resource)
    }

    /// The resource of an id.
    pub fn which(&self, id: Uuid) -> Resource {
        u8::try_from(id.as_u128() - self.base - 0x100).unwrap()
    }

    pub fn service(&self, service: u8) -> Uuid {
        self.id(0x200, service)
    }

    /// A practitioner's outside calendar.
    pub fn calendar(&self, practitioner: Resource) -> Uuid {
        self.id(0x300, practitioner)
    }

    pub fn location(&self) -> Uuid {
        self.id(0x400, 0)
    }

    fn id(&self, kind: u128, n: u8) -> Uuid {
        Uuid::from_u128(self.base + kind + u128::from(n))
    }

    fn rows(&self) -> String {
        let (org, location) = (self.org.0, self.location());
        let mut sql = format!(
            "insert into orgs (org_id, name, created_at) values ('{org}', 'Contested', now());
             insert into locations (org_id, id, name, time_zone) values ('{org}', '{location}', 'Here', 'UTC');"
        );
        for (resource, lanes) in (0..).zip(LANES) {
            let id = self.resource(resource);
            let kind = match resource {
                0..PRACTITIONERS => "practitioner",
                5 => "device",
                _ => "room",
            };
            write!(
                sql,
                "insert into resources (org_id, id, location_id, kind, name, lanes) values ('{org}', '{id}', '{location}', '{kind}', '{kind}', {lanes});"
            )
            .unwrap();
            if resource < PRACTITIONERS {
                let calendar = self.calendar(resource);
                write!(
                    sql,
                    "insert into practitioners (org_id, id) values ('{org}', '{id}');
                     insert into calendar_connections (org_id, id, practitioner_id, provider)
                     values ('{org}', '{calendar}', '{id}', 'google');
                     insert into calendars (org_id, id, connection_id, external_id, name, blocks, synced_at)
                     values ('{org}', '{calendar}', '{calendar}', 'primary', 'Calendar', true, now());"
                )
                .unwrap();
            }
        }
        for service in 0..3 {
            let id = self.service(service);
            write!(
                sql,
                "insert into services (org_id, id, name, duration_minutes) values ('{org}', '{id}', 'Service {service}', 30);"
            )
            .unwrap();
        }
        sql
    }
}
