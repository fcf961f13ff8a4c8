# Converts a unit template of deploy/templates/systemd to options of `systemd.services`: units on NixOS and Debian differ in the
# paths of programs only.
{ lib, cfg }:
let
  inherit (builtins) attrNames elemAt filter foldl' head isString length match readFile replaceStrings split stringLength;

  # Longest path first, because one path may be a prefix of another.
  paths = lib.sort (a: b: stringLength a > stringLength b) (attrNames cfg.places);
  placed = replaceStrings paths (map (path: cfg.places.${path}) paths);

  values = {
    "{{ control_name }}" = "control.${cfg.facts.domain}";
    "{{ node.underlay }}" = cfg.facts.underlay;
  };
  rendered = replaceStrings (attrNames values) (lib.attrValues values);

  # The part of the template language that units use.
  step = state: line:
    if line == "{% if node.watchdog %}" then state // { skipping = !cfg.facts.watchdog; }
    else if line == "{% endif %}" then state // { skipping = false; }
    else if state.skipping || line == "" || match "[#;].*" line != null then state
    else if match ".*([{][{%]).*" line != null then throw "unit.nix does not know this line of a unit template: ${line}"
    else if match "\\[.*]" line != null then state // { section = head (match "\\[(.*)]" line); }
    else let setting = match "([^=]+)=(.*)" line; in
      state // { settings = state.settings ++ [ { inherit (state) section; key = head setting; value = placed (elemAt setting 1); } ]; };

  read = name: (foldl' step { skipping = false; section = ""; settings = [ ]; }
    (map rendered (filter isString (split "\n" (readFile (cfg.templates + "/systemd/${name}.service.j2")))))).settings;

  # A repeated key becomes a list in the same order.
  sectionOf = settings: section:
    let
      grouped = foldl' (all: one: all // { ${one.key} = (all.${one.key} or [ ]) ++ [ one.value ]; }) { }
        (filter (one: one.section == section) settings);
    in lib.mapAttrs (_: found: if length found == 1 then head found else found) grouped;
  words = text: filter (word: isString word && word != "") (split " +" text);
in
name:
let
  settings = read name;
  unit = sectionOf settings "Unit";
  known = [ "Description" "After" "Wants" ];
in {
  description = unit.Description;
  after = words (unit.After or "");
  wants = words (unit.Wants or "");
  unitConfig = removeAttrs unit known;
  serviceConfig = sectionOf settings "Service";
  wantedBy = words ((sectionOf settings "Install").WantedBy or "");
}
