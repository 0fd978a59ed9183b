//! `voxanne admin catalogue`: services of a clinic from templates.

use clap::Subcommand;

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::super::org::{known, org_id, prefixed};
use super::super::output::say;
use crate::platform::app::App;
use crate::platform::ids::{LocationId, OrgId, ResourceId};
use crate::scheduling::{self, Added, Chosen, RuleBook, TEMPLATES, Template};

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// List the templates with their rules
    Templates,
    /// Add services from templates; names that exist are left as they are
    Add(Add),
}

#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// Whose
    #[arg(long, value_parser = org_id)]
    org: OrgId,
    /// The site whose rooms and devices they take, by name or id; the first when left out
    #[arg(long)]
    location: Option<String>,
    /// Which template, by name or alias; all of them when left out
    #[arg(long = "service")]
    services: Vec<String>,
    /// Who gives them, by name
    #[arg(long = "by")]
    people: Vec<String>,
}

pub(super) async fn run(app: &App, action: Action) -> Result<(), CommandError> {
    match action {
        Action::Templates => list(),
        Action::Add(add) => add_services(app, add).await?,
    }
    Ok(())
}

/// Every template in a line.
pub(super) fn list() {
    for template in &TEMPLATES {
        say(describe(template));
    }
}

/// One line: what a clinic would want to know before it adds it.
fn describe(template: &Template) -> String {
    let mut facts = vec![format!("{} minutes", template.duration_minutes)];
    facts.extend(template.needs.iter().map(|need| match need.hints.first() {
        Some(hint) => format!("{} \"{hint}\"", need.kind),
        None => need.kind.to_owned(),
    }));
    facts.extend(template.spacing_days.map(|days| format!("{days} days apart")));
    facts.extend(template.requires.map(|first| format!("{} first", first.service)));
    facts.extend(template.supervised.then(|| "supervised".to_owned()));
    facts.extend(template.licensed.then(|| "licensed".to_owned()));
    format!("{}: {}", template.name, facts.join(", "))
}

async fn add_services(app: &App, add: Add) -> Result<(), CommandError> {
    let org = known(app, add.org).await?;
    let book = scheduling::rule_book(app, org, None).await.doing("read the clinic's rules")?;
    let location = location(&book, add.location.as_deref())?;
    let people = add.people.iter().map(|name| person(&book, name)).collect::<Result<Vec<_>, _>>()?;
    let templates = if add.services.is_empty() {
        TEMPLATES.iter().collect()
    } else {
        add.services.iter().map(|said| template(said)).collect::<Result<Vec<_>, _>>()?
    };
    let chosen: Vec<Chosen> =
        templates.into_iter().map(|template| Chosen { template, price_cents: None }).collect();
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let outcomes = scheduling::add_from_template(app, &mut tx, org, location, &chosen, &people)
        .await
        .doing("add the services")?;
    tx.commit().await.doing("commit the services")?;
    for (template, outcome) in outcomes {
        match outcome {
            Added::Exists => say(format_args!("{}: there already, left as it is", template.name)),
            Added::Added { open, .. } if open.is_empty() => say(format_args!("{}: added", template.name)),
            Added::Added { open, .. } => say(format_args!("{}: added; {}", template.name, open.join("; "))),
        }
    }
    Ok(())
}

fn location(book: &RuleBook, said: Option<&str>) -> Result<LocationId, CommandError> {
    let found = match said {
        None => book.location(None),
        Some(said) => {
            let id = prefixed(said, "loc_").ok().map(LocationId);
            book.locations.iter().find(|l| Some(l.id) == id || l.name.eq_ignore_ascii_case(said))
        }
    };
    found.map(|location| location.id).ok_or_else(|| {
        let names: Vec<&str> = book.locations.iter().map(|l| l.name.as_str()).collect();
        CommandError::Refused(format!("there is no such location; there are: {}", names.join(", ")))
    })
}

fn person(book: &RuleBook, name: &str) -> Result<ResourceId, CommandError> {
    scheduling::match_practitioner(book, name)
        .map(|person| person.id)
        .ok_or_else(|| CommandError::Refused(format!("nobody here is called {name}")))
}

fn template(said: &str) -> Result<&'static Template, CommandError> {
    Template::find(said).ok_or_else(|| {
        CommandError::Usage(format!("there is no template {said}: see `voxanne admin catalogue templates`"))
    })
}
