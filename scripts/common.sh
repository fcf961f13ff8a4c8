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

# However a command ends, its running steps end with it.
make_state_folders
trap end_steps EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
