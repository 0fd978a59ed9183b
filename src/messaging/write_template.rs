//! Keeps an org's own words for a text, or goes back to ours.

use serde_json::json;

use super::store::{self, NewTemplateRow};
use super::wording::{Checked, Premises, TemplateKind, check};
use crate::accounts::{self, Act};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Words to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewTemplate<'a> {
    /// Which text.
    pub kind: TemplateKind,
    /// In which language.
    pub language: Language,
    /// The words with their places; `None` goes back to ours.
    pub body: Option<&'a str>,
    /// Who wrote them, such as `api:key_…`.
    pub written_by: &'a str,
}

/// Why no words were kept.
#[derive(Debug, thiserror::Error)]
pub enum WriteTemplateError {
    /// They cannot be sent so.
    #[error("the template has {} flaws", .0.flaws.len())]
    Flawed(Box<Checked>),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Keeps the words as the next version, with who wrote them. Texts that are queued already keep theirs.
///
/// Two that write at once: the constraint `text_templates_once_per_version` refuses one of them.
pub async fn write_template(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    premises: &Premises<'_>,
    new: &NewTemplate<'_>,
) -> Result<i32, WriteTemplateError> {
    if let Some(body) = new.body {
        let checked = check(new.kind, body, premises);
        if !checked.flaws.is_empty() {
            return Err(WriteTemplateError::Flawed(Box::new(checked)));
        }
    }
    let NewTemplate { kind, language, body, written_by } = *new;
    let row = NewTemplateRow { id: app.new_id(), kind, language, body, written_by };
    let version = store::insert_template(tx, org, &row, app.clock.now()).await?;
    let act = Act {
        actor: written_by,
        action: if body.is_some() { "text_template.write" } else { "text_template.reset" },
        subject: Some(format!("{}/{language}", kind.as_str())),
        detail: json!({"version": version}),
    };
    accounts::record_act(app, tx, org, &act).await?;
    Ok(version)
}
