//! Shell scripts that do what systemd would do around a service.

use crate::{
    unit::{EnvironmentFile, Order, Unit},
    words::{Word, quoted},
};
use std::fmt::Write as _;

/// Reads a file of variables as systemd does: the value is what stands there, and no shell looks at it.
pub const READ_VARIABLES: &str = r#"read_variables() {
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in '' | '#'* | ';'*) continue ;; *=*) ;; *) continue ;; esac
        value=${line#*=}
        case $value in
        \"*\") value=${value#\"} value=${value%\"} ;;
        \'*\') value=${value#\'} value=${value%\'} ;;
        esac
        export "${line%%=*}=$value"
    done <"$1"
}
"#;

/// What runs a service: `run` in its folder.
pub fn run(unit: &Unit) -> String {
    let mut text = String::from("#!/bin/sh\nexec 2>&1\nset -euf\n");
    prepare(unit, &mut text);
    for order in &unit.before {
        let _ = writeln!(text, "{}{}", command(unit, order), if order.may_fail { " || true" } else { "" });
    }
    match unit.start.as_slice() {
        [only] if !unit.one_shot => {
            let _ = writeln!(text, "exec {}", command(unit, only));
        }
        steps => {
            for order in steps {
                let _ = writeln!(text, "{}", command(unit, order));
            }
            text.push_str("exec sleep infinity\n");
        }
    }
    text
}

/// What runs after it has ended: a pause, unless it is to stay down.
pub fn finish(unit: &Unit) -> String {
    format!(
        "#!/bin/sh\ncase $(cat supervise/stat) in *'want down'*) ;; *) exec sleep {}.{:03} ;; esac\n",
        unit.pause / 1000,
        unit.pause % 1000
    )
}

/// What makes it read its configuration again, where a signal alone does not: `control/h`.
pub fn reload(unit: &Unit) -> Option<String> {
    if unit.reload.is_empty() {
        return None;
    }
    let mut text = String::from("#!/bin/sh\nset -euf\nMAINPID=$(cat supervise/pid)\nexport MAINPID\n");
    prepare(unit, &mut text);
    for order in &unit.reload {
        let _ = writeln!(text, "{}", command(unit, order));
    }
    Some(text)
}

/// What ends it, where it is not SIGTERM: `control/t`.
pub fn end(unit: &Unit) -> Option<String> {
    let signal = unit.end_signal.as_deref().filter(|signal| *signal != "TERM")?;
    Some(format!("#!/bin/sh\nexec kill -s {} -- \"$(cat supervise/pid)\"\n", quoted(signal)))
}

/// Runs a command with the variables of a file.
pub fn with_variables(file: &str, words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("set -euf\n{READ_VARIABLES}read_variables {}\nexec {}\n", quoted(file), words.join(" "))
}

fn prepare(unit: &Unit, text: &mut String) {
    match unit.open_files.as_deref() {
        Some("infinity") => text.push_str("ulimit -n \"$(ulimit -Hn)\"\n"),
        Some(number) => {
            // Where the host itself may not open that many, as many as it may.
            let _ = writeln!(text, "ulimit -n {} 2>/dev/null || ulimit -n \"$(ulimit -Hn)\"", quoted(number));
        }
        None => {}
    }
    make_folders(unit, text);
    if let Some(mask) = &unit.mask {
        let _ = writeln!(text, "umask {}", quoted(mask));
    }
    if let Some(user) = &unit.user {
        let user = quoted(user);
        let _ = writeln!(text, "HOME=$(getent passwd {user} | cut -d: -f6) USER={user} LOGNAME={user}");
        text.push_str("export HOME USER LOGNAME\n");
    }
    for (name, value) in &unit.environment {
        let _ = writeln!(text, "export {name}={}", quoted(value));
    }
    if !unit.environment_files.is_empty() {
        text.push_str(READ_VARIABLES);
    }
    for EnvironmentFile { path, optional } in &unit.environment_files {
        let path = quoted(path);
        let _ = match optional {
            true => writeln!(text, "if [ -e {path} ]; then read_variables {path}; fi"),
            false => writeln!(text, "read_variables {path}"),
        };
    }
    if let Some(folder) = &unit.working_directory {
        let _ = writeln!(text, "cd {}", quoted(folder));
    }
}

