//! One server per test, with its own database that is dropped when the test ends.

use app::{
    domain::{
        cart::{Choice, LineRequest},
        id::{ChangeId, ItemId, ModifierId, RestaurantId, VariantId, VisitorId},
        role::Role,
        time::Timestamp,
    },
    services::{Staff, Workplace},
};
use server::{
    accounts::{self, Sessions},
    clock::Clock,
    context::AppContext,
    db::{Store, StoreOptions},
    demo,
    live::Hub,
    menus::{Catalogue, Pictures, Snapshot},
};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
    sync::{Arc, LazyLock, mpsc},
    time::Duration,
};
use support::databases::{drop_stale, execute, execute_at, with_database};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Friday 20 November 2026, 18:00 in Berlin: the fixture restaurant is open until 22:30.
pub const FRIDAY_EVENING: Timestamp = Timestamp::from_millis(1_795_194_000_000);

/// The origin of sign-ins, unless a test has its own.
pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Tests share a slow machine.
const PATIENT: Duration = Duration::from_secs(10);

const FIXTURE: &str = include_str!("fixture.toml");

/// The use cases of a server without HTTP, with their own database.
pub struct TestApp {
    /// The context of use cases.
    pub context: AppContext,
    /// The fixture restaurant.
    pub restaurant: RestaurantId,
    /// The slug of the fixture restaurant; different in each test.
    pub slug: String,
    database: Database,
}

impl TestApp {
    /// Starts at [`FRIDAY_EVENING`] with the fixture restaurant.
    pub async fn start() -> Self {
        Self::around(Database::create().await).await
    }

    /// Starts on a migrated database that other tests use, too.
    #[allow(dead_code, reason = "for the suite of the cluster")]
    pub async fn start_on(url: String) -> Self {
        Self::around(Database { url, drop: None }).await
    }

    async fn around(database: Database) -> Self {
        let options =
            StoreOptions { connections: 8, deadline: PATIENT, read_deadline: PATIENT, ..StoreOptions::default() };
        let (store, clock) = (Store::connect(&database.url, &options).unwrap(), Clock::fixed(FRIDAY_EVENING));
        let catalogue = Catalogue::new(store.clone(), clock.clone(), Pictures::default());
        let context =
            AppContext { store, clock, catalogue, hub: Hub::new(), sessions: Sessions::new(), relying_party: None };
        let slug = format!("corner-{}", &Uuid::new_v4().simple().to_string()[..12]);
        let restaurant = demo::fixture(&context, &FIXTURE.replace("corner-kitchen", &slug)).await.unwrap();
        Self { context, restaurant, slug, database }
    }

    /// Imports another restaurant from text like `fixture.toml`.
    pub async fn import(&self, toml: &str) -> RestaurantId {
        demo::fixture(&self.context, toml).await.unwrap()
    }

    /// The fixture with another slug, to be changed by the test.
    pub fn fixture(slug: &str) -> String {
        FIXTURE.replace("corner-kitchen", slug)
    }

    /// Another server on the same database, with its own caches.
    pub fn second(&self) -> AppContext {
        let options =
            StoreOptions { connections: 4, deadline: PATIENT, read_deadline: PATIENT, ..StoreOptions::default() };
        let store = Store::connect(&self.database.url, &options).unwrap();
        let catalogue = Catalogue::new(store.clone(), self.context.clock.clone(), Pictures::default());
        AppContext { store, catalogue, sessions: Sessions::new(), ..self.context.clone() }
    }

    /// The fixture restaurant as it is now.
    pub async fn snapshot(&self) -> Arc<Snapshot> {
        self.context.catalogue.snapshot(&self.slug).await.unwrap()
    }

    /// Sets the clock.
    pub fn at(&self, now: Timestamp) {
        self.context.clock.set(now);
    }

    /// The database's URL.
    pub fn url(&self) -> &str {
        &self.database.url
    }

    /// Executes plain SQL.
    pub async fn sql(&self, statement: &str) {
        execute_at(&self.database.url, statement).await.unwrap();
    }

    /// The number of rows of a table.
    pub async fn count(&self, table: &str) -> i64 {
        let mut connection = PgConnection::connect(&self.database.url).await.unwrap();
        let statement = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        sqlx::query_scalar(statement).fetch_one(&mut connection).await.unwrap()
    }

    /// The owner of a demo restaurant; imports the demo.
    pub async fn demo_owner(&self) -> Staff {
        let sign_ins = demo::demo(&self.context, false).await.unwrap();
        let secret = accounts::sign_in(&self.context, &sign_ins[0].email, sign_ins[0].password, HERE).await.unwrap();
        accounts::staff(&self.context, &secret).await.unwrap().unwrap()
    }

