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

/// One step. `visit`, `nth`, `person` and `account` count what there is, and begin anew after the last.
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
        account: usize,
    },
    ForgetSyncTokens {
        account: usize,
    },
    /// The next list says that the event is gone: ours, or theirs.
    Phantom {
        account: usize,
        nth: usize,
        is_ours: bool,
    },
    /// A person ends our access at Google.
    Revoke {
        account: usize,
    },
    Reconnect {
        account: usize,
    },
}

impl Step {
    pub fn draw(clinic: &Clinic, chance: &Chance, may_be_slow: bool) -> Self {
        let pick = |of: u64| usize::try_from(chance.below(of)).unwrap();
        let account = pick(clinic.accounts.len() as u64);
        let (visit, nth, cell) = (pick(8), pick(8), chance.below(CELLS));
        let person = || (!chance.one_in(3)).then(|| pick(2));
        match chance.below(200) {
            0..20 => Self::Book { person: person(), cell },
            20..38 => {
                let person = if chance.one_in(3) { person() } else { None };
                Self::Move { visit, person, cell }
            }
            38..44 => Self::Cancel { visit },
            44..56 => {
                let resolution = if chance.one_in(2) { Resolution::Ours } else { Resolution::Theirs };
                Self::Settle { nth, resolution, cell }
            }
            56..58 => Self::Ask,
            58..112 => Self::Edit(Edit::draw(clinic, chance)),
            112..120 => Self::Run { nth, interrupt: None },
            120..138 => Self::Run { nth, interrupt: Some(interrupt(clinic, chance)) },
            138..141 => Self::RunTwo { nth },
            141..160 => Self::RunAll,
            160..169 => Self::Keep,
            169..171 => Self::Check,
            171..176 => Self::Later { minutes: [1, 4, 15, 70, 600, 3_000][pick(6)] },
            176..188 => {
                let (target, fault, times) = bad_days::draw(chance, may_be_slow);
                Self::BadDay { target, fault, times }
            }
            188..190 => Self::Pushes([Pushes::AtOnce, Pushes::Lost, Pushes::Twice, Pushes::Held][pick(4)]),
            190 => Self::PushNow,
            191 => Self::LateEffects,
            192 => Self::ExpireTokens { account },
            193 => Self::ForgetSyncTokens { account },
            194..198 => Self::Phantom { account, nth, is_ours: !chance.one_in(4) },
            198 => Self::Revoke { account },
            _ => Self::Reconnect { account },
        }
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
