#!/usr/bin/env bash
# cldr-core 48.0.0 (npm, the data behind ICU 78 and Intl) beside currency-codes 2.2.0 (npm, ISO 4217).
# Guess: an amount is displayed with as many decimals as ISO 4217 gives its currency.
# Behaviour: CLDR has display decimals of its own; for several currencies with minor units it has none.
# Why it matters: a bill of 1,250.50 HUF, charged in ISO minor units, is displayed rounded to whole forints: the total shown
#   is not the total charged, and a column of displayed amounts does not add up.

# shellcheck source=findings/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
npm_packages cldr-core@48.0.0 currency-codes@2.2.0
cat >finding.cjs <<'JS'
const { fractions } = require("cldr-core/supplemental/currencyData.json").supplemental.currencyData;
const iso = require("currency-codes");
for (const code of ["EUR", "JPY", "KWD", "HUF", "COP", "MGA", "IQD"])
    console.log(`${code}: ISO ${iso.code(code).digits}, CLDR ${(fractions[code] ?? fractions.DEFAULT)._digits}`);
JS
expect "EUR: ISO 2, CLDR 2
JPY: ISO 0, CLDR 0
KWD: ISO 3, CLDR 3
HUF: ISO 2, CLDR 0
COP: ISO 2, CLDR 0
MGA: ISO 2, CLDR 0
IQD: ISO 3, CLDR 0" node finding.cjs