    /// The owner of the fixture restaurant.
    pub fn staff(&self) -> Staff {
        let place = Workplace {
            restaurant: self.restaurant,
            slug: self.slug.clone(),
            name: "Corner Kitchen".to_owned(),
            role: Role::Owner,
        };
        Staff { id: demo::staff_id("corner@toast.example"), name: "Corner".to_owned(), restaurants: vec![place] }
    }

    /// The id of an item by its key.
    pub fn item(&self, key: &str) -> ItemId {
        demo::item_id(&self.slug, key)
    }

    /// The id of a variant by the keys of item and variant; the only variant of an item has the key "".
    pub fn variant(&self, item: &str, key: &str) -> VariantId {
        demo::variant_id(&self.slug, item, key)
    }

    /// The id of a modifier by the keys of group and modifier.
    pub fn modifier(&self, group: &str, key: &str) -> ModifierId {
        demo::modifier_id(&self.slug, group, key)
    }

    /// One of an item without variants, with these modifiers once each.
    pub fn line(&self, item: &str, modifiers: &[(&str, &str)]) -> LineRequest {
        let choice = |(group, key): &(&str, &str)| Choice { modifier: self.modifier(group, key), quantity: 1 };
        LineRequest {
            item: self.item(item),
            variant: None,
            modifiers: modifiers.iter().map(choice).collect(),
            quantity: 1,
            note: String::new(),
        }
    }
}

/// A new visitor.
pub fn visitor() -> VisitorId {
    VisitorId::from_uuid(Uuid::new_v4())
}

/// A new change id.
pub fn change_id() -> ChangeId {
    ChangeId::from_uuid(Uuid::new_v4())
}

/// A copy of a migrated template, or the shared database that `TOAST_TEST_SHARED_DATABASE_URL` names (a cluster cannot
/// copy databases).
struct Database {
    url: String,
    drop: Option<(PgConnectOptions, String)>,
}

impl Database {
    async fn create() -> Self {
        if let Ok(url) = std::env::var("TOAST_TEST_SHARED_DATABASE_URL") {
            return Self { url, drop: None };
        }
        let admin_url = std::env::var("TOAST_TEST_DATABASE_URL")
            .expect("TOAST_TEST_DATABASE_URL names the superuser of a private PostgreSQL");
        let admin = PgConnectOptions::from_str(&admin_url).unwrap();
        let template = template(&admin).await;
        let name = format!("toast_test_{}_{}", std::process::id(), Uuid::new_v4().simple());
        let mut connection = PgConnection::connect_with(&admin).await.unwrap();
        // PostgreSQL cannot copy a template while another copy begins; the lock serialises the tests.
        execute(&mut connection, "SELECT pg_advisory_lock(7461)").await.unwrap();
        execute(&mut connection, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
        execute(&mut connection, "SELECT pg_advisory_unlock(7461)").await.unwrap();
        let url = with_database(&admin_url, &name).unwrap();
        Self { url, drop: Some((admin, name)) }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(ended) = self.drop.take() {
            drop(REMOVER.send(ended));
        }
    }
}

/// Drops databases of finished tests, in a thread of its own. A test that waited for it would hold connections that
/// are just being opened, the drop would wait for these, and PostgreSQL gives up after a minute. The next run drops
/// the rest.
static REMOVER: LazyLock<mpsc::Sender<(PgConnectOptions, String)>> = LazyLock::new(|| {
    let (sender, ended) = mpsc::channel::<(PgConnectOptions, String)>();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || {
        for (admin, name) in ended {
            runtime.block_on(async {
                let mut connection = PgConnection::connect_with(&admin).await.unwrap();
                execute(&mut connection, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
            });
        }
    });
    sender
});

/// The migrated database that tests copy: created by each run of the tests, dropped by the next one.
async fn template(admin: &PgConnectOptions) -> String {
    static MADE: Mutex<bool> = Mutex::const_new(false);
    let name = format!("toast_template_{}", std::process::id());
    let mut made = MADE.lock().await;
    if !*made {
        let mut connection = PgConnection::connect_with(admin).await.unwrap();
        for prefix in ["toast_template_", "toast_test_"] {
            drop_stale(&mut connection, prefix).await.unwrap();
        }
        execute(&mut connection, &format!("CREATE DATABASE {name}")).await.unwrap();
        let mut database = PgConnection::connect_with(&admin.clone().database(&name)).await.unwrap();
        sqlx::migrate!("./migrations").run(&mut database).await.unwrap();
        database.close().await.unwrap();
        *made = true;
    }
    name
}
