//! Temporary PostgreSQL servers: created, paused, crashed, replicated to a standby, and removed with their last owner.

mod faults;

use crate::{
    Error,
    ports::free_port,
    process::{last_lines, require_success},
};
use sqlx::postgres::PgConnectOptions;
use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Arc,
};

/// PostgreSQL's programs, and the folder for the data of temporary servers; it is removed with the last clone and server.
#[derive(Debug, Clone)]
pub struct PostgresTools(Arc<Installation>);

#[derive(Debug)]
struct Installation {
    bin: PathBuf,
    folder: PathBuf,
    password: String,
}

impl Drop for Installation {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A server on the loopback address; it is stopped when dropped.
#[derive(Debug)]
pub struct TempPostgres {
    tools: PostgresTools,
    data: PathBuf,
    pub port: u16,
}

impl PostgresTools {
    /// Uses `TOAST_POSTGRES_BIN`, else the newest version below `/usr/lib/postgresql`.
    pub fn find() -> Result<Self, Error> {
        let bin = std::env::var_os("TOAST_POSTGRES_BIN").map(PathBuf::from).or_else(newest);
        let bin = bin.ok_or_else(|| Error::failed("PostgreSQL", "is not installed; set TOAST_POSTGRES_BIN"))?;
        let password = uuid::Uuid::new_v4().simple().to_string();
        // Not below $TMPDIR, which may be private to one user: the user `postgres` must be able to enter it.
        let folder = Path::new("/var/tmp").join(format!("toast-test-{}", password.get(..12).unwrap_or("x")));
        fs::create_dir_all(&folder).map_err(Error::io(folder.display()))?;
        let tools = Self(Arc::new(Installation { bin, folder, password }));
        give_to_postgres(&[tools.folder()])?;
        Ok(tools)
    }

    /// Whether the extension Citus is installed.
    pub fn has_citus(&self) -> bool {
        let library = Command::new(self.0.bin.join("pg_config")).arg("--pkglibdir").output();
        let folder =
            library.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
        Path::new(&folder).join("citus.so").exists()
    }

    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// Password of the user `postgres` on every temporary server.
    pub fn password(&self) -> &str {
        &self.0.password
    }

    /// Where libpq finds [`Self::password`] when servers connect to each other.
    pub(crate) fn passwords(&self) -> PathBuf {
        self.folder().join("passwords")
    }

    /// Creates and starts a server with these lines of `postgresql.conf`.
    pub fn server(&self, name: &str, settings: &[&str]) -> Result<TempPostgres, Error> {
        let server = self.unstarted(name)?;
        let password = self.folder().join(format!("{name}.password"));
        fs::write(&password, self.password()).map_err(Error::io(password.display()))?;
        give_to_postgres(&[&password])?;
        // Plaintext passwords on the loopback address: SCRAM takes a debug build of the client a second.
        let pwfile = format!("--pwfile={}", password.display());
        let data = server.data();
        let initdb = ["--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=password", &pwfile];
        self.run("initdb", &[&initdb[..], &["--pgdata", &data, "--no-sync"]].concat())?;
        server.start_with(settings)
    }

    /// Creates and starts a standby of a server; `name` is also its `application_name`.
    pub fn standby(&self, name: &str, primary: &TempPostgres, settings: &[&str]) -> Result<TempPostgres, Error> {
        let standby = self.unstarted(name)?;
        let source = format!(
            "host=127.0.0.1 port={} user=postgres password={} application_name={name}",
            primary.port,
            self.password()
        );
        let arguments =
            ["--pgdata", &standby.data(), "--dbname", &source, "--write-recovery-conf", "--checkpoint=fast"];
        self.run("pg_basebackup", &arguments)?;
        standby.start_with(settings)
    }

    fn unstarted(&self, name: &str) -> Result<TempPostgres, Error> {
        let data = self.folder().join(name);
        let _ = fs::remove_dir_all(&data);
        Ok(TempPostgres { tools: self.clone(), data, port: free_port()? })
    }

    /// Runs a program of PostgreSQL as the user `postgres`, or as this user when that is not root.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), Error> {
        let log = self.folder().join(format!("{program}.out"));
        let mut command = as_postgres(&self.0.bin.join(program));
        command.args(arguments).env("PGPASSFILE", self.passwords()).current_dir("/").stdin(Stdio::null());
        // Not a pipe: the server that pg_ctl starts inherits it and would keep it open.
        let out = fs::File::create(&log).map_err(Error::io(log.display()))?;
        let error = out.try_clone().map_err(Error::io(log.display()))?;
        let status = command.stdout(out).stderr(error).status().map_err(Error::io(program))?;
        let stdout = fs::read(&log).unwrap_or_default();
        require_success(program, &Output { status, stdout, stderr: Vec::new() })
    }
}

