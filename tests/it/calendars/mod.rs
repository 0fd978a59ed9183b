//! Outside calendars: connected, mirrored, written into, and settled where they and visits disagree.

mod consent;
