//! The edges of the CDN: what they keep and how long, whom they ask, and what they say when nobody answers them.

use super::{
    Findings,
    agents::{self, after},
    undo::Undo,
};
use crate::{failure::Failure, stage::Stage};
use agent::inventory::Role;
use std::{collections::BTreeSet, net::Ipv4Addr, thread::sleep, time::Duration};
use testbed::Node;

/// Longer than a menu may be shown without having been asked for anew: the server says 1 s and, while that is done, 5 s.
const OLD: Duration = Duration::from_secs(8);
/// An ingress that failed is asked again after 3 s.
const TO_RETURN: Duration = Duration::from_secs(10);
/// Files of a page that are enough to see what becomes of files.
const ENOUGH: usize = 24;

pub(super) fn ask_edges(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let guest = Guest::of(stage)?;
    let mut edges = stage.world.with_role(Role::Edge).peekable();
    if edges.peek().is_none() {
        findings.skip("this world has no edge");
        return Ok(());
    }
    let slug = stage.restaurants().next().ok_or_else(|| Failure::wrong("restaurants", "there are none"))?;
    let menu = format!("/restaurants/{slug}");
    let files = files(&guest.ask_origin(&menu)?.body);
    for edge in edges {
        keep_files(&guest, edge, &files, findings)?;
        keep_menus(&guest, edge, &menu, findings)?;
        lose_origin(stage, &guest, edge, (&menu, &files), findings)?;
    }
    Ok(())
}

fn keep_files(guest: &Guest<'_>, edge: &Node, files: &[String], findings: &mut Findings<'_>) -> Result<(), Failure> {
    let (mut kept, mut same) = (0, 0);
    for file in files {
        let first = guest.ask(edge, file)?;
        same += usize::from(first.status == 200 && first.body == guest.ask_origin(file)?.body);
        for _ in 0..2 {
            kept += usize::from(guest.ask(edge, file)?.is("HIT"));
        }
    }
    let (count, name) = (files.len(), &edge.name);
    let found = format!("{same} of {count}");
    findings.note(format!("{name} gives a page's files as the site has them"), found, same == count && count > 0);
    let found = format!("{kept} of {}", 2 * count);
    findings.note(format!("{name} does not ask for them again"), found, kept == 2 * count && count > 0);
    let unknown = unknown();
    let twice = [guest.ask(edge, &unknown)?, guest.ask(edge, &unknown)?];
    let asked = twice.iter().filter(|answer| answer.status == 404 && !answer.is("HIT")).count();
    let promise = format!("{name} asks each time for a file that a new version may bring");
    findings.note(promise, format!("{asked} of 2"), asked == 2);
    Ok(())
}

fn keep_menus(guest: &Guest<'_>, edge: &Node, menu: &str, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let kept = (0..5).map(|_| guest.ask(edge, menu)).collect::<Result<Vec<_>, _>>()?;
    let hits = kept.iter().filter(|answer| answer.is("HIT")).count();
    findings.note(format!("{} keeps a menu for a second", edge.name), format!("{hits} of 5 asked at once"), hits > 0);
    sleep(OLD);
    let later = guest.ask(edge, menu)?;
    let anew = later.status == 200 && !later.is("HIT") && !later.is("STALE") && !later.is("UPDATING");
    let promise = format!("{} asks anew for a menu of {} s ago before it shows it", edge.name, OLD.as_secs());
    findings.note(promise, later.cache.to_lowercase(), anew);
    Ok(())
}

/// First one ingress does not answer, then none does.
fn lose_origin(
    stage: &Stage,
    guest: &Guest<'_>,
    edge: &Node,
    (menu, files): (&str, &[String]),
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    let name = &edge.name;
    let ingresses: Vec<_> = stage.world.with_role(Role::Ingress).filter_map(|node| node.public).collect();
    if let [first, _, ..] = ingresses.as_slice() {
        let undo = turn_away(edge, &[*first])?;
        // Menus that it has not: of a file that one ingress lacks it cannot know whether the one that is away has it.
        let fresh = || format!("{menu}?{}", uuid::Uuid::new_v4().simple());
        let shown = (0..4).map(|_| guest.ask(edge, &fresh())).collect::<Result<Vec<_>, _>>()?;
        let shown = shown.iter().filter(|answer| answer.status == 200 && answer.is("MISS")).count();
        let found = format!("{shown} of 4 that it had not");
        findings.note(format!("{name} asks another ingress when one is away"), found, shown == 4);
        undo.now()?;
    }
    let undo = turn_away(edge, &ingresses)?;
    let given = files.iter().map(|file| guest.ask(edge, file)).collect::<Result<Vec<_>, _>>()?;
    let given = given.iter().filter(|answer| answer.status == 200).count();
    let found = format!("{given} of {}", files.len());
    findings.note(format!("{name} still gives files while the site is away"), found, given == files.len());
    let shown = guest.ask(edge, menu)?;
    let found = format!("{} {}", shown.status, shown.cache.to_lowercase());
    findings.note(format!("{name} still shows a menu while the site is away"), found, shown.status == 200);
    let missing = guest.ask(edge, &unknown())?;
    let found = format!("{}, {}", missing.status, if missing.retry { "says when to try again" } else { "no word" });
    let promise = format!("{name} says so when it has not what is asked for");
    findings.note(promise, found, missing.status == 503 && missing.retry);
    undo.now()?;
    let back = agents::wait(TO_RETURN, || guest.ask(edge, &unknown()).is_ok_and(|answer| answer.status == 404));
    findings.note(format!("{name} asks the site again when it is back"), after(back, TO_RETURN), back.is_some());
    Ok(())
}

