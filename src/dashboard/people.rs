//! Who of the staff somebody is, for pages that say who did what.

use crate::accounts::{self, Member};
use crate::platform::db::PgConnection;
use crate::platform::ids::UserId;

/// The staff of an org by their names.
pub(super) struct People(pub Vec<Member>);

impl People {
    /// Reads them in the page's transaction.
    pub async fn load(tx: &mut PgConnection) -> Result<Self, sqlx::Error> {
        accounts::list_members(tx).await.map(Self)
    }

    /// The name of a person.
    pub fn name(&self, user: UserId) -> Option<&str> {
        self.0.iter().find(|member| member.user == user).map(|member| member.name.as_str())
    }

    /// The name of whoever acted, such as `staff:usr_…`; `None` for programs and for people who left.
    pub fn actor(&self, actor: &str) -> Option<&str> {
        let found = self.0.iter().find(|member| actor == format!("staff:{}", member.user));
        found.map(|member| member.name.as_str())
    }
}
