# shellcheck shell=bash disable=SC2034,SC2164
# A short `make regions` and `make chaos` as steps of the whole check. Steps that the host cannot run are skipped by name.

# Built for their tests already, in the same profile with the same features; nothing is measured with them.
export TESTBED_PROGRAMS=$TARGET/debug
CHAOS_PROGRAM=$TESTBED_PROGRAMS/toast-chaos
# Orders per second that two cores serve together with the testbed.
CHAOS=(--seed 1 --rate 10)
FAULTS_IN_SHORT=backend-kill,nginx-reload,coordinator-freeze
# The default of the program: nodes see this folder, and it is removed with the testbed.
CHAOS_FOLDER=/var/lib/toast-testbed/chaos
# Marks the testbed as this check's own, so that the next check removes it after this one was killed with SIGKILL.
OWN_TESTBED=$STATE/testbed-of-the-check
# Held by the check that uses the testbed: there is one for each host.
TESTBED_LOCK=/run/lock/toast-testbed-check
# Several times what the testbed of a check takes.
TESTBED_WAIT_SECONDS=1800
SELF_TEST=$LOGS/chaos-self-test.json
CONNECTION_CUTS=$LOGS/chaos-connection-cuts.json
FAULTS_REPORT=$LOGS/chaos-faults.json
INGRESS_REPORT=$LOGS/ingress-tests.json

NODE_FAULTS="Regions: faults of single nodes"
SMALL_TESTBED="Regions: a small testbed"
CHAOS_IN_SHORT="Regions: chaos"
INGRESS="Regions: orders through the ingress while backends are killed"

check_regions() {
    local obstacle
    rm -f "$SELF_TEST" "$CONNECTION_CUTS" "$FAULTS_REPORT" "$INGRESS_REPORT"
    check "Agent, testbed and chaos programs" build_programs
    suite count_experiments "Chaos: negative controls, and connections cut at COMMIT" run_experiments
    has_citus || skipped "Chaos: connections cut between coordinator and worker" "the extension citus is not installed"
    if lock_testbed; then
        obstacle=$(obstacle_to_a_testbed)
    else
        obstacle="another check used the testbed for $((TESTBED_WAIT_SECONDS / 60)) minutes"
    fi
    if [ -z "$obstacle" ]; then
        check "Regions: third-party services" "$SCRIPTS/regions.sh" third-party
        [ "$STEP_STATUS" -eq 0 ] || obstacle="its third-party services could not be installed"
    fi
    if [ -z "$obstacle" ]; then
        check_testbed
    else
        skip "$obstacle" "$NODE_FAULTS" "$SMALL_TESTBED" "$CHAOS_IN_SHORT" "$INGRESS"
    fi
}

check_testbed() {
    local failed_before=$FAILED
    touch "$OWN_TESTBED"
    check_node_faults
    check "$SMALL_TESTBED" start_small_testbed
    if [ "$STEP_STATUS" -eq 0 ]; then
        suite count_faults "$CHAOS_IN_SHORT" inject_faults
        note "  $(grep '^chaos: ' "$STEP_LOG" || echo 'chaos: interrupted')"
        check_ingress
    else
        skip "the testbed did not start" "$CHAOS_IN_SHORT" "$INGRESS"
    fi
    [ "$FAILED" -eq "$failed_before" ] || keep_logs_of_nodes
    check "Regions: removal of the testbed" end_own_testbed
}

# Nodes have disks of limited size, on loop devices, so that tests can fill them.
check_node_faults() {
    if [ -e /dev/loop-control ]; then
        suite count_cargo_tests "$NODE_FAULTS" run_node_faults
    else
        skipped "$NODE_FAULTS" "the device /dev/loop-control is missing"
    fi
}

check_ingress() {
    local BROWSER_REPORT=$INGRESS_REPORT
    if [ -n "$(whole_browser)" ]; then
        suite count_browser_tests "$INGRESS" order_while_backends_are_killed
    else
        skipped "$INGRESS" "the system has no browser, and nodes cannot use Playwright's"
    fi
}

skip() {
    local why=$1 title
    for title in "${@:2}"; do skipped "$title" "$why"; done
}

# At the same time: the last crates of the builds keep one core busy, and nothing is measured. The result for the third-party
# services is that of their own step.
build_site_and_third_party() {
    local third_party='' status=0
    if [ -z "$(obstacle_to_a_testbed)" ]; then
        "$SCRIPTS/regions.sh" third-party >"$LOGS/third-party-during-the-build.log" 2>&1 &
        third_party=$!
    fi
    "$SCRIPTS/build.sh" || status=$?
    if [ -n "$third_party" ]; then wait "$third_party" || true; fi
    return "$status"
}

# With the packages and features of the tests, of which only one program is left to link.
build_programs() { cargo build "${HOST[@]}" --bins --tests; }

