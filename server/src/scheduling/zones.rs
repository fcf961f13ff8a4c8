//! Time zones by name: the system's database, which updates maintain, else the bundled one.

use icu_time::zone::{TimeZone as KnownZone, iana::IanaParserExtended};
use jiff::tz::{self, TimeZone, TimeZoneDatabase};

/// The zone of an IANA name, older names included.
pub(crate) fn named(name: &str) -> Option<TimeZone> {
    named_in(tz::db(), name)
}

/// The current name of a zone: `America/New_York` for `US/Eastern`; none when it does not exist.
pub(crate) fn canonical(name: &str) -> Option<&'static str> {
    let known = IanaParserExtended::new().parse(name);
    let there = known.time_zone != KnownZone::UNKNOWN && named(known.canonical).is_some();
    there.then_some(known.canonical)
}

/// jiff 0.2.43 uses its bundled zones only on systems without any (`TimeZoneDatabase::from_env`), and Debian 13 has
/// moved older names such as `US/Eastern` into a separate package.
fn named_in(machine: &TimeZoneDatabase, name: &str) -> Option<TimeZone> {
    machine.get(name).or_else(|_| TimeZoneDatabase::bundled().get(name)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_names_are_read_where_the_machine_has_newer_ones_only() {
        let folder = std::env::temp_dir().join(format!("toast-zones-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("Etc")).unwrap();
        // The smallest file of RFC 8536: no changes, one offset of zero with the name UTC.
        let header = |count: [u32; 6]| {
            let counts = count.into_iter().flat_map(u32::to_be_bytes);
            b"TZif2".iter().copied().chain([0; 15]).chain(counts).collect::<Vec<_>>()
        };
        let (head, offset) = (header([0, 0, 0, 0, 1, 4]), b"\0\0\0\0\0\0UTC\0");
        let file = [&head[..], offset, &head, offset, b"\nUTC0\n"].concat();
        std::fs::write(folder.join("Etc").join("UTC"), file).unwrap();
        let machine = TimeZoneDatabase::from_dir(&folder).unwrap();
        assert!(machine.get("Etc/UTC").is_ok() && machine.get("US/Eastern").is_err());
        for name in ["US/Eastern", "Asia/Calcutta", "Europe/Kyiv", "Etc/UTC"] {
            assert!(named_in(&machine, name).is_some(), "{name}");
        }
        assert!(named_in(&machine, "Mars/Olympus").is_none());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn names_become_those_of_today() {
        for (name, today) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("europe/berlin", "Europe/Berlin"),
            ("US/Eastern", "America/New_York"),
            ("Asia/Calcutta", "Asia/Kolkata"),
            ("Asia/Katmandu", "Asia/Kathmandu"),
            ("Europe/Kiev", "Europe/Kyiv"),
        ] {
            assert_eq!(canonical(name), Some(today), "{name}");
        }
        for name in ["", "Mars/Olympus", "Etc/Unknown", "Europe/Berlin ", "../etc/passwd"] {
            assert_eq!(canonical(name), None, "{name}");
        }
    }
}
