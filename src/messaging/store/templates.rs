//! The org's own words.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::language::Language;
use crate::messaging::wording::{Template, TemplateKind, Templates};
use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::OrgId;

#[derive(FromRow)]
struct Row {
    kind: String,
    language: String,
    version: i32,
    body: Option<String>,
    written_by: String,
    written_at: jiff_sqlx::Timestamp,
}

/// The last version of an org's own words for one text; without a body its words are the program's again.
#[derive(Debug, Clone)]
pub struct OwnTemplate {
    /// Which text.
    pub kind: TemplateKind,
    /// In which language.
    pub language: Language,
    /// From 1.
    pub version: i32,
    /// The words with their places.
    pub body: Option<String>,
    /// Who wrote it.
    pub written_by: String,
    /// When.
    pub written_at: Timestamp,
}

/// The last version of each; a kind or language that this version of the program does not know is left out.
pub async fn own_templates(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<OwnTemplate>> {
    let rows: Vec<Row> = sql_as(
        "select distinct on (kind, language) kind, language, version, body, written_by, written_at
           from text_templates where org_id = $1 order by kind, language, version desc",
    )
    .bind(org)
    .fetch_all(tx)
    .await?;
    let known = |row: Row| {
        Some(OwnTemplate {
            kind: row.kind.parse().ok()?,
            language: row.language.parse().ok()?,
            version: row.version,
            body: row.body,
            written_by: row.written_by,
            written_at: row.written_at.to_jiff(),
        })
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

/// The org's own words, ready to write with.
pub async fn templates(tx: &mut PgConnection, org: OrgId, name_treatments: bool) -> sqlx::Result<Templates> {
    let all = own_templates(tx, org).await?;
    let read = |own: OwnTemplate| Some((own.kind, own.language, Template::read(own.body.as_deref()?)));
    Ok(Templates::new(all.into_iter().filter_map(read), name_treatments))
}

/// Words to keep.
pub(in crate::messaging) struct NewTemplateRow<'a> {
    pub id: Uuid,
    pub kind: TemplateKind,
    pub language: Language,
    pub body: Option<&'a str>,
    pub written_by: &'a str,
}

/// Adds the next version, and tells which that is.
pub(in crate::messaging) async fn insert_template(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewTemplateRow<'_>,
    now: Timestamp,
) -> sqlx::Result<i32> {
    sql_scalar(
        "insert into text_templates (org_id, id, kind, language, version, body, written_by, written_at)
         select $1, $2, $3, $4, coalesce(max(t.version), 0) + 1, $5, $6, $7
           from text_templates t where t.org_id = $1 and t.kind = $3 and t.language = $4
         returning version",
    )
    .bind(org)
    .bind(new.id)
    .bind(new.kind.as_str())
    .bind(new.language.as_str())
    .bind(new.body)
    .bind(new.written_by)
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await
}
