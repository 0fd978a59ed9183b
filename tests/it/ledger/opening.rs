//! Which part of the ledger an operation opens.

use super::clinic::{Resource, SERVICES};
use super::spec::{Id, Wish};

/// A part of the ledger to open.
pub(super) struct Opening {
    pub(super) resources: Vec<Resource>,
    pub(super) from: u16,
    pub(super) until: u16,
    pub(super) whole_block: bool,
    pub(super) call: Option<String>,
    pub(super) start: Option<u16>,
    pub(super) hold: Option<Id>,
    pub(super) own: Option<Id>,
}

impl Opening {
    pub(super) fn of(wish: Wish) -> Self {
        let service = &SERVICES[usize::from(wish.service)];
        Self {
            resources: service.resources(),
            from: wish.start,
            until: wish.start + service.cells_in_all(),
            whole_block: false,
            call: None,
            start: None,
            hold: None,
            own: None,
        }
    }

    pub(super) fn by(self, block: u16, call: u8, wish: Wish) -> Self {
        Self { call: Some(call_ref(block, call)), start: Some(wish.start), ..self }
    }
}

pub(super) fn call_ref(block: u16, call: u8) -> String {
    format!("{block}-{call}")
}
