//! Writing files so that no reader ever sees half of one.

use crate::error::Trouble;
use std::{
    fs,
    io::Write,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

/// Replaces a file at once; the old one stays whole until the new one is on the disk.
pub fn replace(path: &Path, text: &str, mode: u32, owner: Option<&str>) -> Result<(), Trouble> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder).map_err(Trouble::file(folder))?;
    let beside = path.with_extension("new");
    write_synced(&beside, text).map_err(Trouble::file(&beside))?;
    fs::set_permissions(&beside, fs::Permissions::from_mode(mode)).map_err(Trouble::file(&beside))?;
    if let Some(owner) = owner {
        give(&beside, owner)?;
    }
    fs::rename(&beside, path).map_err(Trouble::file(path))
}

fn write_synced(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Gives a file or folder to a user of this machine.
pub fn give(path: &Path, owner: &str) -> Result<(), Trouble> {
    let (uid, gid) = ids(owner)?;
    std::os::unix::fs::chown(path, Some(uid), Some(gid)).map_err(Trouble::file(path))
}

/// Makes a folder with its owner and mode, if it is not there.
pub fn folder(path: &Path, mode: u32, owner: Option<&str>) -> Result<(), Trouble> {
    fs::create_dir_all(path).map_err(Trouble::file(path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(Trouble::file(path))?;
    owner.map_or(Ok(()), |owner| give(path, owner))
}

fn ids(user: &str) -> Result<(u32, u32), Trouble> {
    let path = Path::new("/etc/passwd");
    let text = fs::read_to_string(path).map_err(Trouble::file(path))?;
    let line = text.lines().find(|line| line.split(':').next() == Some(user));
    let mut fields = line.into_iter().flat_map(|line| line.split(':').skip(2));
    let mut number = || fields.next().and_then(|field| field.parse().ok());
    number().zip(number()).ok_or_else(|| Trouble::Content {
        path: path.display().to_string(),
        why: format!("there is no user {user}; create it, then try again"),
    })
}

/// Whether a file holds exactly this.
pub fn holds(path: &Path, text: &str) -> bool {
    fs::read(path).is_ok_and(|found| found == text.as_bytes())
}

/// Whether a file is the named user's; without a name, any owner is right.
pub fn belongs(path: &Path, owner: Option<&str>) -> bool {
    owner.is_none_or(|owner| ids(owner).is_ok_and(|(uid, _)| fs::metadata(path).is_ok_and(|found| found.uid() == uid)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_user_is_noticed() {
        let path = std::env::temp_dir().join(format!("toast-owner-{}", std::process::id()));
        fs::write(&path, "text").unwrap();
        let uid = fs::metadata(&path).unwrap().uid().to_string();
        let passwd = fs::read_to_string("/etc/passwd").unwrap();
        let named = |own: bool| {
            let mut lines = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
            lines.find(|fields| (fields[2] == uid) == own).unwrap()[0].to_owned()
        };
        assert!(belongs(&path, Some(&named(true))) && belongs(&path, None));
        assert!(!belongs(&path, Some(&named(false))) && !belongs(&path, Some("toast-is-no-user-here")));
        fs::remove_file(path).unwrap();
    }
}
