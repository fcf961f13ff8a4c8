# shellcheck shell=bash disable=SC2016,SC2164
# Sandboxing of systemd units, and the NixOS modules of deploy: steps of the whole check. Steps whose program is missing are skipped by name.
# TOAST_NIXPKGS=/path/of/nixpkgs has the modules evaluated with its `lib` as well.

NIXOS=$PROJECT/deploy/nixos
UNIT_TEMPLATES=$PROJECT/deploy/templates/systemd
RENDERED_UNITS=$STATE/units
MACHINES=$LOGS/nixos-machines.json

# Exposure as `systemd-analyze security` counts it, in tenths: our own programs, and third-party services. toast-ssh has no
# limits, because the shells of operators would inherit them.
MAX_OWN=25
MAX_THIRD_PARTY=40
UNLIMITED=toast-ssh

LIMITS="Units: sandboxing"
MODULES="NixOS: modules, machines, flake"
REAL_LIB="NixOS: the same with nixpkgs' lib"

check_units_and_modules() {
    if command -v systemd-analyze >/dev/null; then
        check "$LIMITS" check_unit_templates
    else
        skipped "$LIMITS" "systemd-analyze, of Debian's package systemd, is not installed"
    fi
    if ! command -v nix-instantiate >/dev/null; then
        skipped "$MODULES" "nix-instantiate, of Debian's package nix-bin, is not installed"
        return
    fi
    check "$MODULES" check_modules "$NIXOS/tests/lib.nix"
    if [ -n "${TOAST_NIXPKGS:-}" ]; then
        check "$REAL_LIB" check_modules "$TOAST_NIXPKGS/lib"
    else
        skipped "$REAL_LIB" "TOAST_NIXPKGS names no nixpkgs"
    fi
}

# The variables of unit templates: the relay's name and address, and whether there is a watchdog.
check_unit_templates() {
    local template name watchdog
    for watchdog in '' '/{% if/,/{% endif/d;'; do
        rm -rf "$RENDERED_UNITS"
        mkdir -p "$RENDERED_UNITS"
        for template in "$UNIT_TEMPLATES"/*.service.j2; do
            name=$(basename "$template" .j2)
            sed -e "$watchdog/{%/d;s/{{ control_name }}/control.toast.test/g;s/{{ node.underlay }}/10.1.0.11/g" "$template" >"$RENDERED_UNITS/$name"
        done
        check_units_of "$RENDERED_UNITS"
    done
}

check_units_of() {
    local unit name most status=0
    for unit in "$1"/*.service; do
        name=$(basename "$unit" .service)
        case $name in
        "$UNLIMITED") continue ;;
        toast-agent | toast-server) most=$MAX_OWN ;;
        *) most=$MAX_THIRD_PARTY ;;
        esac
        systemd-analyze security --offline=true --no-pager --threshold="$most" "$unit" >"$1/$name.security" 2>&1 || {
            status=1
            cat "$1/$name.security"
        }
        tail -n 1 "$1/$name.security"
    done
    verify_units_of "$1" || status=1
    return "$status"
}

# Whether systemd accepts each setting. /bin/true replaces the programs, which need not be installed.
verify_units_of() {
    local unit said verified=$1/verified
    mkdir -p "$verified"
    for unit in "$1"/*.service; do
        sed -E 's#^(Exec[A-Za-z]+=[-+]*)[^ ]+#\1/bin/true#' "$unit" >"$verified/$(basename "$unit")"
    done
    # Its status covers the units of the host, too; only messages about ours count.
    said=$(systemd-analyze verify --man=no --recursive-errors=no "$verified"/*.service 2>&1 | grep -F toast- || true)
    [ -z "$said" ] || {
        printf '%s\n' "$said"
        return 1
    }
}

# Evaluation only, with a store in memory, so that no permissions are needed.
ask_nix() { NIX_CONFIG='build-users-group =' nix-instantiate --store dummy:// "$@"; }

evaluate() { ask_nix --eval --strict --json "$NIXOS/tests" --arg lib "import $LIBRARY" -A "$1"; }

check_modules() {
    local LIBRARY=$1 file
    while IFS= read -r file; do ask_nix --parse "$file" >/dev/null; done < <(find "$NIXOS" -name '*.nix' | sort)
    if command -v deadnix >/dev/null; then deadnix --fail --no-lambda-pattern-names "$NIXOS"; fi
    evaluate machines >"$MACHINES"
    check_machines
    evaluate flake >/dev/null
    check_warnings
    check_rejections
    if command -v systemd-analyze >/dev/null; then check_units_of "$RENDERED_UNITS"; fi
}

# Evaluates every machine of every inventory, and writes the units, each once.
check_machines() {
    rm -rf "$RENDERED_UNITS"
    mkdir -p "$RENDERED_UNITS"
    node -e '
        const fs = require("fs");
        const machines = Object.entries(JSON.parse(fs.readFileSync(process.argv[1], "utf8")));
        if (machines.length === 0) throw new Error("there are no machines");
        for (const [name, { failed, units }] of machines) {
            if (failed.length > 0) throw new Error(`${name}: ${failed.join("\n")}`);
            for (const [unit, text] of Object.entries(units)) fs.writeFileSync(`${process.argv[2]}/${unit}.service`, text);
        }
        console.log(`${machines.length} machines`);
    ' "$MACHINES" "$RENDERED_UNITS"
}

check_warnings() {
    local warned quiet
    warned=$(evaluate warned)
    quiet=$(evaluate quiet)
    node -e '
        const [warned, quiet] = process.argv.slice(1).map(text => JSON.parse(text));
        const silent = Object.entries(warned).filter(([words, said]) => !said.some(one => one.includes(words)));
        if (silent.length > 0) throw new Error(`no warning: ${silent.map(([words]) => words).join("; ")}`);
        if (quiet.length > 0) throw new Error(`warnings without a mistake: ${quiet.join("; ")}`);
        console.log(`${Object.keys(warned).length} mistakes with a warning`);
    ' "$warned" "$quiet"
}

check_rejections() {
    local words names said
    names=$(ask_nix --eval --json -E "builtins.attrNames (import $NIXOS/tests { }).refused")
    while IFS= read -r words; do
        if said=$(evaluate "refused.\"$words\"" 2>&1); then
            printf 'not rejected: %s\n' "$words"
            return 1
        fi
        if ! grep -qF "$words" <<<"$said"; then
            printf 'rejected with another message than “%s”: %s\n' "$words" "$said"
            return 1
        fi
    done < <(node -p 'JSON.parse(process.argv[1]).join("\n")' "$names")
}
