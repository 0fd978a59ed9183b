//! What happens next, by chance.

use voxanne::calendars::Resolution;
use voxanne_sandbox::google::Pushes;
use voxanne_sandbox::{Fault, Target};

use super::bad_days;
use super::clinic::{CELLS, Clinic};
use super::people::Edit;
use crate::durability::chance::Chance;

/// Something that happens while a job runs: before the poll of this number a person edits, and the worker dies or not.
#[derive(Debug, Clone)]
pub struct Interrupt {
    pub after: u32,
    pub edit: Option<Edit>,
    pub kills: bool,
}

/// One step. `visit`, `nth`, `person` and `calendar` count what there is, and begin anew after the last.
#[derive(Debug, Clone)]
pub enum Step {
    Book {
        person: Option<usize>,
        cell: u64,
    },
    Move {
        visit: usize,
        person: Option<usize>,
        cell: u64,
    },
    Cancel {
        visit: usize,
    },
    Settle {
        nth: usize,
        resolution: Resolution,
        cell: u64,
    },
    /// A caller waits, and free/busy is asked.
    Ask,
    Edit(Edit),
    Run {
        nth: usize,
        interrupt: Option<Interrupt>,
    },
    /// While somebody does something about a visit, or chooses.
    RunWhile {
        nth: usize,
        step: Box<Step>,
    },
    /// Two jobs of different queues at once.
    RunTwo {
        nth: usize,
    },
    RunAll,
    Keep,
    Check,
    Later {
        minutes: i64,
    },
    BadDay {
        target: Target,
        fault: Fault,
        times: u32,
    },
    Pushes(Pushes),
    PushNow,
    LateEffects,
    ExpireTokens {
        calendar: usize,
    },
    ForgetSyncTokens {
        calendar: usize,
    },
    /// The next list says that the event is gone: ours, or theirs.
    Phantom {
        calendar: usize,
        nth: usize,
        is_ours: bool,
    },
    /// Every request of the account goes wrong like this, until told otherwise.
    BadSpell {
        calendar: usize,
        fault: Option<Fault>,
    },
    /// Its account sees it as this from now on; as nothing at all.
    Show {
        calendar: usize,
        role: Option<&'static str>,
    },
    Choose {
        calendar: usize,
        blocks: bool,
        takes: bool,
        days_block: bool,
    },
    /// Staff take the account away.
    Disconnect {
        calendar: usize,
    },
    /// A person ends our access at Google.
    Revoke {
        calendar: usize,
    },
    Reconnect {
        calendar: usize,
    },
}

impl Step {
    pub fn draw(clinic: &Clinic, chance: &Chance, may_be_slow: bool) -> Self {
        let pick = |of: u64| usize::try_from(chance.below(of)).unwrap();
        let calendar = pick(clinic.calendars.len() as u64);
        let (visit, nth, cell) = (pick(8), pick(8), chance.below(CELLS));
        let person = || (!chance.one_in(3)).then(|| pick(2));
        match chance.below(200) {
            0..20 => Self::Book { person: person(), cell },
            20..38 => {
                let person = if chance.one_in(3) { person() } else { None };
                Self::Move { visit, person, cell }
            }
            38..43 => Self::Cancel { visit },
            43..56 => {
                let resolution = if chance.one_in(2) { Resolution::Ours } else { Resolution::Theirs };
                Self::Settle { nth, resolution, cell }
            }
            56 => Self::Ask,
            57..112 => Self::Edit(Edit::draw(clinic, chance)),
            112..118 => Self::Run { nth, interrupt: None },
            118..136 => Self::Run { nth, interrupt: Some(interrupt(clinic, chance)) },
            136..138 => Self::RunTwo { nth },
            138..144 => {
                let step = Self::draw(clinic, chance, may_be_slow);
                if step.is_ours() { Self::RunWhile { nth, step: Box::new(step) } } else { step }
            }
            144..152 => Self::RunAll,
            152..160 => Self::Keep,
            160..162 => Self::Check,
            162..167 => Self::Later { minutes: [1, 15, 70, 600, 3_000, 9_000][pick(6)] },
            167..180 => {
                let (target, fault, times) = bad_days::draw(chance, may_be_slow);
                Self::BadDay { target, fault, times }
            }
            180..183 => Self::Pushes([Pushes::AtOnce, Pushes::Lost, Pushes::Twice, Pushes::Held][pick(4)]),
            183 => Self::PushNow,
            184 => Self::LateEffects,
            185 => Self::ExpireTokens { calendar },
            186 => Self::ForgetSyncTokens { calendar },
            187..191 => Self::Phantom { calendar, nth, is_ours: !chance.one_in(3) },
            191 => {
                let spell = [None, Some(Fault::google(503, "backendError")), Some(Fault::ConnectionReset)];
                Self::BadSpell { calendar, fault: spell[pick(3)].clone() }
            }
            192..194 => Self::Show { calendar, role: [None, Some("reader"), Some("owner")][pick(3)] },
            194..196 => Self::Choose {
                calendar,
                blocks: !chance.one_in(3),
                takes: !chance.one_in(3),
                days_block: !chance.one_in(3),
            },
            196 => Self::Revoke { calendar },
            197 => Self::Disconnect { calendar },
            _ => Self::Reconnect { calendar },
        }
    }

    /// Whether we do it, or staff with us.
    const fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Book { .. }
                | Self::Move { .. }
                | Self::Cancel { .. }
                | Self::Settle { .. }
                | Self::Choose { .. }
                | Self::Disconnect { .. }
        )
    }

    /// What is counted under one name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Book { .. } => "book",
            Self::Move { .. } => "move",
            Self::Cancel { .. } => "cancel",
            Self::Settle { .. } => "settle",
            Self::Ask => "ask",
            Self::Edit(edit) => edit.name(),
            Self::Run { interrupt: None, .. } => "run",
            Self::Run { .. } => "run interrupted",
            Self::RunWhile { .. } => "run while",
            Self::RunTwo { .. } => "run two",
            Self::RunAll => "run all",
            Self::Keep => "keep",
            Self::Check => "check",
            Self::Later { .. } => "later",
            Self::BadDay { .. } => "bad day",
            Self::Pushes(_) => "pushes",
            Self::PushNow => "push now",
            Self::LateEffects => "late effects",
            Self::ExpireTokens { .. } => "expire tokens",
            Self::ForgetSyncTokens { .. } => "forget sync tokens",
            Self::Phantom { .. } => "phantom",
            Self::BadSpell { .. } => "bad spell",
            Self::Show { .. } => "show",
            Self::Choose { .. } => "choose",
            Self::Disconnect { .. } => "disconnect",
            Self::Revoke { .. } => "revoke",
            Self::Reconnect { .. } => "reconnect",
        }
    }
}

fn interrupt(clinic: &Clinic, chance: &Chance) -> Interrupt {
    let after = 1 + u32::try_from(chance.below(40)).unwrap();
    let kills = !chance.one_in(3);
    let edit = (!kills || chance.one_in(3)).then(|| Edit::draw(clinic, chance));
    Interrupt { after, edit, kills }
}
