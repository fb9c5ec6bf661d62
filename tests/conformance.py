"""What the specification demands of a central system ("CSMS SHALL"), and which tests name it.

Run as `python -m tests.conformance` to bring docs/conformance.md up to date with what tests have come to name.
"""

from collections import defaultdict
import re
from typing import Final

from .house import ROOT
from .proofs import proofs

LIST: Final = ROOT / "docs" / "conformance.md"
OF_201: Final = """
A00: 001 002 207 306 307 313 315 318 320 322 324 403 404 405 407 409 410 416 418 421 423 425 705
A01: 02 03 04 05; A02: 11 12; A03: 11 12; A04: 03; A05: 07
B01: 02 10 11 12; B02: 09; B03: 03 07; B05: 11 13; B06: 05
C01: 18 19 20 22; C02: 02; C04: 01 02 04; C07: 05 13 14 15 16 17; C09: 09 12; C12: 03
E01: 11 12; E02: 02 04; E03: 02; F03: 01; F04: 01; F06: 01 13; G02: 04; G05: 03
I01: 02; I02: 01; I03: 02 04; I06: 01 02; J01: 18; J02: 19
K01: 03 06 19 20 22 39; K02: 01 03 07; K09: 03; K10: 02 06; K15: 02 07; K16: 12; K17: 02 07
L01: 11; M04: 07; M06: 01 02 03 04 08; N06: 04; N07: 03; N08: 02; N09: 04 08; N10: 02 08 09
"""
"""OCPP 2.0.1 ed. 3, part 2."""
OF_21: Final = """
A02: 25; A03: 21; B08: 06; B09: 21 29 30; B13: 31
C17: 01 02 03; C18: 10; C20: 03; C21: 03 05; C24: 01 02 10; C25: 07 08 09 20 23 24 40 59
E16: 02 08 11 12; E17: 15; F07: 01 02; I08: 01 08 09 34
K01: 80; K17: 03 04 05 19; K18: 02 07 22; K19: 02 07 15; K21: 09; K22: 06; K28: 07 12
M01: 04 07; M07: 01 02 03 04 05 06 07 08
N01: 26 27 28; N11: 04 05 06 08 09; N13: 02; N14: 01; N15: 02 03
Q01: 01 04 07 08; Q02: 01 02 03 05; Q03: 01 02; S02: 03
"""
"""OCPP 2.1, part 2, what it adds."""
REASONS: Final = ("waiting: ", "not applicable: ")
UNSHOWN: Final = "no test shows it yet"
ROW: Final = re.compile(r"\| ([A-S]\d\d\.FR\.\d{2,3}) \| (.+?) \|")


def ids(text: str) -> list[str]:
    """The ids of a list, written out."""
    blocks = (block.split(":") for line in text.split("\n") for block in line.split(";") if ":" in block)
    return [f"{name.strip()}.FR.{number}" for name, numbers in blocks for number in numbers.split()]


def rows() -> list[tuple[str, str]]:
    """The list: ids with their proof, or the reason why there is none."""
    return ROW.findall(LIST.read_text(encoding="utf-8"))


def shown() -> dict[str, str]:
    """Each id with the test that is named after it, else the first that names it."""
    found: dict[str, list[str]] = defaultdict(list)
    for test, proof in proofs().items():
        for name in proof.ids if proof.asserts else ():
            found[name].append(test)
    return {
        name: min(tests, key=lambda test: (name.lower().replace(".", "_") not in test, test))
        for name, tests in found.items()
    }


def main() -> None:
    """Put a proof in the place of a reason, or of a proof that is gone, wherever there is one now."""
    proven, known = shown(), proofs()
    text = LIST.read_text(encoding="utf-8")
    for name, proof in rows():
        gone = not proof.startswith(REASONS) and name not in getattr(known.get(proof.strip("`")), "ids", ())
        if gone or (name in proven and proof.startswith("waiting: ")):
            proven_by = f"`{proven[name]}`" if name in proven else f"waiting: {UNSHOWN}"
            text = text.replace(f"| {name} | {proof} |", f"| {name} | {proven_by} |")
    LIST.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
