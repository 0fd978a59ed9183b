#![allow(missing_docs)]
use super::Scope;
use crate::language::Language;
use crate::platform::ids::OrgId;
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Owner,
    Manager,
    FrontDesk,
    Viewer,
}
#[derive(Debug, Clone)]
pub struct Staff {
    pub user: UserId,
    pub org: OrgId,
    pub role: Role,
    pub session: Option<uuid::Uuid>,
    pub name: String,
    pub email: String,
    pub language: Language,
}
pub type UserId = uuid::Uuid;
impl Staff {
    pub fn may(&self, _s: Scope) -> bool {
        true
    }
}
