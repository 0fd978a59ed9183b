//! Axe, the widths and the pictures see every page: the list of `e2e/demo.mjs` and what its specs look at beside it leave none out.

use std::fs;
use std::path::Path;

/// Pages that a spec comes to by its own way, where, and what it looks at there.
const ON_THE_WAY: &[(&str, &str, &str)] = &[
    ("/dashboard/first-run", "first_run.spec.mjs", "look(page, \"first-run-clinic\")"),
    ("/dashboard/calendar/visits/{id}", "pages.spec.mjs", "look(page, \"dialog-visit\""),
];

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The addresses of `page("…", …)` rows: every page there is, for a route without a row fails.
fn pages() -> Vec<String> {
    let routes = read("tests/it/routes.rs");
    let rows = routes.lines().map(str::trim).filter_map(|line| line.strip_prefix("page(\""));
    rows.map(|row| row.split_once('"').unwrap().0.to_owned()).collect()
}

/// The list that `e2e/specs/pages.spec.mjs` looks at one by one.
fn listed() -> Vec<String> {
    let demo = read("e2e/demo.mjs");
    let list = demo.split_once("export const PAGES = [").unwrap().1.split_once("];").unwrap().0;
    let quoted = list.split('"').skip(1).step_by(2);
    quoted.map(|address| address.split('?').next().unwrap().to_owned()).collect()
}

#[test]
fn a11y_every_page_is_looked_at_by_axe_and_has_its_pictures() {
    let (pages, listed, looks) = (pages(), listed(), read("e2e/specs/pages.spec.mjs"));
    assert!(pages.len() > 35 && listed.len() > 30, "{pages:?} {listed:?}");
    let is_seen = |page: &str| {
        if let Some((_, spec, words)) = ON_THE_WAY.iter().find(|(one, ..)| *one == page) {
            return read(&format!("e2e/specs/{spec}")).contains(words);
        }
        match page.strip_suffix("/{id}") {
            // One of a list, by what it is called, or by its id.
            Some(list) => {
                looks.contains(&format!("single(page, \"{list}\","))
                    || looks.contains(&format!("`{list}/${{id}}`"))
            }
            None => listed.iter().any(|one| one == page),
        }
    };
    let unseen: Vec<_> = pages.iter().filter(|page| !is_seen(page)).collect();
    assert!(unseen.is_empty(), "add to PAGES in e2e/demo.mjs, or look at it in a spec: {unseen:?}");
    let gone: Vec<_> = listed.iter().filter(|one| !has_page(&pages, one)).collect();
    assert!(gone.is_empty(), "no route has these: {gone:?}");
}

/// `/dashboard/settings/services/new` is `/dashboard/settings/services/{id}`.
fn has_page(pages: &[String], address: &str) -> bool {
    let of_a_list = address.rsplit_once('/').map(|(list, _)| format!("{list}/{{id}}"));
    pages.iter().any(|page| page == address || Some(page) == of_a_list.as_ref())
}
