# shellcheck shell=bash
# Sourced by every command: the parts that all of them share.

set -euo pipefail
for part in log versions env binaries postgres; do
    # shellcheck source=/dev/null
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done
unset part

# True in a file that was started as a command, false where another command sourced it for its functions.
is_command() { [ "${BASH_SOURCE[1]}" = "$0" ]; }

# Whatever ends a command, also ends the step that it is in.
make_state_folders
trap end_step EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