/// The edge's packets to some addresses do not leave it.
fn turn_away<'a>(edge: &'a Node, addresses: &[Ipv4Addr]) -> Result<Undo<'a>, Failure> {
    let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    let rules = format!(
        "table ip toast_chaos {{\nchain output {{\ntype filter hook output priority 0\n\
         ip daddr {{ {} }} tcp dport 443 reject with tcp reset\n}}\n}}\n",
        addresses.join(", ")
    );
    let undo = Undo::by(|| Ok(edge.run("nft", &["delete", "table", "ip", "toast_chaos"]).map(drop)?));
    edge.run("nft", &[&rules])?;
    Ok(undo)
}

/// A file that no version has, and that nobody asked for before.
fn unknown() -> String {
    format!("/pkg/none.{}.js", uuid::Uuid::new_v4().simple())
}

/// What a page takes from the CDN, as paths.
fn files(page: &str) -> Vec<String> {
    let words = page.split(['"', '\'', ' ', ',']);
    let paths = words.filter_map(|word| word.strip_prefix("https://cdn.")?.split_once('/').map(|(_, path)| path));
    let named = paths.filter(|path| path.starts_with("pkg/") || path.starts_with("pictures/"));
    let files: BTreeSet<_> = named.map(|path| format!("/{path}")).collect();
    files.into_iter().take(ENOUGH).collect()
}

/// Somebody outside, who asks one edge or ingress by its address.
struct Guest<'a> {
    node: &'a Node,
    domain: &'a str,
    origin: Ipv4Addr,
}

/// What was answered.
struct Answer {
    status: u16,
    /// Where the edge says that it has it from: `HIT`, `MISS` and so on.
    cache: String,
    /// Whether it says when to try again.
    retry: bool,
    body: String,
}

impl Answer {
    fn is(&self, cache: &str) -> bool {
        self.cache == cache
    }

    fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
        };
        let (cache, retry) = (header("x-cache").unwrap_or_default(), header("retry-after").is_some());
        Some(Self { status, cache, retry, body: body.to_owned() })
    }
}

impl<'a> Guest<'a> {
    fn of(stage: &'a Stage) -> Result<Self, Failure> {
        let ingress = stage.world.first(Role::Ingress)?;
        let origin = ingress.public.ok_or_else(|| Failure::wrong(&ingress.name, "has no public address"))?;
        Ok(Self { node: stage.client()?, domain: &stage.world.inventory().domain, origin })
    }

    fn ask(&self, edge: &Node, path: &str) -> Result<Answer, Failure> {
        self.curl(&format!("cdn.{}", self.domain), edge.public.unwrap_or(edge.underlay), path)
    }

    fn ask_origin(&self, path: &str) -> Result<Answer, Failure> {
        self.curl(self.domain, self.origin, path)
    }

    fn curl(&self, name: &str, address: Ipv4Addr, path: &str) -> Result<Answer, Failure> {
        let (resolve, url) = (format!("{name}:443:{address}"), format!("https://{name}{path}"));
        let words = ["--silent", "--show-error", "--include", "--http1.1", "--max-time", "15"];
        let own = ["--cacert", "/etc/toast/guest-roots.pem", "--resolve", &resolve, &url];
        let said = self.node.run("curl", &[&words[..], &own[..]].concat())?;
        Answer::read(&said).ok_or_else(|| Failure::wrong(url, "is not answered in HTTP"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_files_once() {
        let page = "<link href=\"https://cdn.toast.test/pkg/a.1.css\"><img src='https://cdn.toast.test/pictures/b.2.svg'>\
                    <img srcset=\"https://cdn.toast.test/pictures/b.2.svg 1x, https://cdn.toast.test/pictures/c.3.svg 2x\">\
                    <a href=\"https://toast.test/pkg/d.js\">";
        assert_eq!(files(page), ["/pictures/b.2.svg", "/pictures/c.3.svg", "/pkg/a.1.css"]);
    }

    #[test]
    fn an_answer_is_read_from_its_head() {
        let text = "HTTP/1.1 503 Service Unavailable\r\nX-Cache: MISS\r\nretry-after: 1\r\n\r\nAway.\r\n\r\nYes.";
        let answer = Answer::read(text).unwrap();
        assert!(answer.is("MISS") && answer.retry);
        assert_eq!((answer.status, answer.body.as_str()), (503, "Away.\r\n\r\nYes."));
        assert!(Answer::read("curl: nothing").is_none());
    }
}
