//! Services of a node: each unit becomes a folder that runit keeps running.

use crate::{
    error::WorldError,
    program::{program, run},
    script,
    unit::Unit,
};
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

/// Where the logs of a node's services are, inside it.
pub const LOGS: &str = "/var/log/toast";

/// A log is turned at a megabyte, and two old ones are kept.
const LOG_SIZE: &str = "s1000000\nn3\n";

/// Makes a folder for each unit, inside a node. Answers the names of the services.
pub fn write_services(units: &Path, services: &Path) -> Result<Vec<String>, WorldError> {
    let mut names = Vec::new();
    let mut users = BTreeSet::new();
    for entry in fs::read_dir(units).map_err(WorldError::file(units))?.flatten() {
        let path = entry.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".service")) else { continue };
        let text = fs::read_to_string(&path).map_err(WorldError::file(&path))?;
        let unit = Unit::parse(&text).map_err(|why| WorldError::Unit { unit: path.display().to_string(), why })?;
        write_service(name, &unit, &services.join(name))?;
        users.extend(unit.user);
        names.push(name.to_owned());
    }
    users.iter().try_for_each(|user| make_user(user))?;
    names.sort();
    Ok(names)
}

fn write_service(name: &str, unit: &Unit, folder: &Path) -> Result<(), WorldError> {
    make_folder(&folder.join("log"))?;
    make_folder(&folder.join("control"))?;
    write_program(&folder.join("run"), &script::run(unit))?;
    write_program(&folder.join("finish"), &script::finish(unit))?;
    for (file, text) in [("control/h", script::reload(unit)), ("control/t", script::end(unit))] {
        if let Some(text) = text {
            write_program(&folder.join(file), &text)?;
        }
    }
    if !unit.at_boot {
        write(&folder.join("down"), "")?;
    }
    write_log(name, folder)
}

fn write_log(name: &str, folder: &Path) -> Result<(), WorldError> {
    let logs = Path::new(LOGS);
    let log = logs.join(name);
    make_folder(&log)?;
    write(&log.join("config"), LOG_SIZE)?;
    write_program(&folder.join("log/run"), &format!("#!/bin/sh\nexec svlogd -tt {LOGS}/{name}\n"))?;
    let link = logs.join(format!("{name}.log"));
    if link.symlink_metadata().is_ok() {
        return Ok(());
    }
    symlink(format!("{name}/current"), &link).map_err(WorldError::file(&link))
}

fn make_user(user: &str) -> Result<(), WorldError> {
    if run(&mut program("getent", ["passwd", user])).is_ok() {
        return Ok(());
    }
    let mut command = program("useradd", ["--system", "--user-group", "--no-create-home"]);
    run(command.args(["--home-dir", "/var/lib/toast", "--shell", "/usr/sbin/nologin", user])).map(drop)
}

fn make_folder(path: &Path) -> Result<(), WorldError> {
    fs::create_dir_all(path).map_err(WorldError::file(path))
}

fn write(path: &Path, text: &str) -> Result<(), WorldError> {
    fs::write(path, text).map_err(WorldError::file(path))
}

fn write_program(path: &Path, text: &str) -> Result<(), WorldError> {
    write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(WorldError::file(path))
}
