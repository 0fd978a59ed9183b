//! The document that describes the API.

use std::collections::BTreeSet;

use syn::visit::Visit;

use crate::harness::{Voxanne, sources};

#[tokio::test]
async fn the_document_is_what_it_was_and_is_served() {
    let document = serde_json::to_value(voxanne::api::document()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    // Two schemas at once in one place: no value would be both.
    let text = document.to_string();
    let twice = text.find("allOf").map(|at| &text[at.saturating_sub(300)..(at + 300).min(text.len())]);
    assert_eq!(twice, None);
    insta::assert_json_snapshot!("openapi", document);
    let vox = Voxanne::start().await;
    // The one page that takes no key: it tells nothing of anybody.
    let served = vox.api_with(None).get("/openapi.json").await;
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.good(), document);
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = serde_json::to_value(voxanne::api::document()).unwrap();
    let text = document.to_string();
    let mut followed = 0;
    for rest in text.split("\"$ref\":\"#").skip(1) {
        let pointer = rest.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
        followed += 1;
    }
    assert!(followed > 20, "only {followed} references, so this proves little");
}

/// What has a schema, by its name in the document.
#[derive(Default)]
struct Named(Vec<String>);

impl Named {
    fn add(&mut self, attributes: &[syn::Attribute], name: &syn::Ident) {
        let list = |of: &str| -> Vec<String> {
            let attribute = attributes.iter().filter(|attribute| attribute.path().is_ident(of));
            attribute
                .filter_map(|attribute| Some(attribute.meta.require_list().ok()?.tokens.to_string()))
                .collect()
        };
        if list("derive").iter().any(|derived| derived.contains("ToSchema")) {
            let other = list("schema").iter().find_map(|said| Some(said.split("as = ").nth(1)?.to_owned()));
            self.0.push(other.unwrap_or_else(|| name.to_string()));
        }
    }
}

impl<'ast> Visit<'ast> for Named {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.add(&item.attrs, &item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.add(&item.attrs, &item.ident);
    }
}

/// Of two, the document has the one that comes last, wherever either is meant.
#[test]
fn no_two_schemas_of_the_document_have_one_name() {
    let mut named = Named::default();
    for file in sources("src") {
        named.visit_file(&syn::parse_file(&std::fs::read_to_string(&file).unwrap()).unwrap());
    }
    assert!(named.0.len() > 100, "{}", named.0.len());
    let mut seen = BTreeSet::new();
    let twice: Vec<_> = named.0.iter().filter(|name| !seen.insert(*name)).collect();
    assert!(twice.is_empty(), "give one of each another name by #[schema(as = …)]: {twice:?}");
}
