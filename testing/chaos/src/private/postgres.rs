//! A private PostgreSQL: made, started, crashed, followed by a standby, and removed with the one who holds it.

use super::{ensure_done, free_port};
use crate::failure::Failure;
use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};
use testbed::{Signal, process::signal};

/// Where the programs of PostgreSQL are, and below which folder its data may stand.
#[derive(Debug, Clone)]
pub struct Tools {
    bin: PathBuf,
    home: PathBuf,
    password: String,
}

/// A server.
#[derive(Debug)]
pub struct Postgres {
    tools: Tools,
    data: PathBuf,
    /// On the loopback address.
    pub port: u16,
}

impl Tools {
    /// Finds the newest PostgreSQL, or takes the one of `TOAST_POSTGRES_BIN`; makes a folder for what is private.
    pub fn find() -> Result<Self, Failure> {
        let bin = std::env::var_os("TOAST_POSTGRES_BIN").map(PathBuf::from).or_else(newest);
        let bin = bin.ok_or_else(|| Failure::wrong("PostgreSQL", "is not installed; set TOAST_POSTGRES_BIN"))?;
        let name = uuid::Uuid::new_v4().simple().to_string();
        // Not below a temporary folder that is only one user's: PostgreSQL's own user must be able to enter it.
        let home = Path::new("/var/tmp").join(format!("toast-chaos-{}", name.get(..12).unwrap_or("x")));
        fs::create_dir_all(&home).map_err(Failure::system(home.display()))?;
        let tools = Self { bin, home, password: name };
        if is_root() {
            tools.plain("chown", &["postgres", &tools.home.display().to_string()])?;
        }
        Ok(tools)
    }

    /// Whether the extension Citus can be loaded.
    pub fn has_citus(&self) -> bool {
        let library = Command::new(self.bin.join("pg_config")).arg("--pkglibdir").output();
        let folder =
            library.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
        Path::new(&folder).join("citus.so").exists()
    }

    /// The folder of everything private.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The password of `postgres` on every private server.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Makes and starts a server with these settings.
    pub fn server(&self, name: &str, settings: &[&str]) -> Result<Postgres, Failure> {
        let server = Postgres { tools: self.clone(), data: self.home.join(name), port: free_port()? };
        let password = self.home.join(format!("{name}.password"));
        fs::write(&password, &self.password).map_err(Failure::system(password.display()))?;
        if is_root() {
            self.plain("chown", &["postgres", &password.display().to_string()])?;
        }
        // In the clear, on the loopback address only: a server built for debugging takes a second for each challenge.
        let pwfile = format!("--pwfile={}", password.display());
        let data = server.data.display().to_string();
        let initdb = ["--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=password", &pwfile];
        self.run("initdb", &[&initdb[..], &["--pgdata", &data, "--no-sync"]].concat())?;
        server.write_settings(settings)?;
        server.start()?;
        Ok(server)
    }

    /// Makes and starts a standby that follows a server under a name.
    pub fn standby(&self, name: &str, of: &Postgres, settings: &[&str]) -> Result<Postgres, Failure> {
        let standby = Postgres { tools: self.clone(), data: self.home.join(name), port: free_port()? };
        let _ = fs::remove_dir_all(&standby.data);
        let source = format!("{} application_name={name}", of.conninfo());
        let data = standby.data.display().to_string();
        let arguments = ["--pgdata", &data, "--dbname", &source, "--write-recovery-conf", "--checkpoint=fast"];
        self.run("pg_basebackup", &arguments)?;
        standby.write_settings(settings)?;
        standby.start()?;
        Ok(standby)
    }

    /// Runs a program of PostgreSQL as the user that it runs as.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), Failure> {
        let log = self.home.join(format!("{program}.out"));
        let mut command = as_postgres(&self.bin.join(program));
        command.args(arguments).env("PGPASSFILE", self.home.join("passwords")).current_dir("/").stdin(Stdio::null());
        // A server that is started keeps what it was given: a pipe would never end.
        let out = fs::File::create(&log).map_err(Failure::system(log.display()))?;
        let error = out.try_clone().map_err(Failure::system(log.display()))?;
        let status = command.stdout(out).stderr(error).status().map_err(Failure::system(program))?;
        let said = fs::read(&log).unwrap_or_default();
        ensure_done(program, &std::process::Output { status, stdout: said, stderr: Vec::new() })
    }

    fn plain(&self, program: &str, arguments: &[&str]) -> Result<(), Failure> {
        let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
        ensure_done(program, &output.map_err(Failure::system(format!("{program} in {}", self.home.display())))?)
    }

    /// Removes everything private; its servers must have gone before.
    pub fn remove(&self) {
        let _ = fs::remove_dir_all(&self.home);
    }
}

