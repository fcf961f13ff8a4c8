//! The commands that a run starts on nodes.

use crate::output::{print, print_json};
use chaos::{
    check::{self, CheckReport, Expected},
    command::{
        AttackArgs, CanaryArgs, CheckArgs, LoadArgs, LocateArgs, ProxyArgs, ScanArgs, SetupArgs, SiteArgs, WriteArgs,
    },
    fault_proxy::{Cut, FaultProxy},
    final_state::FinalState,
    history::History,
    load::{self, abusive_client, browser::Site, canary_order, name_resolver::NameResolver},
    menu::Terms,
    setup,
};
use invariants::continuous_writer;
use network_security::port_scan;
use std::{fs, path::Path, time::Duration};
use support::{Error, json};

pub async fn setup(arguments: &SetupArgs) -> Result<bool, Error> {
    let terms = setup::open_restaurants(&arguments.databases.urls).await?;
    json::write(&arguments.terms, &terms)?;
    if let Some(path) = &arguments.groups {
        json::write(path, &setup::restaurant_groups(&arguments.databases.urls, &terms).await?)?;
    }
    print(&format!("{} restaurants are open around the clock", terms.len()))?;
    Ok(true)
}

pub async fn locate(arguments: &LocateArgs) -> Result<bool, Error> {
    let terms: Vec<Terms> = json::read(&arguments.terms)?;
    json::write(&arguments.groups, &setup::restaurant_groups(&arguments.databases.urls, &terms).await?)?;
    Ok(true)
}

pub async fn load(arguments: LoadArgs) -> Result<bool, Error> {
    let LoadArgs { site, history, options } = arguments;
    let control = options.control.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            control.stop();
        }
    });
    let terms = json::read(&site.terms)?;
    let summary = load::run(options, open_site(site)?, terms, &history).await?;
    print(&format!("{} operations, {} dropped", summary.operations, summary.dropped))?;
    Ok(true)
}

fn open_site(arguments: SiteArgs) -> Result<Site, Error> {
    let SiteArgs { url, dns, addresses, ca, .. } = arguments;
    let resolver = if dns.is_empty() {
        NameResolver::Fixed(addresses)
    } else {
        NameResolver::with_servers(url.host_str().unwrap_or_default(), &dns)?
    };
    Ok(Site { resolver, ca: ca.as_deref().map(read_ca).transpose()?, url })
}

fn read_ca(path: &Path) -> Result<reqwest::Certificate, Error> {
    let pem = fs::read(path).map_err(Error::io(path.display()))?;
    reqwest::Certificate::from_pem(&pem).map_err(Error::http(path.display()))
}

pub async fn check(arguments: &CheckArgs) -> Result<bool, Error> {
    let history = History::read(&arguments.history)?;
    let mut state = FinalState::read(&arguments.databases.urls, Duration::from_secs(arguments.wait)).await?;
    if arguments.patroni {
        state.query_patroni().await?;
    }
    let expected = Expected { patroni: arguments.patroni, standbys: arguments.standbys };
    let report = check::check(&history, &state, expected);
    if let Some(path) = &arguments.json {
        json::write(path, &report)?;
    }
    print_check(&report)?;
    Ok(report.passed())
}

fn print_check(report: &CheckReport) -> Result<(), Error> {
    for violation in &report.violations {
        print(&format!("  ✗ {violation}"))?;
    }
    let counts = &report.counts;
    print(&format!(
        "{} requests; orders: {} attempted, {} acknowledged ({} after a retry), {} rejected, {} unknown ({} placed); \
         {} transitions; {} orders, {} events in {} shards; {} violations",
        counts.requests,
        counts.attempted,
        counts.acknowledged,
        counts.retried,
        counts.rejected,
        counts.unknown,
        counts.unknown_placed,
        counts.transitions,
        counts.orders,
        counts.events,
        counts.shards,
        report.violations.len()
    ))
}

pub async fn attack(arguments: &AttackArgs) -> Result<bool, Error> {
    let AttackArgs { kind, target, source, connections, seconds } = *arguments;
    let summary = abusive_client::attack(kind, target, source, connections, Duration::from_secs(seconds)).await;
    print(&format!("{} opened, {} failed", summary.opened, summary.failed))?;
    Ok(true)
}

pub async fn proxy(arguments: &ProxyArgs) -> Result<bool, Error> {
    let cut = Cut { point: arguments.point, side: arguments.side, every: arguments.every };
    let proxy = FaultProxy::start(&arguments.listen, &arguments.upstream, cut).await?;
    proxy.arm(true);
    tokio::time::sleep(Duration::from_secs(arguments.seconds)).await;
    proxy.arm(false);
    let (seen, cuts) = proxy.counts();
    print(&format!("{seen} seen, {cuts} cut"))?;
    // Open connections are forwarded until then.
    tokio::signal::ctrl_c().await.map_err(Error::io("listening for signals"))?;
    Ok(true)
}

pub async fn scan(arguments: ScanArgs) -> Result<bool, Error> {
    print_json(&port_scan::scan(&arguments.targets, &arguments.options).await?)?;
    Ok(true)
}

pub async fn canary(arguments: CanaryArgs) -> Result<bool, Error> {
    let terms: Vec<Terms> = json::read(&arguments.site.terms)?;
    print(&canary_order::place(open_site(arguments.site)?, &terms, &arguments.marker).await?)?;
    Ok(true)
}

pub async fn write(arguments: &WriteArgs) -> Result<bool, Error> {
    let WriteArgs { database, statement, sessions, seconds } = arguments;
    print_json(&continuous_writer::write(database, statement, *sessions, Duration::from_secs(*seconds)).await?)?;
    Ok(true)
}
