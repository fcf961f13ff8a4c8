# Parts that all modules of services share.
{ config, lib, ... }:
let cfg = config.services.toast;
in {
  inherit cfg;
  unit = import ./unit.nix { inherit lib cfg; };
  # An option for a package; `text` is the default as the manual shows it.
  package = default: text: description: lib.mkOption {
    type = lib.types.package;
    defaultText = lib.literalExpression text;
    inherit default description;
  };
  must = assertion: message: { inherit assertion message; };
}
