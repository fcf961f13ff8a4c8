//! Unit files of systemd: as much of them as a service of Toast says.

use crate::words::{self, Word};

/// A service, as its unit describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unit {
    /// What runs before, each to its end.
    pub before: Vec<Order>,
    /// What runs; several only of a unit that ends by itself.
    pub start: Vec<Order>,
    /// What makes it read its configuration again.
    pub reload: Vec<Order>,
    /// Variables, in their order.
    pub environment: Vec<(String, String)>,
    /// Files with more variables.
    pub environment_files: Vec<EnvironmentFile>,
    /// Who runs it; root if nobody is named.
    pub user: Option<String>,
    /// With which group; the user's own if none is named.
    pub group: Option<String>,
    /// Where it starts.
    pub working_directory: Option<String>,
    /// Folders that are made for it and given to its user.
    pub folders: Vec<Folder>,
    /// How many files it may open.
    pub open_files: Option<String>,
    /// Mask of new files.
    pub mask: Option<String>,
    /// What its user may do beyond what users may.
    pub capabilities: Vec<String>,
    /// What ends it, without `SIG`.
    pub end_signal: Option<String>,
    /// Thousandths of a second before it is started again.
    pub pause: u64,
    /// Whether it starts with the machine.
    pub at_boot: bool,
    /// Whether it does its work and ends.
    pub one_shot: bool,
}

/// A command of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its words.
    pub words: Vec<Word>,
    /// `-`: its failure is nobody's.
    pub may_fail: bool,
    /// `+`: as root, whoever the service belongs to.
    pub as_root: bool,
}

/// A file of variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentFile {
    /// Where it is.
    pub path: String,
    /// `-`: whether it may be missing.
    pub optional: bool,
}

/// A folder that a service needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Where.
    pub path: String,
    /// Who may do what.
    pub mode: String,
}

/// What systemd waits when a unit names nothing.
const USUAL_PAUSE: u64 = 100;

/// The folders that a unit can ask for, where they are, and which key has their mode.
const FOLDERS: [(&str, &str, &str); 5] = [
    ("RuntimeDirectory", "/run", "RuntimeDirectoryMode"),
    ("StateDirectory", "/var/lib", "StateDirectoryMode"),
    ("CacheDirectory", "/var/cache", "CacheDirectoryMode"),
    ("LogsDirectory", "/var/log", "LogsDirectoryMode"),
    ("ConfigurationDirectory", "/etc", "ConfigurationDirectoryMode"),
];

impl Unit {
    /// Reads a unit file. What only systemd can do (ordering, sandboxing) is passed over.
    pub fn parse(text: &str) -> Result<Self, String> {
        let entries = entries(text)?;
        let mut unit = Self { pause: USUAL_PAUSE, ..Self::default() };
        for (section, key, value) in &entries {
            match section.as_str() {
                "Service" => unit.take(key, value).map_err(|why| format!("{key}={value}: {why}"))?,
                "Install" if key == "WantedBy" => unit.at_boot = !value.is_empty(),
                _ => {}
            }
        }
        unit.folders = folders(&entries)?;
        match unit.start.len() {
            0 => Err("ExecStart= is missing".to_owned()),
            1 => Ok(unit),
            _ if unit.one_shot => Ok(unit),
            _ => Err("only Type=oneshot may have several ExecStart=".to_owned()),
        }
    }

