//! A temporary PostgreSQL for one test, which may be stopped and paused.

use crate::paused_process::{PausedProcess, signal};
use std::{
    fs,
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use uuid::Uuid;

pub struct TempPostgres {
    folder: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl TempPostgres {
    /// Creates and starts one.
    pub fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("toast-outage-{}", Uuid::new_v4().simple()));
        let mut postgres = Self { folder, port: free_port(), process: None };
        let arguments = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        let made = program("initdb").arg("-D").arg(&postgres.folder).args(arguments).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        postgres.run();
        postgres
    }

    /// Starts it again.
    pub fn run(&mut self) {
        let settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "timezone=UTC"];
        let mut command = program("postgres");
        command.arg("-D").arg(&self.folder).arg("-p").arg(self.port.to_string());
        for setting in settings {
            command.arg("-c").arg(setting);
        }
        self.process = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let begun = Instant::now();
        let ready = || program("pg_isready").args(["-h", "127.0.0.1", "-p", &self.port.to_string()]).output();
        while !ready().unwrap().status.success() {
            assert!(begun.elapsed() < Duration::from_mins(1), "PostgreSQL did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops it, and with it every connection.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            signal("INT", &[process.id()]);
            process.wait().unwrap();
        }
    }

    /// Pauses it.
    pub fn pause(&self) -> PausedProcess {
        PausedProcess::server(self.process.as_ref().unwrap().id())
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for TempPostgres {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            signal("CONT", &[process.id()]);
            signal("QUIT", &[process.id()]);
            drop(process.wait());
        }
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Below the range of ephemeral ports, since it is stopped and started again.
fn free_port() -> u16 {
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    std::iter::repeat_with(|| rand::random_range(20_000..32_000)).find(is_free).unwrap()
}

/// One of PostgreSQL's programs, as the user `postgres` when this process is root, as which PostgreSQL rejects to
/// run.
fn program(name: &str) -> Command {
    let mut command = Command::new(folder_of_programs().join(name));
    if let (Some(0), Some(user), Some(group)) = (id(&["-u"]), id(&["-u", "postgres"]), id(&["-g", "postgres"])) {
        command.uid(user).gid(group).current_dir("/");
    }
    command
}

fn id(arguments: &[&str]) -> Option<u32> {
    let answer = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8_lossy(&answer.stdout).trim().parse().ok()
}

/// `TOAST_POSTGRES_BIN`, else the newest version of Debian's packages, else `pg_config`.
fn folder_of_programs() -> PathBuf {
    if let Ok(folder) = std::env::var("TOAST_POSTGRES_BIN") {
        return folder.into();
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).max();
    if let Some(version) = newest {
        return Path::new("/usr/lib/postgresql").join(version.to_string()).join("bin");
    }
    let answer = Command::new("pg_config").arg("--bindir").output().expect("PostgreSQL is installed");
    String::from_utf8_lossy(&answer.stdout).trim().into()
}
