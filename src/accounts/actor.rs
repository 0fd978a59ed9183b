//! Who does something over the API or the dashboard.

use std::fmt;

use uuid::Uuid;

use crate::platform::ids::{ApiKeyId, UserId};

/// A program or a person. Written as the audit log has it: `api:key_…`, `staff:usr_…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A program with this key.
    Key(ApiKeyId),
    /// A person.
    Staff(UserId),
}

impl Actor {
    /// Without saying which kind of caller: `key_…`, `usr_…`.
    pub fn short(self) -> String {
        match self {
            Self::Key(id) => id.to_string(),
            Self::Staff(id) => id.to_string(),
        }
    }

    /// The bare id: a key's and a person's never meet.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Key(id) => id.0,
            Self::Staff(id) => id.0,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => write!(f, "api:{id}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
        }
    }
}