# At the same time: both mostly wait for time-outs.
run_experiments() {
    local self_test status=0
    run_self_test &
    self_test=$!
    run_connection_cuts || status=$?
    wait "$self_test" || status=$?
    return "$status"
}

run_self_test() { "$CHAOS_PROGRAM" self-test --toast "$SERVER" --json "$SELF_TEST"; }

run_connection_cuts() { "$CHAOS_PROGRAM" connection-cuts --toast "$SERVER" --json "$CONNECTION_CUTS"; }

run_node_faults() { cargo test "${HOST[@]}" --test faults -- --ignored; }

start_small_testbed() { PROFILE=small "$SCRIPTS/regions.sh" up; }

# Recovery times and failure counts can be judged on an idle host only; that no order is lost can be judged on any.
inject_faults() {
    "$CHAOS_PROGRAM" run --skip-security --faults "$FAULTS_IN_SHORT" "${CHAOS[@]}" --bundle "$STATE/bundle" \
        --json "$FAULTS_REPORT"
}

order_while_backends_are_killed() {
    cd end2end
    PLAYWRIGHT_JSON_OUTPUT_NAME=$INGRESS_REPORT playwright test --config playwright.testbed.config.ts --reporter=list,json
}

# One testbed at a time for each host: waits for the testbed of another clone's check. Not in a subshell, which would release
# the lock at its end.
lock_testbed() {
    [ "$(id -u)" -eq 0 ] || return 0
    exec 7>"$TESTBED_LOCK"
    flock --nonblock 7 && return 0
    note "  Waiting for the testbed of another check."
    flock --timeout "$TESTBED_WAIT_SECONDS" 7
}

# Why this host cannot run a testbed; empty where it can. Changes nothing.
obstacle_to_a_testbed() {
    if [ "$(id -u)" -ne 0 ]; then
        echo "network and mount namespaces need root"
    elif [ ! -e /dev/net/tun ]; then
        echo "the device /dev/net/tun is missing"
    elif ! may_open_tun; then
        echo "the device /dev/net/tun may not be opened"
    elif ! may_make_nodes; then
        echo "this host does not allow namespaces with mounts"
    elif a_testbed_runs; then
        echo "another testbed runs on this host"
    elif ! has_mesh_programs && ! has_go; then
        echo "Go, which builds the programs of the mesh, is missing"
    elif lacks_installable_packages; then
        echo "there is no apt-get to install what is missing"
    fi
}

may_open_tun() { (exec 3<>/dev/net/tun) 2>/dev/null; }

may_make_nodes() {
    unshare --pid --mount --uts --ipc --net --cgroup --fork --propagation private sh -euc '
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        mount -t tmpfs tmpfs /run
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
    ' >/dev/null 2>&1
}

a_testbed_runs() { [ -e /run/toast-testbed ] || [ -e /var/lib/toast-testbed ] || compgen -G '/run/netns/toastw-*' >/dev/null; }

lacks_installable_packages() {
    need_third_party_packages
    [ "${#MISSING[@]}" -gt 0 ] && ! command -v apt-get >/dev/null 2>&1
}

end_own_testbed() {
    if [ "$(id -u)" -eq 0 ] && [ -e "$OWN_TESTBED" ]; then "$SCRIPTS/regions.sh" down; fi
}

# They are removed with the testbed, and needed to find the cause of a failure.
keep_logs_of_nodes() {
    local log
    rm -rf "$LOGS/nodes"
    for log in /var/lib/toast-testbed/nodes/*/{log,boot.log}; do
        [ -e "$log" ] || continue
        mkdir -p "$LOGS/nodes/$(basename "$(dirname "$log")")"
        cp -R "$log" "$LOGS/nodes/$(basename "$(dirname "$log")")/"
    done
    cp -R "$CHAOS_FOLDER"/*.log "$LOGS/nodes/" 2>/dev/null || true
    note "  Logs of its nodes: $LOGS/nodes"
}

count_experiments() {
    node -e '
        const all = process.argv.slice(1).flatMap(file => JSON.parse(require("fs").readFileSync(file, "utf8")));
        const passed = all.filter(one => one.passed).length;
        console.log(passed, all.length - passed, 0);
    ' "$SELF_TEST" "$CONNECTION_CUTS" 2>/dev/null || echo 0 0 0
}

# A fault passes where no invariant was violated. Late standbys and undelivered messages are reported only.
count_faults() {
    node -e '
        const { faults } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        const done = faults.filter(one => !one.skipped);
        const isHard = violation => !["standbys", "outbox"].includes(violation.kind);
        const violated = done.filter(one => one.unfinished || one.violations.some(isHard)).length;
        console.log(done.length - violated, violated, faults.length - done.length);
    ' "$FAULTS_REPORT" 2>/dev/null || echo 0 0 0
}
