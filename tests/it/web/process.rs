//! `attestry serve` as a process: its log, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crate::support::{Installation, get};

/// A process that does not outlive its test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

struct Service {
    process: Process,
    log: BufReader<std::process::ChildStderr>,
    address: SocketAddr,
    seen: String,
}

impl Service {
    fn start(installation: &Installation, arguments: &[&str]) -> Self {
        let mut command = installation.command(arguments);
        command.env("ATTESTRY_LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = Process(command.spawn().unwrap());
        let mut log = BufReader::new(process.0.stderr.take().unwrap());
        let mut seen = String::new();
        loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "the service ended: {seen}");
            seen.push_str(&line);
            if let Some((_, address)) = line.trim().split_once("listening on http://") {
                let address = address.parse().unwrap();
                return Self { process, log, address, seen };
            }
        }
    }

    /// Asks it to stop; gives its exit code and everything it logged.
    fn stop(mut self) -> (i32, String) {
        let stopped =
            Command::new("kill").args(["-TERM", &self.process.0.id().to_string()]).status().unwrap();
        assert!(stopped.success());
        self.log.read_to_string(&mut self.seen).unwrap();
        (self.process.0.wait().unwrap().code().unwrap_or(-1), self.seen)
    }
}

#[tokio::test]
async fn the_log_has_the_route_but_never_the_query() {
    let installation = Installation::new();
    let service = Service::start(&installation, &["serve", "-vv"]);

    get(service.address, "/?token=open-sesame").await;
    get(service.address, "/nowhere?password=open-sesame").await;
    let (code, log) = service.stop();

    assert_eq!(code, 0, "{log}");
    assert!(log.contains("GET / answered 401"), "{log}");
    assert!(!log.contains("open-sesame"), "{log}");
}

#[tokio::test]
async fn a_service_that_is_asked_to_stop_ends_with_0_and_leaves_everything_whole() {
    let installation = Installation::new();
    let service = Service::start(&installation, &["serve"]);
    assert_eq!(get(service.address, "/readyz").await.status, 200);

    let (code, log) = service.stop();

    assert_eq!(code, 0, "{log}");
    installation.expect(0, &["ledger", "verify"]);
}

#[tokio::test]
async fn a_service_logs_json_when_it_is_asked_to() {
    let installation = Installation::new();
    let config = installation.write("attestry.toml", "[log]\nformat = \"json\"\nfilter = \"debug\"\n");
    let service = Service::start(&installation, &["--config", config.to_str().unwrap(), "serve"]);
    get(service.address, "/healthz").await;

    let (code, log) = service.stop();

    assert_eq!(code, 0);
    let lines = log.lines().filter(|l| !l.starts_with("listening on ") && !l.starts_with("open "));
    let mut count = 0;
    for line in lines {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        count += 1;
    }
    assert!(count > 0);
}
