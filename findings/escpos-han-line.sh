#!/usr/bin/env bash
# python-escpos 3.1 (PyPI), receipt and kitchen printers.
# Guess: a character that none of the printer's code pages has is printed as a placeholder, and the rest of the line is right.
#   That is so for a star.
# Behaviour: one Han character makes the encoder write the whole line, accents and euro sign included, in GB18030, and no command
#   tells the printer so: it prints the bytes in the code page that was selected before.
# Why it matters: one dish with its Chinese or Japanese name spoils the line that the kitchen cooks from, prices included.

# shellcheck source=findings/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
python_packages python-escpos==3.1
cat >finding.py <<'PY'
from escpos.printer import Dummy

for line in ["Crème 9 €", "Gyoza ☆ 5 €", "Crème 麺 9 €"]:
    printer = Dummy()
    printer.text(line)
    print(ascii(line), printer.output)
PY
expect "$(cat <<'OUT'
'Cr\xe8me 9 \u20ac' b'\x1bt\x00Cr\x8ame 9 \x1bt\x0f\xa4'
'Gyoza \u2606 5 \u20ac' b'\x1bt\x00Gyoza ? 5 \x1bt\x0f\xa4'
'Cr\xe8me \u9eba 9 \u20ac' b'Cr\xa8\xa8me \xfcM 9 \xa2\xe3'
OUT
)" venv/bin/python finding.py
