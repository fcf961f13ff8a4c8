# shellcheck shell=bash
# Which of the installed PostgreSQL binaries to use.

# The newest installed, or the newest that has the given extension. TOAST_POSTGRES_BIN precedes all.
newest_postgres() {
    local extension=${1:-} bin
    for bin in $(binary_folders); do
        is_new_enough "$bin" || continue
        [ -z "$extension" ] || has_extension "$bin" "$extension" || continue
        printf '%s' "$bin"
        return 0
    done
}

# Data can be used only by the major version that created it.
postgres_of_version() {
    local bin
    for bin in $(binary_folders); do
        is_new_enough "$bin" || continue
        [ "$(major_version "$bin")" = "$1" ] || continue
        printf '%s' "$bin"
        return 0
    done
}

binary_folders() {
    printf '%s\n' "${TOAST_POSTGRES_BIN:-}"
    printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV
    pg_config --bindir 2>/dev/null || true
}

is_new_enough() { [ -x "$1/initdb" ] && [ -x "$1/postgres" ] && [ "$(major_version "$1")" -ge "$POSTGRES_OLDEST" ]; }

major_version() { "$1/postgres" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/'; }

has_extension() {
    [ -e "$("$1/pg_config" --sharedir 2>/dev/null)/extension/$2.control" ] ||
        [ -e "/usr/share/postgresql/$(major_version "$1")/extension/$2.control" ]
}
