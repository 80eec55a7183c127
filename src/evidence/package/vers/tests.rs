use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Vers {
    Vers::read(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_range_contains_what_lies_between_its_ends() {
    let range = read("vers:npm/>=1.0.0|<2.0.0|3.1.0|>=4");

    for (version, inside) in [
        ("0.9.0", false),
        ("1.0.0", true),
        ("1.9.9", true),
        ("2.0.0-rc.1", true),
        ("2.0.0", false),
        ("3.1.0", true),
        ("3.1.1", false),
        ("4.0.0", true),
        ("9.0.0", true),
    ] {
        assert_eq!(range.contains(version), Some(inside), "{version}");
    }
    assert_eq!(range.contains("latest"), None);
}

#[test]
fn ends_in_one_direction_are_joined_to_the_widest() {
    assert_eq!(read("vers:npm/>=1|>=2|<3|<4").contains("1.5"), Some(true));
    assert_eq!(read("vers:npm/>=1|>=2|<3|<4").contains("3.5"), Some(true));
    assert_eq!(read("vers:npm/!=1.0.0").contains("2"), Some(true));
    assert_eq!(read("vers:npm/!=1.0.0").contains("1"), Some(false));
    assert_eq!(read("vers:none/*").contains("1"), Some(false));
}

#[test]
fn the_canonical_form_is_sorted_and_escaped() {
    assert_eq!(read("VERS:npm/<2 | >=1").to_string(), "vers:npm/>=1|<2");
    assert_eq!(read("vers:generic/1%2F2").to_string(), "vers:generic/1%2F2");
    assert_eq!(read("vers:npm/*").to_string(), "vers:npm/*");
}

#[test]
fn what_is_no_range_is_refused() {
    for text in
        ["", "vers:", "vers:npm", "vers:npm/", "vers:npm/>=", "vers:npm/*|1", "vers:npm/>=<1", "npm/1"]
    {
        assert!(Vers::read(text).is_err(), "{text}");
    }
}

#[test]
fn ranges_of_the_ecosystems_are_understood() {
    for (kind, native, vers) in [
        ("npm", "^0.2.3", "vers:npm/>=0.2.3|<0.3.0"),
        ("npm", "^0.0.3", "vers:npm/>=0.0.3|<0.0.4"),
        ("npm", "~1", "vers:npm/>=1.0.0|<2.0.0"),
        ("npm", ">1.2.x", "vers:npm/>=1.3.0"),
        ("pypi", "~=2.2, !=2.5", "vers:pypi/>=2.2|!=2.5|<3"),
        ("pypi", "==1.2.*", "vers:pypi/>=1.2|<1.3"),
        ("gem", "~> 2", "vers:gem/>=2|<3"),
        ("maven", "[1.0,2.0),[3.0,)", "vers:maven/>=1.0|<2.0|>=3.0"),
        ("nuget", "1.0", "vers:nuget/>=1.0"),
        ("nuget", "[1.0]", "vers:nuget/1.0"),
        ("nginx", "1.1.4-1.2.8, 1.3.9+", "vers:nginx/>=1.1.4|<=1.2.8|>=1.3.9"),
        ("deb", ">= 1:2.0-1", "vers:deb/>=1:2.0-1"),
    ] {
        assert_eq!(Vers::from_native(kind, native).unwrap().to_string(), vers, "{native}");
    }
    assert_eq!(Vers::from_native("npm", "git+https://x"), Err(VersError::NotNative));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String, list in "[<>=!|*%0-9a-f.^~ ()\\[\\],x+-]{0,24}") {
        for kind in ["npm", "pypi", "conan", "gem", "maven", "nuget", "nginx", "openssl", "deb"] {
            for native in [&text, &list] {
                if let Ok(range) = Vers::from_native(kind, native) {
                    prop_assert_eq!(range.kind(), kind);
                }
            }
            let range = format!("vers:{kind}/{list}");
            prop_assert!(Vers::read_canonical(&range).is_err() || Vers::read(&range).is_ok());
        }
        if let Ok(range) = Vers::read(&format!("vers:npm/{list}")) {
            prop_assert_eq!(read(&range.to_string()), range.clone());
            prop_assert_eq!(Vers::read_canonical(&range.to_string()), Ok(range));
        }
    }
}
