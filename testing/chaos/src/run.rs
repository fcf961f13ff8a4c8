//! A whole run: guests come, each fault in its turn breaks something, and after each one everything is checked.

mod accidents;

use crate::{
    check::{Kind, Verdict},
    failure::Failure,
    faults::{Fault, Notes, Promise, Scene, Step},
    history::History,
    measured::Measured,
    moment::Moment,
    report::{FaultReport, Report},
    stage::Stage,
};
use agent::inventory::Role;
use std::{collections::BTreeMap, fs, path::PathBuf, process::Child, thread::sleep, time::Duration};
use testbed::{Node, Signal};

/// How to run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// Faults one after the other; empty for none.
    pub faults: Vec<Fault>,
    /// Seconds of accidents at random afterwards; 0 for none.
    pub random: u64,
    /// Wishes a second.
    pub rate: f64,
    /// Files of the run.
    pub folder: PathBuf,
    /// What an upgrade upgrades to.
    pub bundle: PathBuf,
}

impl Plan {
    /// Guests who come twice with the same seed would use the same keys for other wishes.
    fn of_its_own(&self, position: usize) -> Self {
        let position = u64::try_from(position).unwrap_or_default();
        Self { seed: self.seed.wrapping_mul(1_000).wrapping_add(position), ..self.clone() }
    }
}

/// Wishes a second that two cores serve beside a whole world.
pub const USUAL_RATE: f64 = 10.0;
/// Quiet before a fault: what is usual is measured here.
const BEFORE: Duration = Duration::from_secs(10);
/// Quiet after it was taken back.
const AFTER: Duration = Duration::from_secs(12);
/// Longer than a statement may take: what guests left under way has ended, one way or the other.
const SETTLED: Duration = Duration::from_secs(6);
/// How long a world may take to be well again.
const TO_BE_WELL: Duration = Duration::from_secs(150);
/// Longer than any fault; guests are told to stop.
const WITHOUT_END: u64 = 7_200;

/// Breaks things, and reports on it. `tell` gets a line for each fault.
pub fn run(plan: &Plan, report: &mut Report, tell: &mut dyn FnMut(&str)) -> Result<(), Failure> {
    let mut stage = Stage::open(plan.folder.clone(), plan.bundle.clone())?;
    report.profile.clone_from(&stage.world.inventory().profile);
    report.sharded = stage.world.is_sharded();
    let outcome = break_all(&mut stage, plan, report, tell);
    // A run that cannot go on leaves nothing broken behind.
    outcome.map_err(|failure| match stage.world.heal() {
        Ok(()) => failure,
        Err(error) => Failure::wrong(failure, format!("and the world could not be mended: {error}")),
    })
}

fn break_all(stage: &mut Stage, plan: &Plan, report: &mut Report, tell: &mut dyn FnMut(&str)) -> Result<(), Failure> {
    for (position, fault) in plan.faults.iter().enumerate() {
        let plan = &plan.of_its_own(position);
        let line = match fault.scene(stage, plan.seed) {
            Ok(scene) => {
                tell(&format!("… {}: {}", fault.word(), scene.what));
                let what = scene.what.clone();
                let outcome = play(stage, plan, &fault.word(), scene);
                let done = or_unfinished(stage, outcome, plan, &fault.word(), &what)?;
                let line = done.line();
                report.faults.push(done);
                line
            }
            Err(why) => {
                report.faults.push(FaultReport::skipped(&fault.word(), plan.seed, &why.to_string()));
                format!("– {}: skipped, {why}", fault.word())
            }
        };
        tell(&line);
    }
    if plan.random > 0 {
        let what = format!("accidents for {} s", plan.random);
        tell(&format!("… random: {what}"));
        let outcome = accidents::play(stage, plan, tell);
        let done = or_unfinished(stage, outcome, plan, "random", &what)?;
        tell(&done.line());
        report.faults.push(done);
    }
    Ok(())
}

/// After what could not be carried out the rest can be tried all the same, in a world in which nothing is broken.
fn or_unfinished(
    stage: &Stage,
    outcome: Result<FaultReport, Failure>,
    plan: &Plan,
    name: &str,
    what: &str,
) -> Result<FaultReport, Failure> {
    outcome.or_else(|failure| {
        stage.world.heal()?;
        Ok(FaultReport::unfinished(name, plan.seed, what, &failure))
    })
}

/// One fault with guests before, during and after it.
fn play(stage: &mut Stage, plan: &Plan, name: &str, scene: Scene) -> Result<FaultReport, Failure> {
    let ill = stage.wait_until_well(TO_BE_WELL);
    let crowd = crowd_of(name);
    let _ = fs::remove_file(stage.file(&format!("{crowd}.jsonl")));
    let mut guests = Guests::come(stage, plan, name)?;
    sleep(BEFORE);
    let begun = Moment::now();
    let broken = break_for(stage, scene.inject, scene.watch, scene.hold);
    let healed = Moment::now();
    let mended = (scene.heal)(stage);
    // What was only half done is taken back as well.
    let mut watched = broken?;
    sleep(AFTER);
    guests.leave()?;
    watched.extend(mended?);
    let still_ill = stage.wait_until_well(TO_BE_WELL);
    sleep(SETTLED);
    let (history, mut verdict) = check(stage, name)?;
    if stage.file(&format!("{crowd}.jsonl")).exists() {
        verdict.join(check(stage, &crowd)?.1);
    }
    let groups = groups(stage, &history);
    let measured = Measured { history: &history, groups: &groups, hit: scene.hit, begun, healed, watched };
    let mut promises = (scene.promises)(&measured);
    promises.extend(still_ill.clone().map(|missing| Promise {
        wanted: "well again".to_owned(),
        measured: format!("{missing} after {} s", TO_BE_WELL.as_secs()),
        held: false,
    }));
    let note = ill.map(|missing| format!("not well before: {missing}"));
    Ok(FaultReport::of(name, plan.seed, &scene.what, &measured, &verdict, promises, note))
}

