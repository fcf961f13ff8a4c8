//! CDN edges: what they cache and for how long, which origin they use, and how they respond when no origin does.

use agent::inventory::Role;
use std::{collections::BTreeSet, net::Ipv4Addr, thread::sleep, time::Duration};
use support::{CleanupGuard, Environment, Error, checks::Findings, wait};
use testbed::Node;

/// A menu's `max-age` is 1 s and its `stale-while-revalidate` 5 s: afterwards it must be fetched first.
const STALE_AFTER: Duration = Duration::from_secs(8);
/// An edge retries a failed origin after 3 s.
const RETURN_TIMEOUT: Duration = Duration::from_secs(10);
/// Files of a page that are checked at most.
const MAX_FILES: usize = 24;

pub(crate) fn check(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    let client = Client::of(environment)?;
    let mut edges = environment.testbed.with_role(Role::Edge).peekable();
    if edges.peek().is_none() {
        findings.skip("this testbed has no CDN edge");
        return Ok(());
    }
    let slug = environment.restaurants().next().ok_or_else(|| Error::failed("restaurants", "there are none"))?;
    let menu = format!("/restaurants/{slug}");
    let files = files(&client.get_from_origin(&menu)?.body);
    for edge in edges {
        check_files(&client, edge, &files, findings)?;
        check_menus(&client, edge, &menu, findings)?;
        check_origin_loss(environment, &client, edge, (&menu, &files), findings)?;
    }
    Ok(())
}

fn check_files(client: &Client<'_>, edge: &Node, files: &[String], findings: &mut Findings<'_>) -> Result<(), Error> {
    let (mut cached, mut same) = (0, 0);
    for file in files {
        let first = client.get(edge, file)?;
        same += usize::from(first.status == 200 && first.body == client.get_from_origin(file)?.body);
        for _ in 0..2 {
            cached += usize::from(client.get(edge, file)?.cache == "HIT");
        }
    }
    let (count, name) = (files.len(), &edge.name);
    let found = format!("{same} of {count}");
    findings.add(format!("{name} serves a page's files as the origin does"), found, same == count && count > 0);
    let found = format!("{cached} of {}", 2 * count);
    findings.add(format!("{name} serves them again from its cache"), found, cached == 2 * count && count > 0);
    let missing = missing_file();
    let twice = [client.get(edge, &missing)?, client.get(edge, &missing)?];
    let fetched = twice.iter().filter(|response| response.status == 404 && response.cache != "HIT").count();
    findings.add(format!("{name} does not cache 404"), format!("{fetched} of 2 fetched"), fetched == 2);
    Ok(())
}

fn check_menus(client: &Client<'_>, edge: &Node, menu: &str, findings: &mut Findings<'_>) -> Result<(), Error> {
    let responses = (0..5).map(|_| client.get(edge, menu)).collect::<Result<Vec<_>, _>>()?;
    let hits = responses.iter().filter(|response| response.cache == "HIT").count();
    findings.add(format!("{} caches a menu for a second", edge.name), format!("{hits} of 5 hits"), hits > 0);
    sleep(STALE_AFTER);
    let later = client.get(edge, menu)?;
    let fetched = later.status == 200 && !["HIT", "STALE", "UPDATING"].contains(&later.cache.as_str());
    let expected = format!("{} does not serve a menu that is {} s old", edge.name, STALE_AFTER.as_secs());
    findings.add(expected, later.cache.to_lowercase(), fetched);
    Ok(())
}

/// Blocks one ingress, then all.
fn check_origin_loss(
    environment: &Environment,
    client: &Client<'_>,
    edge: &Node,
    (menu, files): (&str, &[String]),
    findings: &mut Findings<'_>,
) -> Result<(), Error> {
    let name = &edge.name;
    let ingresses: Vec<_> = environment.testbed.with_role(Role::Ingress).filter_map(|node| node.public).collect();
    if let [first, _, ..] = ingresses.as_slice() {
        let unblock = block(edge, &[*first])?;
        // Menus, not files: for a file that one ingress lacks, an edge must ask the other one, too.
        let uncached = || format!("{menu}?{}", uuid::Uuid::new_v4().simple());
        let responses = (0..4).map(|_| client.get(edge, &uncached())).collect::<Result<Vec<_>, _>>()?;
        let served = responses.iter().filter(|response| response.status == 200 && response.cache == "MISS").count();
        let found = format!("{served} of 4 uncached menus served");
        findings.add(format!("{name} uses another ingress while one is down"), found, served == 4);
        unblock.run()?;
    }
    let unblock = block(edge, &ingresses)?;
    let responses = files.iter().map(|file| client.get(edge, file)).collect::<Result<Vec<_>, _>>()?;
    let served = responses.iter().filter(|response| response.status == 200).count();
    let found = format!("{served} of {}", files.len());
    findings.add(format!("{name} serves cached files while all ingresses are down"), found, served == files.len());
    let response = client.get(edge, menu)?;
    let found = format!("{} {}", response.status, response.cache.to_lowercase());
    findings.add(format!("{name} serves a stale menu while all ingresses are down"), found, response.status == 200);
    let response = client.get(edge, &missing_file())?;
    let found = format!("{}, {} Retry-After", response.status, if response.retry_after { "with" } else { "without" });
    let expected = format!("{name} returns 503 with Retry-After for what is not cached");
    findings.add(expected, found, response.status == 503 && response.retry_after);
    unblock.run()?;
    let returned =
        wait::until(RETURN_TIMEOUT, || client.get(edge, &missing_file()).is_ok_and(|response| response.status == 404));
    findings.add_waited(format!("{name} uses the ingresses again when they are back"), returned, RETURN_TIMEOUT);
    Ok(())
}

