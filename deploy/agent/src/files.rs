//! Atomic writes of files with owner and mode.

use crate::error::AgentError;
use std::{
    fs,
    io::Write,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

/// Replaces a file by a rename; the old content stays until the new one is synced to disk.
pub fn replace(path: &Path, text: &str, mode: u32, owner: Option<&str>) -> Result<(), AgentError> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(directory).map_err(AgentError::file(directory))?;
    let temporary = path.with_extension("new");
    write_synced(&temporary, text).map_err(AgentError::file(&temporary))?;
    set_access(&temporary, mode, owner)?;
    fs::rename(&temporary, path).map_err(AgentError::file(path))
}

fn write_synced(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Creates a directory of root with a mode, or gives an existing one that mode.
pub fn create_directory(path: &Path, mode: u32) -> Result<(), AgentError> {
    fs::create_dir_all(path).map_err(AgentError::file(path))?;
    set_access(path, mode, None)
}

fn set_access(path: &Path, mode: u32, owner: Option<&str>) -> Result<(), AgentError> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(AgentError::file(path))?;
    let Some(owner) = owner else { return Ok(()) };
    let (uid, gid) = ids(owner)?;
    std::os::unix::fs::chown(path, Some(uid), Some(gid)).map_err(AgentError::file(path))
}

fn ids(user: &str) -> Result<(u32, u32), AgentError> {
    let path = Path::new("/etc/passwd");
    let text = fs::read_to_string(path).map_err(AgentError::file(path))?;
    let line = text.lines().find(|line| line.split(':').next() == Some(user));
    let mut fields = line.into_iter().flat_map(|line| line.split(':').skip(2));
    let mut number = || fields.next().and_then(|field| field.parse().ok());
    number().zip(number()).ok_or_else(|| {
        AgentError::invalid(path.display(), format!("there is no user {user}; create it, then try again"))
    })
}

pub fn has_content(path: &Path, text: &str) -> bool {
    fs::read(path).is_ok_and(|found| found == text.as_bytes())
}

/// Whether a file belongs to the named user; true for any owner if none is named.
pub fn has_owner(path: &Path, owner: Option<&str>) -> bool {
    owner.is_none_or(|owner| ids(owner).is_ok_and(|(uid, _)| fs::metadata(path).is_ok_and(|found| found.uid() == uid)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_user_is_detected() {
        let path = std::env::temp_dir().join(format!("toast-owner-{}", std::process::id()));
        fs::write(&path, "text").unwrap();
        let uid = fs::metadata(&path).unwrap().uid().to_string();
        let passwd = fs::read_to_string("/etc/passwd").unwrap();
        let named = |own: bool| {
            let mut lines = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
            lines.find(|fields| (fields[2] == uid) == own).unwrap()[0].to_owned()
        };
        assert!(has_owner(&path, Some(&named(true))) && has_owner(&path, None));
        assert!(!has_owner(&path, Some(&named(false))) && !has_owner(&path, Some("toast-is-no-user-here")));
        fs::remove_file(path).unwrap();
    }
}
