use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Cpe {
    Cpe::read(text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn both_notations_lead_to_one_formatted_string() {
    for (text, formatted) in [
        (
            "cpe:/a:microsoft:internet_explorer:8.0.6001:beta",
            "cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*",
        ),
        (
            "cpe:/a:hp:insight_diagnostics:7.4.0.1570:-:~~online~win2003~x64~",
            "cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*",
        ),
        ("cpe:/a:foo%5cbar:big%24money:2010", "cpe:2.3:a:foo\\\\bar:big\\$money:2010:*:*:*:*:*:*:*"),
        ("cpe:/a:x:y:8.%02:sp%01", "cpe:2.3:a:x:y:8.*:sp?:*:*:*:*:*:*"),
        ("CPE:2.3:A:Foo:b\\-ar:1\\.0:*:*:*:*:*:*:*", "cpe:2.3:a:foo:b-ar:1.0:*:*:*:*:*:*:*"),
        ("cpe:2.3:o:x:c\\+\\+:\\-:-:*:*:*:*:*:*", "cpe:2.3:o:x:c\\+\\+:\\-:-:*:*:*:*:*:*"),
    ] {
        assert_eq!(read(text).to_string(), formatted, "{text}");
        assert_eq!(read(formatted), read(text), "{text}");
    }
}

#[test]
fn what_is_no_cpe_is_refused() {
    for text in [
        "",
        "cpe:",
        "cpe:2.3:a:x",
        "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*:*",
        "cpe:2.3:z:x:y:1:*:*:*:*:*:*:*",
        "cpe:2.3:a:x:y*z:1:*:*:*:*:*:*:*",
        "cpe:2.3:a:x::1:*:*:*:*:*:*:*",
        "cpe:/a:x:y:%zz",
        "cpe:/a:1:2:3:4:5:6:7",
    ] {
        assert_eq!(Cpe::read(text), None, "{text}");
    }
}

#[test]
fn attributes_relate_as_the_table_says() {
    let value = |version: &str| {
        read(&format!("cpe:2.3:a:x:y:{version}:*:*:*:*:*:*:*")).attribute(CpeAttribute::Version).clone()
    };

    for (source, target, relation) in [
        ("*", "*", CpeRelation::Equal),
        ("*", "-", CpeRelation::Superset),
        ("*", "1", CpeRelation::Superset),
        ("*", "1?", CpeRelation::Superset),
        ("-", "*", CpeRelation::Subset),
        ("-", "-", CpeRelation::Equal),
        ("-", "1", CpeRelation::Disjoint),
        ("1", "*", CpeRelation::Subset),
        ("1", "-", CpeRelation::Disjoint),
        ("1", "1", CpeRelation::Equal),
        ("1", "2", CpeRelation::Disjoint),
        ("1", "1*", CpeRelation::Undefined),
        ("1.*", "1.5", CpeRelation::Superset),
        ("1.*", "2.5", CpeRelation::Disjoint),
        ("1.?", "1.5", CpeRelation::Superset),
        ("1.?", "1.55", CpeRelation::Disjoint),
        ("*5?", "1.5", CpeRelation::Superset),
        ("??a?", "aaa", CpeRelation::Superset),
        ("?a", "bba", CpeRelation::Disjoint),
    ] {
        assert_eq!(value(source).relation(&value(target)), relation, "{source} and {target}");
    }
}

#[test]
fn a_name_covers_what_is_more_special() {
    let all = read("cpe:/a:openssl:openssl");
    let one = read("cpe:2.3:a:openssl:openssl:3.0.1:*:*:*:*:*:*:*");

    assert!(all.covers(&one) && !one.covers(&all));
    assert_eq!(one.relation(&all), CpeRelation::Subset);
    assert!(!all.covers(&read("cpe:/a:openssl:other:3.0.1")));
    assert_eq!(one.text(CpeAttribute::Version), Some("3.0.1"));
    assert_eq!(all.text(CpeAttribute::Version), None);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String, rest in "[a-z0-9:*?~%\\\\.-]{0,60}") {
        let _ = (Cpe::read(&text), Cpe::read(&format!("cpe:/{rest}")));
        if let Some(name) = Cpe::read(&format!("cpe:2.3:a:{rest}")) {
            let again = read(&name.to_string());
            prop_assert_eq!(again.relation(&name), CpeRelation::Equal);
            prop_assert_eq!(again, name);
        }
    }
}
