# shellcheck shell=bash disable=SC2034
# Output of the commands: one line for each long step with its seconds, a table of all steps, errors that say what to do.

if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' GREEN=$'\e[32m' RED=$'\e[31m' PLAIN=$'\e[0m' LIVE=yes
else
    BOLD='' DIM='' GREEN='' RED='' PLAIN='' LIVE=''
fi

print() { printf '%s\n' "$*"; }
note() { printf '%s\n' "$DIM$*$PLAIN"; }
warn() { printf '%s\n' "$RED!$PLAIN $*" >&2; }
fail() { printf '%s\n' "$RED✗$PLAIN $*" >&2; exit 1; }
success() { printf '%s\n' "$GREEN✓$PLAIN $*"; }

# The process groups of the running steps, so that an interrupt can end them with all their children; the seconds and the
# status of those that have ended.
STEP_PIDS=()
STEP_SECONDS=()
STEP_STATUSES=()
# “seconds title” of each finished step.
STEP_TIMES=()

# step "Building the site" command…: runs the command with its output in a log, and prints a line at its start and its end.
# The result is in STEP_STATUS and not in the status of this function: bash ignores `set -e` in all that runs under `if` or `&&`.
step() {
    start_step "$@"
    follow_steps "$1"
    finish_steps "$1"
}

# A step without which the command cannot go on.
must() {
    step "$@"
    [ "$STEP_STATUS" -eq 0 ] || fail_with_log "$1"
}

# must_both "Title" function "Title" function: two steps at the same time, both without arguments. For compilers, whose last
# crates keep one processor busy while the other has nothing to do.
must_both() {
    start_step "$1" "$2"
    start_step "$3" "$4"
    follow_steps "$1" "$3"
    finish_steps "$1" "$3"
    [ "$STEP_STATUS" -eq 0 ] || fail_with_log "$STEP_FAILED"
}

fail_with_log() {
    as_read "$(log_of "$1")" | tail -n 60 >&2
    fail "$1: failed. The whole log: $(log_of "$1")"
}

log_of() { printf '%s/%s.log' "$LOGS" "$(printf '%s' "$1" | tr -cs '[:alnum:]' '-' | tr '[:upper:]' '[:lower:]' | sed 's/-*$//')"; }

# Without the locks of the parent (7, 8 and 9), and in a process group of its own: Ctrl-C reaches this shell alone, which then
# ends the group.
start_step() {
    local log
    log=$(log_of "$1")
    shift
    set -m
    # Cargo's lines name a crate when it begins; only its progress bar counts the finished ones.
    CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=100 "$@" </dev/null >"$log" 2>&1 7>&- 8>&- 9>&- &
    STEP_PIDS+=("$!")
    set +m
}

# Shows time and progress until all of the running steps have ended. When one fails, the others are terminated.
follow_steps() {
    local began=$SECONDS next=20 seconds title
    title=$(joined '; ' "$@")
    [ -n "$LIVE" ] || print "… $title"
    while note_ended_steps "$began"; do
        seconds=$((SECONDS - began))
        if [ -n "$LIVE" ]; then
            printf '\r\e[K… %s %s%s s  %s%s' "$title" "$DIM" "$seconds" "$(progress_of "$@")" "$PLAIN"
        elif [ "$seconds" -ge "$next" ]; then
            next=$((seconds + 20))
            print "  $title: $seconds s  $(progress_of "$@")"
        fi
        sleep 0.2
    done
    clear_live_line
}

# True while a step runs.
note_ended_steps() {
    local number pid failed=''
    for number in "${!STEP_PIDS[@]}"; do
        pid=${STEP_PIDS[number]}
        if [ -n "${STEP_STATUSES[number]:-}" ] || kill -0 "$pid" 2>/dev/null; then continue; fi
        STEP_SECONDS[number]=$((SECONDS - $1))
        STEP_STATUSES[number]=0
        wait "$pid" 2>/dev/null || STEP_STATUSES[number]=$?
        [ "${STEP_STATUSES[number]}" -eq 0 ] || failed=yes
    done
    if [ -n "$failed" ]; then terminate_steps; fi
    [ "${#STEP_STATUSES[@]}" -lt "${#STEP_PIDS[@]}" ]
}

# Prints a line for each, in their order. STEP_FAILED and STEP_STATUS are of the first that failed, if any.
finish_steps() {
    local number=0 title seconds
    STEP_STATUS=0
    for title in "$@"; do
        seconds=${STEP_SECONDS[number]}
        STEP_LOG=$(log_of "$title")
        STEP_TIMES+=("$seconds $title")
        if [ "${STEP_STATUSES[number]}" -eq 0 ]; then
            success "$title ${DIM}($seconds s)$PLAIN"
        else
            print "$RED✗$PLAIN $title ${DIM}($seconds s, status ${STEP_STATUSES[number]})$PLAIN"
            [ "$STEP_STATUS" -ne 0 ] || STEP_FAILED=$title STEP_STATUS=${STEP_STATUSES[number]}
        fi
        number=$((number + 1))
    done
    STEP_PIDS=() STEP_SECONDS=() STEP_STATUSES=()
}

joined() {
    local separator=$1 text=$2 one
    shift 2
    for one in "$@"; do text=$text$separator$one; done
    printf '%s' "$text"
}

# The last line of the log of each step, separated by semicolons.
progress_of() {
    local title lines=()
    for title in "$@"; do lines+=("$(last_line "$(log_of "$title")")"); done
    joined '; ' "${lines[@]}"
}

# The last line of a log; of cargo's progress bar only “crate 212 of 340”.
last_line() {
    tail -c 1000 "$1" 2>/dev/null | tr '\r' '\n' | without_colours | grep -v '^ *$' | tail -n 1 |
        sed -E 's/^ *Building \[[^]]*\] *([0-9]+)\/([0-9]+).*/crate \1 of \2/; s/ +$//' | cut -c1-60
}

# A log without what was overwritten on the screen.
as_read() { without_colours <"$1" | sed 's/.*\r//'; }

without_colours() { sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g'; }

clear_live_line() { if [ -n "$LIVE" ]; then printf '\r\e[K'; fi; }

# A table of all steps that took a second or more.
print_step_times() {
    local entry total=0
    for entry in "${STEP_TIMES[@]}"; do
        total=$((total + ${entry%% *}))
        [ "${entry%% *}" -eq 0 ] || note "$(printf '%6d s  %s' "${entry%% *}" "${entry#* }")"
    done
    [ "$total" -eq 0 ] || note "$(printf '%6d s  in all' "$SECONDS")"
}

terminate_steps() {
    local pid
    for pid in "${STEP_PIDS[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done
}

end_steps() {
    local pid
    [ "${#STEP_PIDS[@]}" -gt 0 ] || return 0
    clear_live_line
    terminate_steps
    for pid in "${STEP_PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
    STEP_PIDS=()
}
