# A substitute for nixpkgs' `lib`, for hosts without nixpkgs: the functions, types and parts of the module system that the
# modules use. The real one has to accept the same modules; README.md says when that was tested.
let
  inherit (builtins)
    all any attrNames attrValues concatLists concatMap concatStringsSep elem elemAt filter foldl' genList head isAttrs isBool
    isFunction isInt isList isPath isString length listToAttrs map mapAttrs readFile replaceStrings split stringLength substring tail;

  lib = {
    inherit
      all any attrNames attrValues concatMap concatStringsSep elem elemAt filter foldl' genList head isAttrs isBool isFunction isList
      isString length listToAttrs map mapAttrs readFile replaceStrings tail;
    inherit (builtins) sort fromJSON toJSON;
    inherit types mkOption evalModules;

    mkEnableOption = what: mkOption { type = types.bool; default = false; description = "Whether to enable ${what}."; };
    mkIf = cond: content: { _type = "if"; inherit cond content; };
    mkMerge = contents: { _type = "merge"; inherit contents; };
    mkDefault = mkOverride 1000;
    mkForce = mkOverride 50;
    literalExpression = text: text;
    literalMD = text: text;

    optional = cond: one: if cond then [ one ] else [ ];
    optionals = cond: list: if cond then list else [ ];
    optionalString = cond: text: if cond then text else "";
    boolToString = one: if one then "true" else "false";
    last = list: elemAt list (length list - 1);
    init = list: genList (elemAt list) (length list - 1);
    unique = foldl' (known: one: if elem one known then known else known ++ [ one ]) [ ];
    concatMapStrings = make: list: concatStringsSep "" (map make list);
    concatMapStringsSep = between: make: list: concatStringsSep between (map make list);
    splitString = between: text: filter isString (split (replaceStrings [ "." ] [ "\\." ] between) text);
    toInt = builtins.fromJSON;
    hasPrefix = start: text: substring 0 (stringLength start) text == start;
    hasSuffix = end: text: stringLength text >= stringLength end && substring (stringLength text - stringLength end) (-1) text == end;
    removeSuffix = end: text: if lib.hasSuffix end text then substring 0 (stringLength text - stringLength end) text else text;
    hasInfix = part: text: length (split (lib.escapeRegex part) text) > 1;
    escapeRegex = replaceStrings [ "." "*" "+" "?" "(" "[" "{" "|" "^" "$" "\\" ] [ "\\." "\\*" "\\+" "\\?" "\\(" "\\[" "\\{" "\\|" "\\^" "\\$" "\\\\" ];
    filterAttrs = keep: set: listToAttrs (concatMap (name: if keep name set.${name} then [ { inherit name; value = set.${name}; } ] else [ ]) (attrNames set));
    mapAttrsToList = make: set: map (name: make name set.${name}) (attrNames set);
    genAttrs = names: make: listToAttrs (map (name: { inherit name; value = make name; }) names);
    cleanSource = path: path;
  };

  mkOption = option: option // { _type = "option"; };
  mkOverride = priority: content: { _type = "override"; inherit priority content; };

  types =
    let
      type = name: check: { _type = "option-type"; inherit name check; };
      listOf = one: type "list of ${one.name}" (found: isList found && all one.check found);
    in {
      inherit listOf;
      anything = type "anything" (_: true);
      bool = type "boolean" isBool;
      int = type "signed integer" isInt;
      str = type "string" isString;
      lines = type "strings concatenated with \"\\n\"" isString;
      port = type "16 bit unsigned integer; between 0 and 65535 (both inclusive)" (found: isInt found && found >= 0 && found <= 65535);
      path = type "absolute path" (found: isPath found || isString found && substring 0 1 found == "/" || found ? outPath);
      package = type "package" isPackage;
      enum = values: type "one of ${builtins.toJSON values}" (found: elem found values);
      nullOr = one: type "null or ${one.name}" (found: found == null || one.check found);
      attrsOf = one: type "attribute set of ${one.name}" (found: isAttrs found && all one.check (attrValues found));
    };

  isPackage = found: isAttrs found && (found.type or "") == "derivation";
  isOption = found: isAttrs found && (found._type or "") == "option";
  isSpecial = found: isAttrs found && elem (found._type or "") [ "if" "merge" "override" ];
  isPlain = found: isAttrs found && !isSpecial found && !isPackage found;

  # The definitions of a module at a path, through mkIf and mkMerge; conditions are evaluated lazily.
  definitions = path: said:
    if isSpecial said then
      if said._type == "merge" then concatMap (definitions path) said.contents
      else if said._type == "if" then map (one: one // { cond = said.cond && one.cond; }) (definitions path said.content)
      else map (one: one // { inherit (said) priority; }) (definitions path said.content)
    else if path == [ ] then [ { value = said; priority = 100; cond = true; } ]
    else if isAttrs said && said ? ${head path} then definitions (tail path) said.${head path}
    else [ ];

  # Attribute sets are merged by name and lists concatenated; other values are defined once, or equal.
  merge = found:
    let
      spoken = filter (one: one.cond) found;
      first = foldl' (least: one: if one.priority < least then one.priority else least) 100000 spoken;
      counting = filter (one: one.priority == first) spoken;
      values = map (one: one.value) counting;
      names = attrNames (foldl' (known: value: known // value) { } values);
      below = name: concatMap
        (one: map (inner: inner // { priority = if one.priority < inner.priority then one.priority else inner.priority; })
          (if one.value ? ${name} then definitions [ name ] one.value else [ ]))
        counting;
      present = filter (name: any (one: one.cond) (below name)) names;
    in
    if all isPlain values then listToAttrs (map (name: { inherit name; value = merge (below name); }) present)
    else if isList (head values) then concatLists values
    else if all (value: value == head values) values then head values
    else throw "conflicting definitions";

  leaves = path: options:
    if isOption options then [ { inherit path; option = options; } ]
    else concatMap (name: leaves (path ++ [ name ]) options.${name}) (attrNames options);

  named = concatStringsSep ".";

  evalModules = { modules, specialArgs ? { } }:
    let
      # A module that is imported several times counts once.
      visit = state: module:
        let
          file = isPath module || isString module;
          body = if file then import module else module;
          value = if isFunction body then body (specialArgs // { inherit config lib; }) else body;
          inner = foldl' visit (state // { seen = state.seen ++ [ (toString module) ]; }) (value.imports or [ ]);
        in
        if file && elem (toString module) state.seen then state
        else if file then inner // { found = inner.found ++ [ value ]; }
        else let deeper = foldl' visit state (value.imports or [ ]); in deeper // { found = deeper.found ++ [ value ]; };
      found = (foldl' visit { seen = [ ]; found = [ ]; } modules).found;

      says = module: module.config or (removeAttrs module [ "options" "imports" ]);
      options = concatMap (module: leaves [ ] (module.options or { })) found;
      byName = listToAttrs (map (one: { name = named one.path; value = one; }) options);

      unknown = path: said:
        if isSpecial said then
          if said._type == "merge" then concatMap (unknown path) said.contents else unknown path said.content
        else if byName ? ${named path} then [ ]
        else if isPlain said then concatMap (name: unknown (path ++ [ name ]) said.${name}) (attrNames said)
        else [ path ];
      strangers = concatMap (module: unknown [ ] (says module)) found;

      valueOf = { path, option }:
        let
          spoken = filter (one: one.cond) (concatMap (module: definitions path (says module)) found);
          value =
            if spoken != [ ] then merge spoken
            else option.default or (throw "The option `${named path}' was accessed but has no value defined. Try setting the option.");
        in
        if option.type.check value then value
        else throw "A definition for option `${named path}' is not of type `${option.type.name}'.";

      config = tree 0 options;
      tree = depth: below:
        let
          names = lib.unique (map (one: elemAt one.path depth) below);
          branch = name:
            let inside = filter (one: elemAt one.path depth == name) below; in
            if length (head inside).path == depth + 1 then valueOf (head inside) else tree (depth + 1) inside;
        in lib.genAttrs names branch;
    in {
      inherit options;
      config = if strangers == [ ] then config else throw "The option `${named (head strangers)}' does not exist.";
    };
in
lib