fn make_folders(unit: &Unit, text: &mut String) {
    let user = unit.user.as_deref().unwrap_or("root");
    // With nothing after the colon, chown takes the user's own group.
    let owner = quoted(&format!("{user}:{}", unit.group.as_deref().unwrap_or_default()));
    for folder in &unit.folders {
        let (path, mode) = (quoted(&folder.path), quoted(&folder.mode));
        let _ = writeln!(text, "mkdir -p {path}\nchown {owner} {path}\nchmod {mode} {path}");
    }
}

fn command(unit: &Unit, order: &Order) -> String {
    let words: Vec<String> = order.words.iter().map(Word::for_shell).collect();
    let words = words.join(" ");
    if order.as_root { words } else { format!("{}{words}", identity(unit)) }
}

fn identity(unit: &Unit) -> String {
    let Some(user) = &unit.user else {
        return String::new();
    };
    let reach = unit.capabilities.iter().map(|name| format!("+{name}")).collect::<Vec<_>>().join(",");
    let reach = if reach.is_empty() { reach } else { format!("--inh-caps={reach} --ambient-caps={reach} ") };
    let group = unit.group.as_ref().map_or_else(|| format!("\"$(id -g {})\"", quoted(user)), |group| quoted(group));
    format!("setpriv --reuid={} --regid={group} --init-groups {reach}-- ", quoted(user))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn unit(service: &str) -> Unit {
        Unit::parse(&format!("[Service]\n{service}")).unwrap()
    }

    #[test]
    fn a_run_script_ends_by_becoming_the_service() {
        let text = run(&unit("User=a\nGroup=b\nExecStartPre=-/bin/x\nExecStart=/bin/y z\nRestartSec=1s"));
        assert!(text.contains("setpriv --reuid='a' --regid='b' --init-groups -- '/bin/x' || true\n"));
        assert!(text.ends_with("exec setpriv --reuid='a' --regid='b' --init-groups -- '/bin/y' 'z'\n"));
    }

    #[test]
    fn root_needs_no_change_of_identity() {
        assert!(run(&unit("ExecStart=/bin/y")).ends_with("\nexec '/bin/y'\n"));
    }

    #[test]
    fn the_pause_is_in_seconds() {
        assert!(finish(&unit("ExecStart=/bin/y\nRestartSec=1500ms")).contains("sleep 1.500"));
    }

    #[test]
    fn only_an_unusual_end_needs_a_script() {
        assert_eq!(end(&unit("ExecStart=/bin/y\nKillSignal=SIGTERM")), None);
        assert!(end(&unit("ExecStart=/bin/y\nKillSignal=SIGQUIT")).unwrap().contains("-s 'QUIT'"));
    }

    #[test]
    fn a_shell_runs_the_script_as_systemd_would() {
        let folder = std::env::temp_dir().join(format!("toast-testbed-script-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("variables");
        std::fs::write(&file, "# comment\nA=$HOME & `x`\nB=\"two words\"\nC=a=b\n\nlast='1'").unwrap();
        let text = format!(
            "EnvironmentFile={0}\nEnvironmentFile=-{0}-missing\nWorkingDirectory={1}\n\
             ExecStart=/usr/bin/printf %%s|%%s|%%s|%%s|%%s ${{A}} ${{B}} ${{C}} ${{last}} x${{NONE}}y",
            file.display(),
            folder.display()
        );
        let output = Command::new("sh").args(["-c", &run(&unit(&text))]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "$HOME & `x`|two words|a=b|1|xy");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_command_finds_the_variables_of_a_file() {
        let file = std::env::temp_dir().join(format!("toast-testbed-variables-{}", std::process::id()));
        std::fs::write(&file, "A=b c\n").unwrap();
        let text = with_variables(&file.display().to_string(), &["sh", "-c", "printf '[%s]' \"$A\""]);
        let output = Command::new("sh").args(["-c", &text]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "[b c]");
        std::fs::remove_file(file).unwrap();
    }
}
