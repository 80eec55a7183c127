//! npm, Yarn and pnpm.

use super::*;

#[test]
fn npm_resolves_the_way_node_looks_folders_up() {
    let lock = locked(
        "package-lock.json",
        r#"{"name":"app","lockfileVersion":3,"packages":{
        "":{"name":"app","dependencies":{"a":"^1","own":"*"},"devDependencies":{"t":"1"},"optionalDependencies":{"mac":"1"}},
        "node_modules/a":{"version":"1.0.0","resolved":"https://registry.npmjs.org/a/-/a-1.0.0.tgz","integrity":"sha512-x","dependencies":{"@s/b":"2","c":"1"}},
        "node_modules/a/node_modules/c":{"version":"1.0.0"},
        "node_modules/@s/b":{"version":"2.0.0","dependencies":{"c":"2"},"resolved":"https://npm.example.org/x/@s/b/-/b-2.0.0.tgz"},
        "node_modules/c":{"version":"2.0.0"},
        "node_modules/t":{"version":"1.0.0","dev":true,"dependencies":{"c":"2"}},
        "node_modules/t/node_modules/c":{"version":"2.0.0","dev":true},
        "node_modules/own":{"resolved":"packages/own","link":true},
        "packages/own":{"version":"0.0.1","dependencies":{"a":"1"}}}}"#,
    );

    assert_eq!(
        lines(&lock),
        [
            "@s/b 2.0.0 transitive runtime",
            "a 1.0.0 direct runtime",
            "c 1.0.0 transitive runtime",
            "c 2.0.0 transitive runtime",
            "t 1.0.0 direct dev",
            "own 0.0.1 direct runtime"
        ]
    );
    assert_eq!(edges(&lock), [">a", ">t", ">own", "@s/b>c", "a>@s/b", "a>c", "t>c", "own>a"]);
    assert_eq!(purls(&lock)[0], "pkg:npm/%40s/b@2.0.0?repository_url=https:%2F%2Fnpm.example.org%2Fx");
    assert_eq!(purls(&lock)[1], "pkg:npm/a@1.0.0");
    assert_eq!((lock.records.read, lock.records.merged), (8, 2));
}

#[test]
fn the_oldest_npm_tree_is_walked() {
    let lock = locked(
        "npm-shrinkwrap.json",
        r#"{"lockfileVersion":1,"requires":true,"dependencies":{
        "a":{"version":"1.0.0","requires":{"b":"^1"},"dependencies":{"b":{"version":"1.0.0","requires":{"c":"1"}}}},
        "b":{"version":"2.0.0","dev":true},"c":{"version":"npm:real@3.0.0"},
        "g":{"version":"git+ssh://git@example.org/g.git#abc"}}}"#,
    );

    assert_eq!(
        lines(&lock),
        ["a 1.0.0 - runtime", "b 2.0.0 - dev", "real 3.0.0 - runtime", "g - - runtime", "b 1.0.0 - runtime"]
    );
    assert_eq!(edges(&lock), ["a>b", "b>real"]);
}

#[test]
fn yarn_one_finds_packages_by_what_was_asked() {
    let lock = locked(
        "yarn.lock",
        "# yarn lockfile v1\n\n\n\"@s/a@^1.0.0\", \"@s/a@^1.1.0\":\n  version \"1.1.0\"\n  resolved \"https://registry.yarnpkg.com/@s/a/-/a-1.1.0.tgz#0123456789012345678901234567890123456789\"\n\
         \x20 dependencies:\n    b \"^2.0.0\"\n    \"@s/gone\" \"1\"\n  optionalDependencies:\n    fsevents \"1\"\n\nb@^2.0.0:\n  version \"2.0.0\"\n  integrity sha512-x\n\nalias@npm:real@^3:\n  version \"3.0.0\"\n",
    );

    assert_eq!(lines(&lock), ["@s/a 1.1.0 - -", "b 2.0.0 - -", "real 3.0.0 - -"]);
    assert_eq!((edges(&lock), codes(&lock)), (vec!["@s/a>b".to_owned()], vec![("dangling-dependency", 1)]));
    assert_eq!(lock.packages[0].hashes, ["sha1:0123456789012345678901234567890123456789"]);
}