    fn take(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "ExecStart" => add(&mut self.start, value, order),
            "ExecStartPre" => add(&mut self.before, value, order),
            "ExecReload" => add(&mut self.reload, value, order),
            "Environment" => self.add_environment(value),
            "EnvironmentFile" => add(&mut self.environment_files, value, |path| Ok(environment_file(path))),
            "User" => set(&mut self.user, value),
            "Group" => set(&mut self.group, value),
            "WorkingDirectory" => set(&mut self.working_directory, value.trim_start_matches('-')),
            "LimitNOFILE" => set(&mut self.open_files, value.split(':').next().unwrap_or_default()),
            "UMask" => set(&mut self.mask, value),
            "KillSignal" => set(&mut self.end_signal, value.trim_start_matches("SIG")),
            "AmbientCapabilities" => {
                let names = value.split_whitespace();
                self.capabilities
                    .extend(names.map(|name| name.to_ascii_lowercase().trim_start_matches("cap_").to_owned()));
                Ok(())
            }
            "RestartSec" => {
                self.pause = thousandths(value)?;
                Ok(())
            }
            "Type" => {
                self.one_shot = value == "oneshot";
                if value == "forking" { Err("a service has to stay in the foreground".to_owned()) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    fn add_environment(&mut self, value: &str) -> Result<(), String> {
        if value.is_empty() {
            self.environment.clear();
        }
        for word in words::split(value)? {
            let (name, value) = word.split_once('=').ok_or_else(|| format!("{word:?} gives no value"))?;
            self.environment.push((name.to_owned(), value.replace("%%", "%")));
        }
        Ok(())
    }
}

/// `section, key, value` of each line, with continued lines joined.
fn entries(text: &str) -> Result<Vec<(String, String, String)>, String> {
    let mut entries = Vec::new();
    let mut section = String::new();
    let mut pending = String::new();
    for line in text.lines() {
        let line = line.trim();
        // Comments may stand between continued lines and do not end them.
        if line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(begun) = line.strip_suffix('\\') {
            pending.push_str(begun);
            pending.push(' ');
            continue;
        }
        let whole = std::mem::take(&mut pending) + line;
        let whole = whole.trim();
        if let Some(name) = whole.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if !whole.is_empty() {
            let (key, value) =
                whole.split_once('=').ok_or_else(|| format!("{whole:?} is neither section nor setting"))?;
            entries.push((section.clone(), key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    if pending.is_empty() {
        Ok(entries)
    } else {
        Err("the last line is continued, but there is none after it".to_owned())
    }
}

/// An empty value takes back what was said before, as in systemd.
fn add<T>(list: &mut Vec<T>, value: &str, make: impl Fn(&str) -> Result<T, String>) -> Result<(), String> {
    if value.is_empty() {
        list.clear();
        return Ok(());
    }
    list.push(make(value)?);
    Ok(())
}

// One shape for every key of the table above.
#[allow(clippy::unnecessary_wraps)]
fn set(setting: &mut Option<String>, value: &str) -> Result<(), String> {
    *setting = Some(value.to_owned()).filter(|value| !value.is_empty());
    Ok(())
}

fn order(line: &str) -> Result<Order, String> {
    let command = line.trim_start_matches(['-', '+', '!', ':', '@']);
    let signs = line.strip_suffix(command).unwrap_or_default();
    if signs.contains([':', '@']) {
        return Err("the signs : and @ before a command are not known here".to_owned());
    }
    let words = words::command(command)?;
    if words.is_empty() {
        return Err("a command is missing".to_owned());
    }
    Ok(Order { words, may_fail: signs.contains('-'), as_root: signs.contains(['+', '!']) })
}

fn environment_file(value: &str) -> EnvironmentFile {
    let path = value.trim_start_matches('-');
    EnvironmentFile { path: path.to_owned(), optional: path.len() < value.len() }
}

fn folders(entries: &[(String, String, String)]) -> Result<Vec<Folder>, String> {
    let last = |key: &str| {
        let found = entries.iter().rev().find(|(section, name, _)| section == "Service" && name == key);
        found.map(|(_, _, value)| value.clone())
    };
    let mut folders = Vec::new();
    for (key, base, mode_key) in FOLDERS {
        let mode = last(mode_key).unwrap_or_else(|| "0755".to_owned());
        let values = entries.iter().filter(|(section, name, _)| section == "Service" && name == key);
        for (_, _, value) in values {
            for name in words::split(value)? {
                folders.push(Folder { path: format!("{base}/{name}"), mode: mode.clone() });
            }
        }
    }
    Ok(folders)
}

/// `1`, `1s`, `500ms`, `1min 30s`.
fn thousandths(value: &str) -> Result<u64, String> {
    let mut sum = 0;
    for word in value.split_whitespace() {
        let unit = word.trim_start_matches(|one: char| one.is_ascii_digit());
        let number: u64 = word.strip_suffix(unit).unwrap_or_default().parse().map_err(|_| "not a time".to_owned())?;
        let factor = match unit {
            "ms" => 1,
            "" | "s" | "sec" => 1000,
            "m" | "min" => 60_000,
            _ => return Err(format!("{unit:?} is no unit of time known here")),
        };
        sum += number.saturating_mul(factor);
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = r#"
# The server.
[Unit]
Description=Toast
After=network.target

[Service]
User=toast
Group=toast
Environment="A=b c" TOAST_SITE_ROOT=/opt/toast/current/site
Environment=PERCENT=50%%
EnvironmentFile=-/etc/toast/extra.env
EnvironmentFile=/etc/toast/rendered/server.env
WorkingDirectory=/var/lib/toast
RuntimeDirectory=toast toast/server
StateDirectory=toast/cache
StateDirectoryMode=0700
ExecStartPre=-/bin/test -e /x
ExecStartPre=+/bin/mkdir -p "/a b"
ExecStart=/opt/toast/current/bin/toast serve \
    --addr ${ADDR} \
# a comment between
    --more
ExecReload=/bin/kill -HUP $MAINPID
LimitNOFILE=65536:70000
AmbientCapabilities=CAP_NET_BIND_SERVICE
KillSignal=SIGINT
UMask=0027
Restart=always
RestartSec=1s
ProtectSystem=strict

[Install]
WantedBy=multi-user.target
"#;

    #[test]
    fn a_service_is_read_whole() {
        let unit = Unit::parse(SERVER).unwrap();
        assert_eq!(unit.user.as_deref(), Some("toast"));
        assert_eq!(unit.environment[0], ("A".to_owned(), "b c".to_owned()));
        assert_eq!(unit.environment[2], ("PERCENT".to_owned(), "50%".to_owned()));
        assert!(unit.environment_files[0].optional && !unit.environment_files[1].optional);
        assert_eq!(unit.environment_files[0].path, "/etc/toast/extra.env");
        assert_eq!(unit.before.len(), 2);
        assert!(unit.before[0].may_fail && !unit.before[0].as_root);
        assert!(unit.before[1].as_root && !unit.before[1].may_fail);
        let words: Vec<String> = unit.start[0].words.iter().map(Word::for_shell).collect();
        assert_eq!(words.join(" "), r#"'/opt/toast/current/bin/toast' 'serve' '--addr' "${ADDR-}" '--more'"#);
        assert_eq!(unit.reload[0].words[2].for_shell(), "${MAINPID-}");
        assert_eq!(unit.open_files.as_deref(), Some("65536"));
        assert_eq!(unit.capabilities, ["net_bind_service"]);
        assert_eq!(unit.end_signal.as_deref(), Some("INT"));
        assert_eq!(unit.mask.as_deref(), Some("0027"));
        assert_eq!(unit.pause, 1000);
        assert!(unit.at_boot);
        let folders: Vec<(&str, &str)> =
            unit.folders.iter().map(|one| (one.path.as_str(), one.mode.as_str())).collect();
        assert_eq!(folders, [("/run/toast", "0755"), ("/run/toast/server", "0755"), ("/var/lib/toast/cache", "0700")]);
    }

    #[test]
    fn without_an_install_section_it_waits_for_somebody_to_start_it() {
        let unit = Unit::parse("[Service]\nExecStart=/bin/true\n").unwrap();
        assert!(!unit.at_boot);
        assert_eq!(unit.pause, USUAL_PAUSE);
    }

    #[test]
    fn an_empty_value_takes_back() {
        let text = "[Service]\nExecStart=/bin/a\nExecStart=\nExecStart=/bin/b\nEnvironment=A=1\nEnvironment=\n";
        let unit = Unit::parse(text).unwrap();
        assert_eq!(unit.start.len(), 1);
        assert_eq!(unit.start[0].words[0].for_shell(), "'/bin/b'");
        assert!(unit.environment.is_empty());
    }

    #[test]
    fn times_have_units() {
        assert_eq!(thousandths("1min 30s"), Ok(90_000));
        assert_eq!(thousandths("250ms"), Ok(250));
        assert!(thousandths("soon").is_err());
    }

    #[test]
    fn what_cannot_be_done_here_is_told() {
        assert!(Unit::parse("[Service]\n").is_err());
        assert!(Unit::parse("[Service]\nExecStart=/bin/a\nExecStart=/bin/b\n").is_err());
        assert!(Unit::parse("[Service]\nType=forking\nExecStart=/bin/a\n").is_err());
        assert!(Unit::parse("[Service]\nExecStart=/bin/a %i\n").is_err());
        assert!(Unit::parse("[Service]\nExecStart=/bin/a \\").is_err());
        assert!(Unit::parse("[Service]\nnonsense\n").is_err());
    }

    #[test]
    fn work_that_ends_may_have_several_steps() {
        let unit = Unit::parse("[Service]\nType=oneshot\nExecStart=/bin/a\nExecStart=/bin/b\n").unwrap();
        assert!(unit.one_shot);
        assert_eq!(unit.start.len(), 2);
    }
}
