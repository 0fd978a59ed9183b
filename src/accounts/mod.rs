//! Who may act for an org: staff, who sign in and have a role, and programs, which have keys with scopes; and the log of who
//! did what.
//!
//! **Invariant.** Keys, sessions and links are presented, looked up and forgotten: only keyed digests are stored.
//! **Invariant.** What somebody may is read from the database for every request; no token, cookie or cache says it.
//! **Invariant.** The program sees one person at a time, and who is staff of one org (ADR 36).

mod accept_invitation;
mod actor;
mod add_key;
mod add_staff;
mod asked_by;
mod attempts;
mod authenticate;
mod change_member;
mod check_whole_audit;
mod cookie;
mod disable;
mod end_session;
mod invite;
mod jwt;
mod list;
mod member;
mod open_session;
mod other_issuer;
mod own_account;
mod own_tokens;
mod password;
mod prove_presence;
mod record_act;
mod recovery;
mod reseal;
mod reset_password;
mod role;
mod scope;
mod seal_audit;
mod second_factor;
mod shown_org;
mod sign_in;
mod socket_token;
mod staff;
mod staff_mail;
mod staff_of_token;
mod stay;
mod store;
mod switch_org;
mod take_back;
mod totp;

pub use accept_invitation::{AcceptError, Invited, accept_invitation, invited};
pub use actor::Actor;
pub use add_key::{AddKeyError, NewKey, add_key};
pub use add_staff::{AddStaffError, NewStaff, add_staff, is_known};
pub use asked_by::AskedBy;
pub use authenticate::{KeyHolder, authenticate};
pub use change_member::{Left, MemberError, remove_member, set_role};
pub use check_whole_audit::{
    AUDIT_TASK, AuditCheck, AuditFound, CheckAudit, ask_audit_check, audit_check, check_whole_audit,
};
pub use cookie::{is_from_own_page, no_session_cookie, session_cookie, session_token};
pub use disable::{DisableError, SwitchedOff, disable, enable};
pub use end_session::{OwnSession, end_other_sessions, end_session, own_sessions, sign_out};
pub use invite::{Invitation, InviteError, NewInvitation, invite, list_invitations, revoke_invitation};
pub use list::{ListedAct, WantedActs, has_read, list_acts, subjects_read};
pub use member::{Member, list_members};
pub use open_session::{Browser, OpenError};
pub use own_account::{
    AccountError, NewSecondFactor, OwnAccount, begin_second_factor, change_password, confirm_second_factor,
    end_second_factor, own_account, set_profile,
};
pub use password::{HashError, NewPassword, WeakPassword};
pub use prove_presence::{PresenceError, Shown, prove_presence, signed_in_lately};
pub use record_act::{Act, record_act};
pub use reseal::{reseal, tally};
pub use reset_password::{
    RESET_TASK, ResetAsked, ResetError, ask_reset, begin_reset, reset_password, reset_works,
};
pub use role::Role;
pub use scope::Scope;
pub use seal_audit::{AuditState, check_audit, seal_audit};
pub use second_factor::confirm_sign_in;
pub use shown_org::ORG_HEADER;
pub use sign_in::{AT_THE_DOOR, Entered, SignInError, sign_in};
pub use socket_token::{
    SocketHolder, SocketToken, api_token, socket_token, still_holds, verify_socket_token,
};
pub use staff::{Staff, staff_of_session};
pub use staff_mail::{Link, MailFacts, STAFF_MAIL_TASK, StaffMail, mail_facts, page_of};
pub use staff_of_token::{TokenError, staff_of_token};
pub use stay::{TimeLeft, stay, time_left};
pub use store::audit::audit_breaks;
pub use store::{KeyFrom, KeyRow, keys_from, list_keys, revoke_key};
pub use switch_org::{own_orgs, switch_org};
pub use totp::code_at;