#[test]
fn later_yarn_knows_its_workspaces() {
    let lock = locked(
        "yarn.lock",
        "__metadata:\n  version: 8\n  cacheKey: 10\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n  dependencies:\n    a: \"npm:^1.0.0\"\n    p: \"patch:p@npm%3A1.0.0#x.patch\"\n  languageName: unknown\n  linkType: soft\n\n\
         \"a@npm:^1.0.0, a@npm:^1.2.0\":\n  version: 1.2.0\n  resolution: \"a@npm:1.2.0\"\n  dependencies:\n    p: \"npm:1.0.0\"\n  checksum: 10/ff\n  languageName: node\n  linkType: hard\n\n\
         \"p@patch:p@npm%3A1.0.0#x.patch\":\n  version: 1.0.0\n  resolution: \"p@patch:p@npm%3A1.0.0#x.patch::version=1.0.0&hash=ab\"\n  linkType: hard\n",
    );

    assert_eq!(lines(&lock), ["app - transitive -", "a 1.2.0 direct -", "p 1.0.0 direct -"]);
    assert_eq!(edges(&lock), ["app>a", "app>p", "a>p"]);
    assert_eq!(lock.format_version.as_deref(), Some("8"));
}

#[test]
fn pnpm_reads_all_three_spellings() {
    let five = locked(
        "pnpm-lock.yaml",
        "lockfileVersion: 5.4\nspecifiers:\n  a: ^1\ndependencies:\n  a: 1.0.0_x@2.0.0\ndevDependencies:\n  '@s/t': 3.0.0\npackages:\n\
         \x20 /a/1.0.0_x@2.0.0:\n    resolution: {integrity: sha512-a}\n    dependencies:\n      x: 2.0.0\n    dev: false\n  /x/2.0.0:\n    resolution: {integrity: sha512-x}\n    dev: false\n\
         \x20 /@s/t/3.0.0:\n    resolution: {integrity: sha512-t}\n    dev: true\n",
    );
    let six = locked(
        "pnpm-lock.yaml",
        "lockfileVersion: '6.0'\ndependencies:\n  a:\n    specifier: ^1\n    version: 1.0.0(x@2.0.0)\ndevDependencies:\n  '@s/t':\n    specifier: 3\n    version: 3.0.0\npackages:\n\
         \x20 /a@1.0.0(x@2.0.0):\n    resolution: {integrity: sha512-a}\n    dependencies:\n      x: 2.0.0\n    dev: false\n  /x@2.0.0:\n    resolution: {integrity: sha512-x}\n    dev: false\n\
         \x20 /@s/t@3.0.0:\n    resolution: {integrity: sha512-t}\n    dev: true\n",
    );
    let nine = locked(
        "pnpm-lock.yaml",
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0(x@2.0.0)\n    devDependencies:\n      '@s/t':\n        specifier: 3\n        version: 3.0.0\n\
         packages:\n  a@1.0.0:\n    resolution: {integrity: sha512-a}\n  x@2.0.0:\n    resolution: {integrity: sha512-x}\n  '@s/t@3.0.0':\n    resolution: {integrity: sha512-t}\n\
         snapshots:\n  a@1.0.0(x@2.0.0):\n    dependencies:\n      x: 2.0.0\n  x@2.0.0: {}\n  '@s/t@3.0.0':\n    dependencies:\n      x: 2.0.0\n",
    );

    for (lock, version) in [(&five, "5.4"), (&six, "6.0"), (&nine, "9.0")] {
        let mut found = lines(lock);
        found.sort();
        assert_eq!(
            found,
            ["@s/t 3.0.0 direct dev", "a 1.0.0 direct runtime", "x 2.0.0 transitive runtime"],
            "{version}"
        );
        assert_eq!(lock.format_version.as_deref(), Some(version));
        assert!(edges(lock).contains(&"a>x".to_owned()), "{version}: {:?}", edges(lock));
    }
    assert!(edges(&nine).contains(&"@s/t>x".to_owned()));
}
