# shellcheck shell=bash disable=SC2034,SC2164
# A short `make regions` and `make chaos` as steps of the whole check. What the host lacks is skipped by name.

# Built already for their tests, in the same profile with the same features; nothing is measured with them.
export WORLD_PROGRAMS=$TARGET/debug
CHAOS_PROGRAM=$WORLD_PROGRAMS/toast-chaos
# Guests that two cores serve beside everything else.
CHAOS=(--seed 1 --rate 10)
FAULTS_IN_SHORT=backend-kill,nginx-reload,coordinator-freeze
# Where the program puts its files by itself: goes with the world, and nodes see it.
CHAOS_FOLDER=/var/lib/toast-testbed/chaos
# Says that the world is this check's, also to the next check when this one was killed outright.
OUR_WORLD=$STATE/world-of-the-check
CONTROLS=$LOGS/chaos-controls.json
CUTS=$LOGS/chaos-cuts.json
FAULTS_REPORT=$LOGS/chaos-faults.json
INGRESS_REPORT=$LOGS/ingress-tests.json

STAND_INS="Regions: nodes break and mend"
SMALL_WORLD="Regions: a small world"
CHAOS_IN_SHORT="Regions: chaos"
INGRESS="Regions: orders through the ingress while backends die"

check_regions() {
    local obstacle
    rm -f "$CONTROLS" "$CUTS" "$FAULTS_REPORT" "$INGRESS_REPORT"
    check "Programs around the server" build_programs_around
    suite count_trials "Chaos: negative controls, and lines cut at COMMIT" run_trials
    has_citus || skipped "Chaos: lines cut between coordinator and worker" "the extension citus is not installed"
    obstacle=$(obstacle_to_a_world)
    if [ -z "$obstacle" ]; then
        check "Regions: engines" "$SCRIPTS/regions.sh" engines
        [ "$STEP_STATUS" -eq 0 ] || obstacle="its engines could not be made"
    fi
    if [ -z "$obstacle" ]; then
        check_world
    else
        skip "$obstacle" "$STAND_INS" "$SMALL_WORLD" "$CHAOS_IN_SHORT" "$INGRESS"
    fi
}

check_world() {
    local failed_before=$FAILED
    touch "$OUR_WORLD"
    check_stand_ins
    check "$SMALL_WORLD" start_small_world
    if [ "$STEP_STATUS" -eq 0 ]; then
        suite count_faults "$CHAOS_IN_SHORT" break_small_world
        note "  $(grep '^chaos: ' "$STEP_LOG" || echo 'chaos: broken off')"
        check_ingress
    else
        skip "the world did not start" "$CHAOS_IN_SHORT" "$INGRESS"
    fi
    [ "$FAILED" -eq "$failed_before" ] || keep_logs_of_nodes
    check "Regions: the end of the world" end_our_world
}

# Their disks can be filled, for which they are bounded.
check_stand_ins() {
    if [ -e /dev/loop-control ]; then
        suite count_cargo_tests "$STAND_INS" break_stand_ins
    else
        skipped "$STAND_INS" "the device /dev/loop-control is missing"
    fi
}

check_ingress() {
    local BROWSER_REPORT=$INGRESS_REPORT
    if [ -n "$(browser)" ]; then
        suite count_browser_tests "$INGRESS" order_while_backends_die
    else
        skipped "$INGRESS" "no browser of the system is installed, and nodes see no other"
    fi
}

skip() {
    local why=$1 title
    for title in "${@:2}"; do skipped "$title" "$why"; done
}

# The pages' and the server's last stages each keep one core busy, and nothing is timed meanwhile. What becomes of the engines,
# their own step tells.
build_release_and_engines() {
    local engines='' status=0
    if [ -z "$(obstacle_to_a_world)" ]; then
        "$SCRIPTS/regions.sh" engines >"$LOGS/engines-beside-the-release-build.log" 2>&1 &
        engines=$!
    fi
    "$SCRIPTS/build.sh" || status=$?
    if [ -n "$engines" ]; then wait "$engines" || true; fi
    return "$status"
}

# The graph of packages and features that the tests were built from: what is left to do is to link one program.
build_programs_around() { cargo build "${HOST[@]}" --bins --tests; }

