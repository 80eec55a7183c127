//! `docker-compose.yml`: what it promises about services, users, file systems, ports and secrets. No container engine
//! is asked; `tests/run` has an independent reader look at the file as well.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::Value;

use crate::support::Installation;

/// Reads a file of the repository.
fn text(name: &str) -> String {
    std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn compose() -> Value {
    serde_saphyr::from_str(&text("docker-compose.yml")).unwrap()
}

fn services() -> BTreeMap<String, Value> {
    serde_json::from_value(compose()["services"].clone()).unwrap()
}

fn words(value: &Value) -> Vec<&str> {
    value.as_array().map(|a| a.iter().map(|v| v.as_str().unwrap()).collect()).unwrap_or_default()
}

/// Source and target of each volume of a service.
fn volumes(service: &Value) -> Vec<(&str, &str)> {
    words(&service["volumes"]).into_iter().map(|v| v.split_once(':').unwrap()).collect()
}

#[test]
fn the_service_runs_beside_a_database_and_nothing_else() {
    let services = services();

    assert_eq!(services.keys().collect::<Vec<_>>(), ["attestry", "postgres"]);
    assert_eq!(services["attestry"]["depends_on"]["postgres"]["condition"], "service_healthy");
}

#[test]
fn every_service_is_confined() {
    for (name, service) in services() {
        let user = service["user"].as_str().unwrap();
        assert!(user.split(':').all(|id| id.parse::<u32>().unwrap() > 0), "{name} runs as {user}");
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(words(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(words(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        assert!(words(&service["tmpfs"]).iter().any(|t| t.starts_with("/tmp:")), "{name}");
        for loosened in ["cap_add", "privileged", "network_mode", "pid", "ipc", "devices", "env_file"] {
            assert!(service[loosened].is_null(), "{name} has {loosened}");
        }
    }
}

#[test]
fn every_service_says_whether_it_is_healthy_without_a_shell() {
    for (name, service) in services() {
        let test = words(&service["healthcheck"]["test"]);
        assert_eq!(test[0], "CMD", "{name}");
        for key in ["interval", "timeout", "retries", "start_period"] {
            assert!(!service["healthcheck"][key].is_null(), "{name} has no {key}");
        }
    }
    assert_eq!(words(&services()["attestry"]["healthcheck"]["test"]), ["CMD", "attestry", "healthcheck"]);
}

#[test]
fn only_this_machine_reaches_the_service_and_nothing_reaches_the_database() {
    let services = services();

    assert_eq!(words(&services["attestry"]["ports"]), ["127.0.0.1:8080:8080"]);
    assert!(services["postgres"]["ports"].is_null());
    assert_eq!(words(&services["postgres"]["networks"]), ["back"]);
    assert_eq!(compose()["networks"]["back"]["internal"], true);
}

#[test]
fn data_lives_in_declared_volumes() {
    let declared = &compose()["volumes"];
    for (name, service) in services() {
        assert!(!volumes(&service).is_empty(), "{name} keeps nothing");
        for (source, target) in volumes(&service) {
            assert!(declared.get(source).is_some(), "{name}: {source} is no declared volume");
            assert!(target.starts_with('/'), "{name}: {target}");
        }
    }
    assert_eq!(services()["attestry"]["environment"]["ATTESTRY_DATA"], "/data");
    assert_eq!(volumes(&services()["attestry"]), [("data", "/data")]);
}

#[test]
fn secrets_come_from_files_and_are_never_written_out() {
    let all = compose();
    let mut used = Vec::new();
    for (name, service) in services() {
        let environment: BTreeMap<String, String> =
            serde_json::from_value(service["environment"].clone()).unwrap();
        for (key, value) in &environment {
            let secret = ["PASSWORD", "KEY", "SECRET", "TOKEN"].iter().any(|w| key.contains(w));
            assert!(!secret || key.ends_with("_FILE"), "{name}: {key} is written out");
            if let Some(secret) = value.strip_prefix("/run/secrets/") {
                assert!(words(&service["secrets"]).contains(&secret), "{name} is not given {secret}");
                used.push(secret.to_owned());
            }
        }
        let url = environment.get("ATTESTRY_DATABASE_URL").map_or("", String::as_str);
        assert!(!url.split('@').next().unwrap().trim_start_matches("postgres://").contains(':'), "{url}");
    }
    used.sort();
    assert_eq!(used, ["database_password", "database_password", "master_key"]);
    for name in used {
        assert!(all["secrets"][&name]["file"].as_str().unwrap().starts_with("./secrets/"), "{name}");
    }
    assert!(text(".gitignore").lines().any(|l| l == "/secrets"), "secrets could be committed");
}

/// Tags without a version mean something else every day.
#[test]
fn images_are_named_with_their_version() {
    let mut images: Vec<String> =
        services().values().map(|s| s["image"].as_str().unwrap().to_owned()).collect();
    let dockerfile = services()["attestry"]["build"]["dockerfile_inline"].as_str().unwrap().to_owned();
    let from = dockerfile.lines().filter_map(|l| l.strip_prefix("FROM "));
    images.extend(from.map(|l| l.split(' ').next().unwrap().to_owned()));

    assert_eq!(images.len(), 4, "{images:?}");
    for image in images {
        let (_, tag) = image.split_once(':').unwrap_or_else(|| panic!("{image} has no tag"));
        assert!(!tag.contains("latest"), "{image}");
        assert!(tag.contains("bookworm") || tag == env!("CARGO_PKG_VERSION"), "{image}");
    }
}

#[test]
fn the_image_is_built_as_released_and_runs_without_rights() {
    let services = services();
    let dockerfile = services["attestry"]["build"]["dockerfile_inline"].as_str().unwrap();

    assert!(dockerfile.contains("cargo build --profile dist --locked"));
    let version = env!("CARGO_PKG_RUST_VERSION");
    assert!(dockerfile.contains(&format!("FROM rust:{version}-bookworm AS builder")), "not Rust {version}");
    assert!(dockerfile.contains(&format!("USER {}", services["attestry"]["user"].as_str().unwrap())));
    for tool in ["apt-get", "curl", "wget"] {
        assert!(!dockerfile.contains(tool), "the image gets {tool}");
    }
}

/// Everything that is compiled in has to be let into the build's context.
#[test]
fn the_image_is_built_from_what_the_build_reads() {
    let ignored = text(".dockerignore");
    let rules: Vec<&str> = ignored.lines().filter(|l| !l.starts_with('#')).collect();

    assert_eq!(rules[0], "*", "everything is left out first");
    for needed in ["Cargo.toml", "Cargo.lock", "src", "migrations", "templates", "controls", "sample"] {
        assert!(rules.contains(&format!("!{needed}").as_str()), "{needed} is left out");
    }
    assert!(!rules.iter().any(|r| r.contains("secrets") || r.contains("target")), "{rules:?}");
}

/// Answers one request with that status line.
fn answering(line: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let served = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut request = vec![0; 4096];
        let read = stream.read(&mut request).unwrap();
        stream.write_all(format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n").as_bytes()).unwrap();
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    (address, served)
}

#[test]
fn the_health_check_asks_the_configured_address_whether_it_is_ready() {
    let installation = Installation::new();
    for (line, code) in [("200 OK", 0), ("503 Service Unavailable", 3)] {
        let (address, served) = answering(line);

        let answer = installation.expect(code, &["healthcheck", "--listen", &address]);

        assert!(served.join().unwrap().starts_with("GET /readyz HTTP/1.1\r\n"));
        assert_eq!(answer.err.contains("answered 503"), code == 3, "{}", answer.err);
    }
    assert!(!installation.data().exists(), "a health check opened the data directory");
}

#[test]
fn a_service_that_is_not_there_is_not_healthy() {
    // Bound and let go: nobody listens there.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{address}/readyz");

    let answer = Installation::new().expect(3, &["healthcheck", "--url", &url]);

    assert!(answer.err.contains(&url), "{}", answer.err);
    Installation::new().expect(2, &["healthcheck", "--url", "https://localhost/readyz"]);
}