impl Postgres {
    fn write_settings(&self, settings: &[&str]) -> Result<(), Failure> {
        let file = self.data.join("toast.conf");
        let mut lines = vec![
            format!("port = {}", self.port),
            "listen_addresses = '127.0.0.1'".to_owned(),
            "unix_socket_directories = ''".to_owned(),
            "max_connections = 200".to_owned(),
            "timezone = 'UTC'".to_owned(),
            "shared_buffers = 32MB".to_owned(),
            "max_wal_size = 2GB".to_owned(),
        ];
        lines.extend(settings.iter().map(|setting| (*setting).to_owned()));
        fs::write(&file, lines.join("\n") + "\n").map_err(Failure::system(file.display()))?;
        let main = self.data.join("postgresql.conf");
        let mut text = fs::read_to_string(&main).map_err(Failure::system(main.display()))?;
        if !text.contains("toast.conf") {
            text.push_str("include 'toast.conf'\n");
            fs::write(&main, text).map_err(Failure::system(main.display()))?;
        }
        if is_root() {
            self.tools.plain("chown", &["postgres", &file.display().to_string(), &main.display().to_string()])?;
        }
        Ok(())
    }

    /// A copy of a server that is stopped, started with these settings.
    pub fn copy(&self, name: &str, settings: &[&str]) -> Result<Self, Failure> {
        let copy = Self { tools: self.tools.clone(), data: self.tools.home.join(name), port: free_port()? };
        let _ = fs::remove_dir_all(&copy.data);
        self.tools.plain("cp", &["-a", &self.data.display().to_string(), &copy.data.display().to_string()])?;
        copy.write_settings(settings)?;
        copy.start()?;
        Ok(copy)
    }

    /// Starts it, also after a crash.
    pub fn start(&self) -> Result<(), Failure> {
        let data = self.data.display().to_string();
        let log = self.data.with_extension("log").display().to_string();
        let arguments = ["start", "--wait", "--timeout=60", "--silent", "--pgdata", &data, "--log", &log];
        self.tools.run("pg_ctl", &arguments).map_err(|failure| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            let last: Vec<_> = said.lines().rev().take(6).collect();
            Failure::wrong(format!("{failure}"), last.join("\n"))
        })
    }

    /// Ends it and waits.
    pub fn stop(&self) -> Result<(), Failure> {
        let data = self.data.display().to_string();
        self.tools.run("pg_ctl", &["stop", "--mode=fast", "--wait", "--timeout=60", "--silent", "--pgdata", &data])
    }

    /// Makes a standby lead.
    pub fn promote(&self) -> Result<(), Failure> {
        let data = self.data.display().to_string();
        self.tools.run("pg_ctl", &["promote", "--wait", "--timeout=60", "--silent", "--pgdata", &data])
    }

    /// Loses it as a machine is lost: nothing of it does anything any more, and what was not on disk is gone.
    pub fn crash(&self) -> Result<(), Failure> {
        // The parent is stopped before its children are counted, so that none is born meanwhile; all are stopped before any
        // ends, so that no child notices its parent's death and tidies up. One may have ended by itself.
        signal(Signal::Stop, self.processes().first().copied())?;
        let pids = self.processes();
        signal(Signal::Stop, pids.iter().copied())?;
        signal(Signal::Kill, pids.iter().copied())?;
        for _ in 0..100 {
            if pids.iter().all(|pid| !is_alive(*pid)) {
                // The dead may still be listed where nobody collects them, and PostgreSQL would believe the list.
                let file = self.data.join("postmaster.pid");
                return fs::remove_file(&file).map_err(Failure::system(file.display()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(Failure::wrong("a crashed PostgreSQL", "does not end"))
    }

    /// Stops or wakes those of its processes whose title holds a word.
    pub fn signal(&self, signal: &str, title: &str) -> Result<usize, Failure> {
        let holds = |pid: &&u32| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(title)
        };
        let pids: Vec<_> = self.processes().iter().filter(holds).map(u32::to_string).collect();
        let words: Vec<_> = pids.iter().map(String::as_str).collect();
        if !words.is_empty() {
            self.tools.plain("kill", &[&[signal][..], &words].concat())?;
        }
        Ok(words.len())
    }

    /// The first process and its children.
    fn processes(&self) -> Vec<u32> {
        let file = fs::read_to_string(self.data.join("postmaster.pid")).unwrap_or_default();
        let Some(first) = file.lines().next().and_then(|line| line.trim().parse::<u32>().ok()) else {
            return Vec::new();
        };
        let children = fs::read_to_string(format!("/proc/{first}/task/{first}/children")).unwrap_or_default();
        std::iter::once(first).chain(children.split_whitespace().filter_map(|pid| pid.parse().ok())).collect()
    }

    /// Its address for one database.
    pub fn url(&self, database: &str) -> String {
        self.url_at(self.port, database)
    }

    /// The same behind another port.
    pub fn url_at(&self, port: u16, database: &str) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{port}/{database}", self.tools.password)
    }

    fn conninfo(&self) -> String {
        format!("host=127.0.0.1 port={} user=postgres password={}", self.port, self.tools.password)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if !self.processes().is_empty() {
            let data = self.data.display().to_string();
            let stopped = self.tools.run("pg_ctl", &["stop", "--mode=immediate", "--silent", "--pgdata", &data]);
            if stopped.is_err() {
                let _ = self.crash();
            }
        }
    }
}

fn as_postgres(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Zombies count as gone.
fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().next());
    state.is_some_and(|state| state != "Z")
}

fn newest() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let folders = versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    let (_, newest) = folders.max_by_key(|(version, _)| *version)?;
    Some(newest.join("bin"))
}