# Beside each other: both mostly wait, for what is lost or cut to be noticed.
run_trials() {
    local controls status=0
    run_controls &
    controls=$!
    run_cuts || status=$?
    wait "$controls" || status=$?
    return "$status"
}

run_controls() { "$CHAOS_PROGRAM" controls --toast "$TARGET/release/toast" --json "$CONTROLS"; }

run_cuts() { "$CHAOS_PROGRAM" cuts --toast "$TARGET/release/toast" --json "$CUTS"; }

break_stand_ins() { cargo test "${HOST[@]}" --test faults -- --ignored; }

start_small_world() { PROFILE=small "$SCRIPTS/regions.sh" up; }

# Promises of how long and how many are held or missed on a host that does nothing else; losing nothing holds on any.
break_small_world() {
    "$CHAOS_PROGRAM" run --without-walls --faults "$FAULTS_IN_SHORT" "${CHAOS[@]}" --bundle "$STATE/bundle" \
        --json "$FAULTS_REPORT"
}

order_while_backends_die() {
    cd end2end
    PLAYWRIGHT_JSON_OUTPUT_NAME=$INGRESS_REPORT playwright test --config playwright.testbed.config.ts --reporter=list,json
}

# Before anything is changed: why this host cannot hold a world; nothing where it can.
obstacle_to_a_world() {
    if [ "$(id -u)" -ne 0 ]; then
        echo "networks and machines of their own need root"
    elif [ ! -e /dev/net/tun ]; then
        echo "the device /dev/net/tun is missing"
    elif ! may_open_tun; then
        echo "the device /dev/net/tun may not be opened"
    elif ! may_make_nodes; then
        echo "this host lets nobody make namespaces with file systems of their own"
    elif a_world_runs; then
        echo "another world runs on this host"
    elif ! has_mesh_programs && ! has_go; then
        echo "Go, which builds the programs of the mesh, is missing"
    elif lacks_packages_for_good; then
        echo "there is no apt-get to install what is missing"
    fi
}

may_open_tun() { (exec 3<>/dev/net/tun) 2>/dev/null; }

may_make_nodes() {
    unshare --pid --mount --uts --ipc --net --fork --propagation private sh -euc '
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        mount -t tmpfs tmpfs /run
    ' >/dev/null 2>&1
}

a_world_runs() { [ -e /run/toast-testbed ] || [ -e /var/lib/toast-testbed ] || compgen -G '/run/netns/toastw-*' >/dev/null; }

lacks_packages_for_good() {
    need_engine_packages
    [ "${#MISSING[@]}" -gt 0 ] && ! command -v apt-get >/dev/null 2>&1
}

end_our_world() {
    if [ "$(id -u)" -eq 0 ] && [ -e "$OUR_WORLD" ]; then "$SCRIPTS/regions.sh" down; fi
}

# They go with the world, and without them nobody could say what went wrong in it.
keep_logs_of_nodes() {
    local log
    rm -rf "$LOGS/nodes"
    for log in /var/lib/toast-testbed/nodes/*/{log,boot.log}; do
        [ -e "$log" ] || continue
        mkdir -p "$LOGS/nodes/$(basename "$(dirname "$log")")"
        cp -R "$log" "$LOGS/nodes/$(basename "$(dirname "$log")")/"
    done
    cp -R "$CHAOS_FOLDER"/*.log "$LOGS/nodes/" 2>/dev/null || true
    note "  What its nodes said: $LOGS/nodes"
}

count_trials() {
    node -e '
        const all = process.argv.slice(1).flatMap(file => JSON.parse(require("fs").readFileSync(file, "utf8")));
        const held = all.filter(one => one.held).length;
        console.log(held, all.length - held, 0);
    ' "$CONTROLS" "$CUTS" 2>/dev/null || echo 0 0 0
}

# A fault is passed where nothing was violated. Standbys and messages that are still on their way are told, no more.
count_faults() {
    node -e '
        const { faults } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        const done = faults.filter(one => !one.skipped);
        const isHard = violation => !["standbys", "outbox"].includes(violation.kind);
        const violated = done.filter(one => one.unfinished || one.violations.some(isHard)).length;
        console.log(done.length - violated, violated, faults.length - done.length);
    ' "$FAULTS_REPORT" 2>/dev/null || echo 0 0 0
}
