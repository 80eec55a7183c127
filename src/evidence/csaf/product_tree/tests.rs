use serde_json::json;

use super::*;

fn read(tree: &Value) -> Result<ProductTree, DecodeError> {
    let document = json!({ "product_tree": tree }).to_string();
    ProductTree::read(&Members::of(document.as_bytes()).unwrap())
}

#[test]
fn products_know_the_branches_above_them() {
    let tree = read(&json!({ "branches": [{ "category": "vendor", "name": "V", "branches": [
        { "category": "product_name", "name": "P", "branches": [
            { "category": "product_version", "name": "1", "product": { "product_id": "a", "name": "P 1" } },
            { "category": "product_version_range", "name": "<1", "product": { "product_id": "b", "name": "P <1" } },
        ] },
        { "category": "product_name", "name": "Q", "product": { "product_id": "a", "name": "again" } },
    ] }] }))
    .unwrap();

    let a = tree.product("a").unwrap();
    assert_eq!(
        (a.vendor.as_deref(), a.product_name.as_deref(), a.version.as_deref()),
        (Some("V"), Some("P"), Some("1"))
    );
    assert_eq!(tree.product("b").unwrap().version_range.as_deref(), Some("<1"));
    assert_eq!(tree.redefined, ["a"]);
    assert_eq!(tree.len(), 2);
}

#[test]
fn parts_of_parts_are_followed_and_circles_end() {
    let name = |id: &str| json!({ "product_id": id, "name": id });
    let relation = |part: &str, of: &str, id: &str| {
        json!({ "category": "installed_on", "product_reference": part, "relates_to_product_reference": of,
                "full_product_name": name(id) })
    };
    let tree = read(&json!({
        "full_product_names": [name("os"), name("app"), name("lib")],
        "relationships": [relation("app", "os", "app-on-os"), relation("lib", "app-on-os", "lib-in-app"),
                          relation("x", "y", "y"), relation("lib", "x", "x")],
        "product_groups": [{ "group_id": "g", "product_ids": ["os", "app"] }],
    }))
    .unwrap();

    let (whole, part) = tree.resolve("lib-in-app").unwrap();
    assert_eq!((whole.name.as_str(), part.map(|p| p.name.as_str())), ("os", Some("lib")));
    assert!(tree.resolve("os").unwrap().1.is_none());
    assert!(tree.resolve("y").is_none() && tree.resolve("x").is_none());
    let entry = json!({ "group_ids": ["g", "none"], "product_ids": ["lib"] });
    assert_eq!(tree.referred(&entry).collect::<Vec<_>>(), ["lib", "os", "app"]);
}

#[test]
fn branches_without_end_are_refused() {
    let mut branch =
        json!({ "category": "vendor", "name": "x", "product": { "product_id": "p", "name": "p" } });
    for _ in 0..40 {
        branch = json!({ "category": "vendor", "name": "x", "branches": [branch] });
    }

    assert_eq!(read(&json!({ "branches": [branch] })).unwrap_err().code, "too-deep");
}

#[test]
fn paths_of_the_newer_version_are_read() {
    let name = |id: &str| json!({ "product_id": id, "name": id, "product_identification_helper": { "purls": ["pkg:npm/a"] } });
    let tree = read(&json!({
        "full_product_names": [name("a"), name("b")],
        "product_paths": [{ "beginning_product_reference": "a", "full_product_name": name("ab"),
                            "subpaths": [{ "category": "installed_on", "next_product_reference": "b" }] }],
    }))
    .unwrap();

    assert_eq!(tree.resolve("ab").unwrap().0.name, "b");
    assert_eq!(tree.product("a").unwrap().purls, ["pkg:npm/a"]);
}
