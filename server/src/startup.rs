//! Start and graceful shutdown of the server.

mod mail_server;

use crate::{
    accounts::{self, Sessions, passkeys::RelyingParty},
    clock::Clock,
    config::{Cli, Command, OperatorAction, SeedArgs, Settings},
    context::AppContext,
    db::{Store, StoreOptions},
    demo,
    distribute::{self, Distribution},
    error::ServerError,
    http::{self, AppState, assets::Files, health},
    live::{self, Hub},
    mail,
    menus::{Catalogue, Pictures},
    operators, outbox, restaurants, retention, telemetry,
};
use axum::{extract::Request, response::Response};
use std::{
    convert::Infallible,
    io::Write,
    net::SocketAddr,
    process::ExitCode,
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tower::Service;

/// Runs the command of the command line.
pub fn run(cli: Cli) -> ExitCode {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(cli.settings.worker_threads()).enable_all().build();
    let done = runtime
        .map_err(|error| ServerError::Broken(format!("runtime: {error}")))
        .and_then(|runtime| runtime.block_on(run_command(cli)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            write_line(&mut std::io::stderr(), &format!("toast: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run_command(cli: Cli) -> Result<(), ServerError> {
    let settings = cli.settings;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve_until_stopped(settings).await,
        Command::Migrate => store(&settings)?.migrate().await,
        Command::Distribute => {
            print_line(&match distribute::distribute(&store(&settings)?).await? {
                Distribution::NotACluster => "plain PostgreSQL: nothing to distribute".to_owned(),
                Distribution::Placed(tables) if tables.is_empty() => "all tables are already distributed".to_owned(),
                Distribution::Placed(tables) => format!("distributed {}", tables.join(", ")),
            });
            Ok(())
        }
        Command::Seed(what) => seed_database(&settings, &what).await,
        Command::Operator(what) => change_operators(&settings, &what.action).await,
        Command::Openapi => {
            print_line(&http::api::document());
            Ok(())
        }
    }
}

async fn seed_database(settings: &Settings, what: &SeedArgs) -> Result<(), ServerError> {
    let context = assemble(settings, Clock::system())?;
    if let Some(count) = what.restaurants {
        demo::generated(&context, count as usize, what.seed).await?;
        print_line(&format!("generated {count} restaurants from seed {}", what.seed));
        return Ok(());
    }
    for sign_in in demo::demo(&context, what.reset).await? {
        let demo::DemoSignIn { email, password, role, restaurant } = sign_in;
        print_line(&format!("{email}  password {password}  {} of {restaurant}", role.label().to_lowercase()));
    }
    Ok(())
}

async fn change_operators(settings: &Settings, action: &OperatorAction) -> Result<(), ServerError> {
    let context = assemble(settings, Clock::system())?;
    match action {
        OperatorAction::Add { email } => {
            let name = operators::add(&context, email).await?;
            print_line(&format!("{name} is an operator now: the pages are at /operator, after signing in"));
        }
        OperatorAction::Remove { email } => {
            let name = operators::remove(&context, email).await?;
            print_line(&format!("{name} is no operator any more"));
        }
        OperatorAction::List => {
            for (email, name) in operators::all(&context).await? {
                print_line(&format!("{email}  {name}"));
            }
        }
    }
    Ok(())
}

fn store(settings: &Settings) -> Result<Store, ServerError> {
    Store::connect(settings.database_url.secret(), &store_options(settings))
}

fn store_options(settings: &Settings) -> StoreOptions {
    StoreOptions {
        connections: settings.database_connections,
        deadline: settings.database_deadline(),
        read_deadline: settings.read_deadline(),
        standby: settings.standby_url.as_ref().map(|url| url.secret().to_owned()),
        limited: false,
        group_ports: settings.database_group_ports,
    }
}

/// The context of the use cases, without a server.
pub fn assemble(settings: &Settings, clock: Clock) -> Result<AppContext, ServerError> {
    Ok(build_context(settings, store(settings)?, clock, Pictures::default()))
}

fn build_context(settings: &Settings, store: Store, clock: Clock, pictures: Pictures) -> AppContext {
    let catalogue = Catalogue::new(store.clone(), clock.clone(), pictures);
    let relying_party = settings.public_url.as_ref().and_then(|url| RelyingParty::of(url.origin()));
    AppContext { store, clock, catalogue, hub: Hub::new(), sessions: Sessions::default(), relying_party }
}

async fn serve_until_stopped(settings: Settings) -> Result<(), ServerError> {
    telemetry::start_logging(&settings);
    let started = Instant::now();
    let listener = bind(settings.addr, "TOAST_ADDR", &settings).await?;
    let metrics = bind(settings.metrics_addr, "TOAST_METRICS_ADDR", &settings).await?;
    let names = (settings.node.clone(), settings.region.clone());
    let server = serve(settings, Clock::system(), listener, Some(metrics))?;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(addr = %server.addr, node = names.0, region = names.1, start_ms = milliseconds, "serving");
    stop_signal().await;
    server.stop().await;
    Ok(())
}

/// Binds an address. Unspecified addresses (0.0.0.0) need an explicit setting, since a server of a region is reached
/// through its ingress alone.
async fn bind(addr: SocketAddr, name: &str, settings: &Settings) -> Result<TcpListener, ServerError> {
    if addr.ip().is_unspecified() && !settings.allow_public_bind {
        return Err(ServerError::Broken(format!(
            "{name}={addr} listens on all interfaces; use one address of this machine, or allow it with \
             TOAST_ALLOW_PUBLIC_BIND=true"
        )));
    }
    TcpListener::bind(addr)
        .await
        .map_err(|error| ServerError::Broken(format!("{name}={addr}: {error}; choose a free address of this machine")))
}

/// Time for closing database connections at shutdown.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// A running server.
pub struct Running {
    pub addr: SocketAddr,
    /// Exposed for integration tests.
    pub context: AppContext,
    closing: CancellationToken,
    shutting: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    drain_delay: Duration,
    drain: Duration,
}

/// Serves on a listener.
pub fn serve(
    settings: Settings,
    clock: Clock,
    listener: TcpListener,
    metrics_listener: Option<TcpListener>,
) -> Result<Running, ServerError> {
    // A second initialization in one process fails; the first one serves all.
    drop(any_spawner::Executor::init_tokio());
    let (closing, shutting) = (CancellationToken::new(), CancellationToken::new());
    let handle = telemetry::start_metrics()?;
    let files = Files::load(&settings.site_root)?;
    let options = StoreOptions { limited: true, ..store_options(&settings) };
    let store = Store::connect(settings.database_url.secret(), &options)?;
    let context = build_context(&settings, store, clock, Pictures::new(files.addresses("/pictures/")));
    let state = AppState::new(context.clone(), &settings, files, closing.clone());
    let smtp = mail_server::configured(&settings)?;
    let addr = listener.local_addr().map_err(|error| ServerError::Broken(error.to_string()))?;
    let mut tasks = vec![
        tokio::spawn(serve_until(listener, http::service(state), shutting.clone())),
        live::listener::start(context.clone(), closing.clone()),
        live::notifier::start(context.clone(), closing.clone()),
        outbox::start(context.clone(), closing.clone()),
        retention::start(context.clone(), closing.clone()),
        mail::delivery::start(context.clone(), smtp, closing.clone()),
        accounts::sweeper::start(context.clone(), closing.clone()),
        restaurants::directory::start(context.catalogue.directory.clone(), closing.clone()),
        tokio::spawn(telemetry::keep_metrics(handle.clone(), closing.clone())),
    ];
    if let Some(listener) = metrics_listener {
        tasks.push(tokio::spawn(serve_until(listener, health::operators(handle, context.clone()), shutting.clone())));
    }
    Ok(Running {
        addr,
        context,
        closing,
        shutting,
        tasks,
        drain_delay: Duration::from_millis(settings.drain_notice_ms),
        drain: Duration::from_secs(settings.drain_seconds),
    })
}

async fn serve_until<S>(listener: TcpListener, service: S, shutting: CancellationToken)
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    let service = axum::ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(service);
    let serving = axum::serve(listener, service).with_graceful_shutdown(shutting.cancelled_owned());
    if let Err(error) = serving.await {
        tracing::error!(%error, "server failed");
    }
}

impl Running {
    /// Drains: readiness fails, streams end, no new connections are accepted, open requests finish.
    pub async fn stop(self) {
        tracing::info!("draining");
        self.closing.cancel();
        self.context.hub.close();
        tokio::time::sleep(self.drain_delay).await;
        self.shutting.cancel();
        let finished = futures::future::join_all(self.tasks);
        if tokio::time::timeout(self.drain, finished).await.is_err() {
            tracing::warn!("drain timeout: requests still open");
        }
        // A statement on a connection whose peer vanished would block until the TCP timeout.
        if tokio::time::timeout(CLOSE_TIMEOUT, self.context.store.close()).await.is_err() {
            tracing::warn!("close timeout: database connections still open");
        }
        tracing::info!("stopped");
    }
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

fn print_line(text: &str) {
    write_line(&mut std::io::stdout(), text);
}

fn write_line(to: &mut impl Write, text: &str) {
    // A closed pipe is no error.
    drop(writeln!(to, "{text}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[tokio::test]
    async fn an_address_of_every_network_is_taken_only_when_that_is_allowed() {
        let settings = |arguments: &[&str]| Cli::try_parse_from(["toast"].iter().chain(arguments)).unwrap().settings;
        for address in ["0.0.0.0:0", "[::]:0"] {
            let address = address.parse().unwrap();
            let refused = bind(address, "TOAST_ADDR", &settings(&[])).await.unwrap_err().to_string();
            assert!(refused.contains("TOAST_ADDR") && refused.contains("TOAST_ALLOW_PUBLIC_BIND=true"), "{refused}");
        }
        let any = "0.0.0.0:0".parse().unwrap();
        assert!(bind(any, "TOAST_ADDR", &settings(&["--allow-public-bind=true"])).await.is_ok());
        assert!(bind("127.0.0.1:0".parse().unwrap(), "TOAST_ADDR", &settings(&[])).await.is_ok());
    }
}
