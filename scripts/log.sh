# shellcheck shell=bash disable=SC2034
# How the commands speak: a line for each long step with its seconds, and errors that say what to do.

if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' GREEN=$'\e[32m' RED=$'\e[31m' PLAIN=$'\e[0m' LIVE=yes
else
    BOLD='' DIM='' GREEN='' RED='' PLAIN='' LIVE=''
fi

say() { printf '%s\n' "$*"; }
note() { printf '%s\n' "$DIM$*$PLAIN"; }
warn() { printf '%s\n' "$RED!$PLAIN $*" >&2; }
fail() { printf '%s\n' "$RED✗$PLAIN $*" >&2; exit 1; }
done_line() { printf '%s\n' "$GREEN✓$PLAIN $*"; }

# The step that runs now, so that an interrupt can end it with everything it started.
STEP_PID=''

# step "Building the site" command…: runs it with its output in a log, a line at its start and one at its end.
# Answers in STEP_STATUS instead of by its own status: bash forgets `set -e` in all that runs under an `if` or `&&`.
step() {
    local title=$1 log began=$SECONDS
    shift
    log=$LOGS/$(log_name "$title")
    start_in_own_group "$log" "$@"
    follow_step "$title" "$log" "$began"
    STEP_STATUS=0
    wait "$STEP_PID" 2>/dev/null || STEP_STATUS=$?
    STEP_PID=''
    clear_live_line
    STEP_SECONDS=$((SECONDS - began))
    STEP_LOG=$log
    if [ "$STEP_STATUS" -eq 0 ]; then
        done_line "$title ${DIM}(${STEP_SECONDS} s)$PLAIN"
    else
        say "$RED✗$PLAIN $title ${DIM}(${STEP_SECONDS} s, status $STEP_STATUS)$PLAIN"
    fi
}

# A step without which nothing further makes sense.
must() {
    step "$@"
    [ "$STEP_STATUS" -ne 0 ] || return 0
    as_read "$STEP_LOG" | tail -n 60 >&2
    fail "$1: this failed. The whole log: $STEP_LOG"
}

log_name() { printf '%s.log' "$(printf '%s' "$1" | tr -cs '[:alnum:]' '-' | tr '[:upper:]' '[:lower:]' | sed 's/-*$//')"; }

# Without the locks that its starter holds, and in its own process group: a Ctrl-C reaches this shell alone, which then ends the group in good order.
start_in_own_group() {
    local log=$1
    shift
    set -m
    # Cargo names a crate when it begins with it; only its counter says how far it is.
    CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=100 "$@" </dev/null >"$log" 2>&1 8>&- 9>&- &
    STEP_PID=$!
    set +m
}

follow_step() {
    local title=$1 log=$2 began=$3 next=20 seconds
    [ -n "$LIVE" ] || say "… $title"
    while kill -0 "$STEP_PID" 2>/dev/null; do
        seconds=$((SECONDS - began))
        if [ -n "$LIVE" ]; then
            printf '\r\e[K… %s %s%s s  %s%s' "$title" "$DIM" "$seconds" "$(last_words "$log")" "$PLAIN"
        elif [ "$seconds" -ge "$next" ]; then
            next=$((seconds + 20))
            say "  $title: $seconds s  $(last_words "$log")"
        fi
        sleep 0.2
    done
}

# The last line of a log; cargo's counter as “crate 212 of 340: leptos, tachys”, which are those it works on.
last_words() {
    tail -c 1000 "$1" 2>/dev/null | tr '\r' '\n' | without_colours | grep -v '^ *$' | tail -n 1 |
        sed -E 's/^ *Building \[[^]]*\] *([0-9]+)\/([0-9]+)/crate \1 of \2/; s/ +$//' | cut -c1-60
}

# A log without what was written over.
as_read() { without_colours <"$1" | sed 's/.*\r//'; }

without_colours() { sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g'; }

clear_live_line() { if [ -n "$LIVE" ]; then printf '\r\e[K'; fi; }

end_step() {
    [ -n "$STEP_PID" ] || return 0
    clear_live_line
    kill -TERM -- "-$STEP_PID" 2>/dev/null || true
    wait "$STEP_PID" 2>/dev/null || true
    STEP_PID=''
}