/// Rejects the edge's packets to some addresses.
fn block<'a>(edge: &'a Node, addresses: &[Ipv4Addr]) -> Result<CleanupGuard<'a>, Error> {
    let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    let rules = format!(
        "table ip toast_chaos {{\nchain output {{\ntype filter hook output priority 0\n\
         ip daddr {{ {} }} tcp dport 443 reject with tcp reset\n}}\n}}\n",
        addresses.join(", ")
    );
    let unblock = CleanupGuard::new(|| Ok(edge.run("nft", &["delete", "table", "ip", "toast_chaos"]).map(drop)?));
    edge.run("nft", &[&rules])?;
    Ok(unblock)
}

/// A path that no release has and that was not requested before.
fn missing_file() -> String {
    format!("/pkg/none.{}.js", uuid::Uuid::new_v4().simple())
}

/// Paths of the files that a page loads from the CDN.
fn files(page: &str) -> Vec<String> {
    let words = page.split(['"', '\'', ' ', ',']);
    let paths = words.filter_map(|word| word.strip_prefix("https://cdn.")?.split_once('/').map(|(_, path)| path));
    let files = paths.filter(|path| path.starts_with("pkg/") || path.starts_with("pictures/"));
    let files: BTreeSet<_> = files.map(|path| format!("/{path}")).collect();
    files.into_iter().take(MAX_FILES).collect()
}

/// A client on the internet that connects to one edge or ingress by its address.
struct Client<'a> {
    node: &'a Node,
    domain: &'a str,
    origin: Ipv4Addr,
}

struct Response {
    status: u16,
    /// `X-Cache`: `HIT`, `MISS`, `STALE` …
    cache: String,
    retry_after: bool,
    body: String,
}

impl Response {
    fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
        };
        let (cache, retry_after) = (header("x-cache").unwrap_or_default(), header("retry-after").is_some());
        Some(Self { status, cache, retry_after, body: body.to_owned() })
    }
}

impl<'a> Client<'a> {
    fn of(environment: &'a Environment) -> Result<Self, Error> {
        let ingress = environment.testbed.first(Role::Ingress)?;
        let origin = ingress.public.ok_or_else(|| Error::failed(&ingress.name, "has no public address"))?;
        Ok(Self { node: environment.client()?, domain: &environment.testbed.inventory().domain, origin })
    }

    fn get(&self, edge: &Node, path: &str) -> Result<Response, Error> {
        self.curl(&format!("cdn.{}", self.domain), edge.public.unwrap_or(edge.underlay), path)
    }

    fn get_from_origin(&self, path: &str) -> Result<Response, Error> {
        self.curl(self.domain, self.origin, path)
    }

    fn curl(&self, name: &str, address: Ipv4Addr, path: &str) -> Result<Response, Error> {
        let (resolve, url) = (format!("{name}:443:{address}"), format!("https://{name}{path}"));
        let common = ["--silent", "--show-error", "--include", "--http1.1", "--max-time", "15"];
        let own = ["--cacert", "/etc/toast/guest-roots.pem", "--resolve", &resolve, &url];
        let printed = self.node.run("curl", &[&common[..], &own[..]].concat())?;
        Response::parse(&printed).ok_or_else(|| Error::failed(url, "did not return an HTTP response"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_page_are_listed_once() {
        let page = "<link href=\"https://cdn.toast.test/pkg/a.1.css\"><img src='https://cdn.toast.test/pictures/b.2.svg'>\
                    <img srcset=\"https://cdn.toast.test/pictures/b.2.svg 1x, https://cdn.toast.test/pictures/c.3.svg 2x\">\
                    <a href=\"https://toast.test/pkg/d.js\">";
        assert_eq!(files(page), ["/pictures/b.2.svg", "/pictures/c.3.svg", "/pkg/a.1.css"]);
    }

    #[test]
    fn status_and_headers_of_a_response_are_read() {
        let text = "HTTP/1.1 503 Service Unavailable\r\nX-Cache: MISS\r\nretry-after: 1\r\n\r\nDown.\r\n\r\nYes.";
        let response = Response::parse(text).unwrap();
        assert!(response.cache == "MISS" && response.retry_after);
        assert_eq!((response.status, response.body.as_str()), (503, "Down.\r\n\r\nYes."));
        assert!(Response::parse("curl: nothing").is_none());
    }
}
