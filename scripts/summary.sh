# shellcheck shell=bash disable=SC2016,SC2034
# Counts the results of a check, shows the log of each failure, and ends with a table of times and one line of counts.

PASSED=0
FAILED=0
SKIPPED=0
FAILED_STEPS=()
FLAKY=()

# check "Format" command…: one check, passed or failed.
check() {
    step "$@"
    if [ "$STEP_STATUS" -eq 0 ]; then count 1 0 0; else failed "$1"; fi
}

# suite counter "Unit tests" command…: as many checks as the counter finds in the log, as “passed failed skipped”.
suite() {
    local counter=$1 title=$2 passed failed skipped
    shift
    step "$@"
    read -r passed failed skipped < <("$counter" "$STEP_LOG")
    count "$passed" 0 "$skipped"
    note "  $passed passed, $failed failed, $skipped skipped"
    if [ "$counter" = count_browser_tests ]; then list_browser_tests; fi
    # A suite that could not be built or started has no counts; it is one failure.
    if [ "$STEP_STATUS" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$failed" -gt 0 ]; then failed "$title" "$failed"; fi
}

skipped() {
    note "– $1: skipped, $2"
    count 0 0 1
}

count() {
    PASSED=$((PASSED + $1))
    FAILED=$((FAILED + $2))
    SKIPPED=$((SKIPPED + $3))
}

failed() {
    count 0 "${2:-1}" 0
    FAILED_STEPS+=("$1")
    as_read "$STEP_LOG" | sed 's/^/    /'
}

# “test result: ok. 12 passed; 0 failed; 1 ignored; …”, one such line for each test binary.
count_cargo_tests() {
    awk '/^test result: / { passed += $4; failed += $6; ignored += $8 } END { print passed + 0, failed + 0, ignored + 0 }' "$1"
}

# Playwright repeats a failed test once. Two failures count as failed; passing at the second try counts as passed and is
# listed as flaky, because the cause may be the load of the machine.
count_browser_tests() {
    node -e '
        const { stats } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        console.log(stats.expected + stats.flaky, stats.unexpected, stats.skipped);
    ' "$BROWSER_REPORT" 2>/dev/null || echo 0 0 0
}

# browser_tests flaky|skipped: one line for each such test, with its screen and its reason, if it has one.
browser_tests() {
    node -e '
        const [file, wanted] = process.argv.slice(1);
        const specs = suite => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
        for (const spec of specs(JSON.parse(require("fs").readFileSync(file, "utf8")))) {
            for (const test of spec.tests.filter(one => one.status === wanted)) {
                const reason = test.annotations?.find(one => one.type === "skip")?.description;
                console.log(`${spec.title} (${test.projectName})${reason ? `: ${reason}` : ""}`);
            }
        }
    ' "$BROWSER_REPORT" "$1" 2>/dev/null || true
}

list_browser_tests() {
    local test
    while read -r test; do
        note "  flaky, passed at the second try: $test"
        FLAKY+=("$test")
    done < <(browser_tests flaky)
    while read -r test; do note "  skipped: $test"; done < <(browser_tests skipped)
}

finish() {
    local title
    FINISHED=yes
    print_step_times
    for title in "${FLAKY[@]}"; do print "! flaky: $title"; done
    for title in "${FAILED_STEPS[@]}"; do print "$RED✗$PLAIN failed: $title"; done
    note "$((SECONDS / 60)) min $((SECONDS % 60)) s"
    printf '%s passed, %s failed' "$PASSED" "$FAILED"
    if [ "$SKIPPED" -gt 0 ]; then printf ', %s skipped' "$SKIPPED"; fi
    printf '\n'
    [ "$FAILED" -eq 0 ]
}

# Only the settings of the check may reach the tests.
unset_settings_of_the_caller() {
    local name
    for name in "${!TOAST_@}"; do
        case $name in TOAST_TOOLS | TOAST_POSTGRES_BIN | TOAST_NIXPKGS) ;; *) unset "$name" ;; esac
    done
}

lock_checks_of_this_clone() {
    exec 8>"$STATE/test.lock"
    flock --nonblock 8 || fail "Another check of this clone is running."
}