impl TempPostgres {
    fn data(&self) -> String {
        self.data.display().to_string()
    }

    /// Takes another port when a process took this one after it was chosen.
    fn start_with(mut self, settings: &[&str]) -> Result<Self, Error> {
        let mut attempts = 5;
        loop {
            attempts -= 1;
            self.configure(settings)?;
            match self.start() {
                Err(error) if attempts > 0 && error.to_string().contains("Address already in use") => {
                    self.port = free_port()?;
                }
                outcome => return outcome.map(|()| self),
            }
        }
    }

    fn configure(&self, settings: &[&str]) -> Result<(), Error> {
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
        fs::write(&file, lines.join("\n") + "\n").map_err(Error::io(file.display()))?;
        let main = self.data.join("postgresql.conf");
        let mut text = fs::read_to_string(&main).map_err(Error::io(main.display()))?;
        if !text.contains("toast.conf") {
            text.push_str("include 'toast.conf'\n");
            fs::write(&main, text).map_err(Error::io(main.display()))?;
        }
        give_to_postgres(&[&file, &main])
    }

    /// A copy of this server, which must be stopped, started with these settings.
    pub fn copy(&self, name: &str, settings: &[&str]) -> Result<Self, Error> {
        let copy = self.tools.unstarted(name)?;
        let output = Command::new("cp").arg("-a").args([&self.data, &copy.data]).stdin(Stdio::null()).output();
        require_success("cp", &output.map_err(Error::io("cp"))?)?;
        copy.start_with(settings)
    }

    /// Starts it after [`Self::stop`] or [`Self::crash`].
    pub fn start(&self) -> Result<(), Error> {
        let log = self.data.with_extension("log").display().to_string();
        self.control(&["start", "--wait", "--timeout=60", "--log", &log]).map_err(|error| {
            let text = fs::read_to_string(&log).unwrap_or_default();
            Error::failed(error, last_lines(&text, 6))
        })
    }

    pub fn stop(&self) -> Result<(), Error> {
        self.control(&["stop", "--mode=fast", "--wait", "--timeout=60"])
    }

    pub fn promote(&self) -> Result<(), Error> {
        self.control(&["promote", "--wait", "--timeout=60"])
    }

    fn control(&self, arguments: &[&str]) -> Result<(), Error> {
        self.tools.run("pg_ctl", &[arguments, &["--silent", "--pgdata", &self.data()]].concat())
    }

    fn postmaster(&self) -> Option<u32> {
        let file = fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        file.lines().next()?.trim().parse().ok()
    }

    pub fn url(&self, database: &str) -> String {
        self.url_at(self.port, database)
    }

    pub fn options(&self, database: &str) -> Result<PgConnectOptions, Error> {
        self.url(database).parse().map_err(Error::database("the database's URL"))
    }

    /// The URL through a proxy on another port.
    pub fn url_at(&self, port: u16, database: &str) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{port}/{database}", self.tools.password())
    }
}

impl Drop for TempPostgres {
    fn drop(&mut self) {
        if self.postmaster().is_some() && self.control(&["stop", "--mode=immediate"]).is_err() {
            let _ = self.crash();
        }
    }
}

/// Does nothing unless this process is root: only then servers run as another user.
pub(crate) fn give_to_postgres(paths: &[&Path]) -> Result<(), Error> {
    if !is_root() {
        return Ok(());
    }
    let output = Command::new("chown").arg("postgres").args(paths).stdin(Stdio::null()).output();
    require_success("chown", &output.map_err(Error::io("chown"))?)
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

fn newest() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let folders = versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    let (_, newest) = folders.max_by_key(|(version, _)| *version)?;
    Some(newest.join("bin"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::databases::execute_at;

    #[tokio::test]
    async fn a_crashed_server_starts_again_and_its_folder_is_removed_at_the_end() {
        let tools = PostgresTools::find().unwrap();
        let folder = tools.folder().to_owned();
        let server = tools.server("one", &["synchronous_commit = on"]).unwrap();
        drop(tools);
        execute_at(&server.url("postgres"), "CREATE TABLE kept AS SELECT 1").await.unwrap();
        server.crash().unwrap();
        assert!(execute_at(&server.url("postgres"), "SELECT 1").await.is_err());
        server.start().unwrap();
        execute_at(&server.url("postgres"), "SELECT * FROM kept").await.unwrap();
        drop(server);
        assert!(!folder.exists());
    }
}
