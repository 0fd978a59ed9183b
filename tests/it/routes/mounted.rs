//! B18: the routes that are mounted by hand, read from the routers' own source.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

use super::ROUTES;

/// How a route may be mounted: one method at a time.
const VERBS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];
/// Ways to mount that say nothing of methods, or nothing of paths: a row could not be asked for.
const UNREADABLE: [&str; 3] = ["route_service", "nest_service", "fallback_service"];

/// What the routers' source says: each `.route("path", get(…).post(…))`, whatever file it is in.
#[derive(Default)]
struct Routes {
    consts: BTreeMap<String, String>,
    found: Vec<(String, Vec<String>)>,
}

fn literal(expr: &syn::Expr) -> Option<String> {
    match expr {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

impl<'ast> Visit<'ast> for Routes {
    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        if let Some(text) = literal(&item.expr) {
            self.consts.insert(item.ident.to_string(), text);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        assert!(
            !UNREADABLE.iter().any(|way| call.method == way),
            "mount each method of each path by itself, not by {}",
            call.method
        );
        if call.method == "route" && call.args.len() == 2 {
            let path = match (&call.args[0], literal(&call.args[0])) {
                (_, Some(text)) => text,
                (syn::Expr::Path(path), None) => {
                    format!("const {}", path.path.segments.last().unwrap().ident)
                }
                other => panic!("a path that cannot be read: {:?}", other.1),
            };
            let mut methods = Vec::new();
            let mut at = &call.args[1];
            while let syn::Expr::MethodCall(more) = at {
                methods.push(more.method.to_string());
                at = &more.receiver;
            }
            if let syn::Expr::Call(first) = at
                && let syn::Expr::Path(name) = &*first.func
            {
                methods.push(name.path.segments.last().unwrap().ident.to_string());
            }
            let strange = methods.iter().find(|way| !VERBS.contains(&way.as_str()) && *way != "layer");
            assert!(
                strange.is_none() && !methods.is_empty(),
                "{path} is mounted by {strange:?}: use one of {VERBS:?}"
            );
            self.found.push((path, methods));
        }
        visit::visit_expr_method_call(self, call);
    }
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

/// Every route that is mounted by hand: method and path.
fn mounted() -> BTreeSet<(String, String)> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut routes = Routes::default();
    for file in files {
        routes.visit_file(&syn::parse_file(&std::fs::read_to_string(&file).unwrap()).unwrap());
    }
    let named = |path: &String| match path.strip_prefix("const ") {
        Some(name) => routes.consts[name].clone(),
        None => path.clone(),
    };
    let all = routes.found.iter().flat_map(|(path, methods)| {
        let methods = methods.iter().filter(|method| VERBS.contains(&method.as_str()));
        methods.map(|method| (method.clone(), named(path))).collect::<Vec<_>>()
    });
    all.collect()
}

#[test]
fn b18_every_route_has_a_row() {
    let rows: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let mounted = mounted();
    assert!(mounted.len() > 25, "{mounted:?}");
    let without: Vec<_> = mounted.difference(&rows).collect();
    assert!(without.is_empty(), "give each of these a row in tests/it/routes.rs: {without:?}");
    let gone: Vec<_> = rows.difference(&mounted).collect();
    assert!(gone.is_empty(), "these are no routes any more: {gone:?}");
}

#[test]
fn b18_what_would_mount_a_route_without_a_row_is_no_way_to_mount_one() {
    let walked = |mounting: &str| {
        let file = syn::parse_file(&format!("fn routes() {{ Router::new(){mounting}; }}")).unwrap();
        std::panic::catch_unwind(AssertUnwindSafe(|| {
            let mut routes = Routes::default();
            routes.visit_file(&file);
            routes.found
        }))
    };
    let found = walked(r#".route("/x", get(show).post(change).layer(limit))"#).unwrap();
    assert_eq!(found, [("/x".to_owned(), ["layer", "post", "get"].map(str::to_owned).to_vec())]);
    for hidden in [
        r#".route("/x", any(show))"#,
        r#".route("/x", on(MethodFilter::GET, show))"#,
        r#".route("/x", get(show).on(MethodFilter::POST, change))"#,
        r#".route("/x", get(show).fallback(change))"#,
        r#".route("/x", all_of_it())"#,
        r#".route("/x", methods)"#,
        r#".route_service("/x", service)"#,
        r#".nest_service("/x", service)"#,
        r".fallback_service(service)",
    ] {
        assert!(walked(hidden).is_err(), "{hidden}");
    }
}