/// Does it and watches; answers when it has lasted long enough.
fn break_for(stage: &mut Stage, inject: Step, watch: Option<Step>, hold: Duration) -> Result<Notes, Failure> {
    let mut watched = inject(stage)?;
    let injected = Moment::now();
    if let Some(watch) = watch {
        watched.extend(watch(stage)?);
    }
    sleep(injected.plus(hold).since(Moment::now()));
    Ok(watched)
}

/// Whom a fault brings beside the usual guests, by the name of their history.
pub fn crowd_of(name: &str) -> String {
    format!("{name}-crowd")
}

fn groups(stage: &Stage, history: &History) -> BTreeMap<String, i32> {
    let slugs = history.menus.iter().map(|seen| seen.slug.clone());
    slugs.filter_map(|slug| Some((slug.clone(), stage.group_of(&slug)?))).collect()
}

/// Guests and staff on the client's node, until they are told to leave.
pub struct Guests {
    child: Child,
}

impl Guests {
    fn come(stage: &Stage, plan: &Plan, name: &str) -> Result<Self, Failure> {
        let sources: Vec<_> = stage.usual_guests().iter().map(ToString::to_string).collect();
        let file = format!("{name}.jsonl");
        let _ = fs::remove_file(stage.file(&file));
        let arguments = driving(stage, &file, WITHOUT_END, plan.rate, plan.seed, &sources.join(","))?;
        let child = stage.start_inside(stage.client()?, &arguments, &format!("{name}.log"))?;
        let mut guests = Self { child };
        let deadline = Moment::now().plus(Duration::from_mins(1));
        // The first line is written when all menus have been read.
        while !fs::read_to_string(stage.file(&file)).is_ok_and(|text| text.contains("\"op\"")) {
            if let Ok(Some(_)) = guests.child.try_wait() {
                let said = fs::read_to_string(stage.file(&format!("{name}.log"))).unwrap_or_default();
                return Err(Failure::wrong("guests", said.trim()));
            }
            if Moment::now() > deadline {
                return Err(Failure::wrong("guests", "do not come"));
            }
            sleep(Duration::from_millis(300));
        }
        Ok(guests)
    }

    /// No new wishes; those under way are seen to their end.
    fn leave(&mut self) -> Result<(), Failure> {
        testbed::process::signal(Signal::Interrupt, inside(self.child.id()))?;
        let deadline = Moment::now().plus(Duration::from_secs(150));
        loop {
            if self.child.try_wait().map_err(Failure::system("guests"))?.is_some() {
                return Ok(());
            }
            if Moment::now() > deadline {
                return Err(Failure::wrong("guests", "do not leave"));
            }
            sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Guests {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = testbed::process::signal(Signal::Kill, inside(self.child.id()));
            let _ = self.child.wait();
        }
    }
}

/// The ids of what was started inside a node, by the id of what entered it.
fn inside(pid: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// How this program is told to drive.
pub fn driving(
    stage: &Stage,
    history: &str,
    seconds: u64,
    rate: f64,
    seed: u64,
    sources: &str,
) -> Result<Vec<String>, Failure> {
    let names: Vec<_> = stage.world.with_role(Role::Dns).map(|node| node.underlay.to_string()).collect();
    if names.is_empty() {
        return Err(Failure::wrong("DNS servers", "this world has none"));
    }
    let words = [
        ("--url", format!("https://{}", stage.world.inventory().domain)),
        ("--dns", names.join(",")),
        ("--ca", "/etc/toast/guest-roots.pem".to_owned()),
        ("--terms", stage.file("terms.json").display().to_string()),
        ("--history", stage.file(history).display().to_string()),
        ("--seconds", seconds.to_string()),
        ("--rate", rate.to_string()),
        ("--seed", seed.to_string()),
        ("--sources", sources.to_owned()),
    ];
    let options = words.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
    Ok(std::iter::once("drive".to_owned()).chain(options).collect())
}

/// Compares what guests were told with the database, on the operators' node.
fn check(stage: &Stage, name: &str) -> Result<(History, Verdict), Failure> {
    let (history, json) = (stage.file(&format!("{name}.jsonl")), stage.file(&format!("{name}-verdict.json")));
    let _ = fs::remove_file(&json);
    let standbys = stage.world.members(0).count().saturating_sub(1).to_string();
    let files = [("--history", &history), ("--json", &json)];
    let mut arguments = vec!["check".to_owned(), "--world".to_owned(), "--standbys".to_owned(), standbys];
    arguments.extend(files.iter().flat_map(|(name, file)| [(*name).to_owned(), file.display().to_string()]));
    arguments.extend(stage.databases());
    let operator: &Node = stage.operator()?;
    stage.ask_inside(operator, &arguments)?;
    let text = fs::read_to_string(&json).map_err(Failure::system(json.display()))?;
    let verdict = serde_json::from_str(&text).map_err(|error| Failure::wrong(json.display(), error))?;
    Ok((History::read(&history)?, verdict))
}

/// Whether a violation breaks what was promised to guests, and is not only a sign that something is still on its way.
pub const fn is_hard(kind: Kind) -> bool {
    !matches!(kind, Kind::Standbys | Kind::Outbox)
}

/// Notes from what was watched, rounded for reports.
pub fn rounded(notes: &Notes) -> Notes {
    notes.iter().map(|(name, value)| (name.clone(), (value * 10.0).round() / 10.0)).collect()
}
