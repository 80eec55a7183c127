//! The real program, on a data directory and a database of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::TestDatabase;

/// An installation that only the real program touches.
pub struct Installation {
    /// Everything the test writes; the data directory is inside.
    pub folder: TempDir,
    pub database: TestDatabase,
}

/// The program on that data directory and database, with nothing of the environment's configuration.
pub fn program(data: &Path, database: &TestDatabase) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attestry"));
    for (key, _) in std::env::vars_os().filter(|(k, _)| k.to_string_lossy().starts_with("ATTESTRY_")) {
        command.env_remove(key);
    }
    command.env("ATTESTRY_DATA", data).env("NO_COLOR", "1").stdin(Stdio::null());
    if let Some(url) = database.url() {
        command.env("ATTESTRY_DATABASE_URL", url);
    }
    command
}

/// `attestry serve` as an operating-system process of its own; killed when dropped.
pub struct Service {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Service {
    /// Starts the service on a free port and waits until it listens.
    pub fn start(mut program: Command) -> Self {
        program.env("ATTESTRY_LISTEN", "127.0.0.1:0").arg("serve").stdout(Stdio::null());
        let mut child = program.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the service ended before it listened").unwrap();
            if let Some((_, address)) = line.split_once("listening on http://") {
                break address.trim().parse().unwrap();
            }
        };
        // a full pipe would stop the service
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// How a command ended and what it printed.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Installation {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: TestDatabase::new() }
    }

    /// The data directory; it is not there before the first command.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a file beside the data directory and gives its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The program with these arguments, in this folder.
    pub fn command<A: AsRef<std::ffi::OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = program(&self.data(), &self.database);
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// Runs the program to its end.
    pub fn run<A: AsRef<std::ffi::OsStr>>(&self, arguments: &[A]) -> Answer {
        Answer::of(&mut self.command(arguments))
    }

    /// Runs the program, which must end with that code.
    pub fn expect<A: AsRef<std::ffi::OsStr>>(&self, code: i32, arguments: &[A]) -> Answer {
        let answer = self.run(arguments);
        let shown: Vec<_> = arguments.iter().map(|a| a.as_ref().to_string_lossy()).collect();
        assert_eq!(answer.code, code, "attestry {}\n{}\n{}", shown.join(" "), answer.out, answer.err);
        answer
    }

    /// Imports one file with `--json` and gives its receipt; the exit code must be that.
    pub fn import(&self, code: i32, file: &Path, more: &[&str]) -> Value {
        let mut arguments = vec!["import", "--json", file.to_str().unwrap()];
        arguments.extend(more);
        let mut documents = self.expect(code, &arguments).json_lines();
        assert_eq!(documents.len(), 1, "{documents:?}");
        documents.remove(0)
    }

    /// The file a blob lies in.
    pub fn blob(&self, sha256: &str) -> PathBuf {
        self.data().join("blobs/sha256").join(&sha256[..2]).join(&sha256[2..])
    }
}

impl Answer {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Standard output as JSON, one document a line and nothing else.
    pub fn json_lines(&self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        self.out.lines().map(read).collect()
    }

    /// Standard output as one JSON document and nothing else.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}
