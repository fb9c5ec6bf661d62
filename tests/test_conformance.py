"""docs/conformance.md is true: it has every id once, every test it names exists and names the id itself."""

from collections import Counter
import sys

import pytest

from .conformance import OF_21, OF_201, ids, proofs, rows, shown
from .house import ROOT


def test_the_lists_are_those_of_the_specification() -> None:
    assert len(ids(OF_201)) == len(set(ids(OF_201))) == 111
    assert len(ids(OF_21)) == len(set(ids(OF_21))) == 84
    assert set(ids(OF_201)).isdisjoint(ids(OF_21))


def test_every_requirement_is_listed_once() -> None:
    assert [name for name, _ in rows()] == ids(OF_201) + ids(OF_21)


def test_every_proof_is_a_test_that_names_its_requirement() -> None:
    known = proofs(ROOT)
    for name, proof in rows():
        if not proof.startswith(("waiting: ", "not applicable: ")):
            assert name in known.get(proof.strip("`"), set()), f"{name}: {proof}"


def test_the_requirements_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {
        version: Counter(
            proof.partition(":")[0] if proof.startswith(("waiting: ", "not applicable: ")) else "shown"
            for name, proof in rows()
            if name in wanted
        )
        for version, wanted in (("2.0.1", ids(OF_201)), ("2.1", ids(OF_21)))
    }
    assert sum(counts["2.0.1"].values()) == 111
    assert sum(counts["2.1"].values()) == 84
    with capsys.disabled():
        for version, count in counts.items():
            parts = ", ".join(f"{number} {what}" for what, number in sorted(count.items()))
            sys.stdout.write(f"\n{sum(count.values())} requirements of OCPP {version}: {parts}\n")
        proven = shown(ROOT)
        late = [name for name, proof in rows() if proof.startswith("waiting: ") and name in proven]
        if late:
            sys.stdout.write(f"Shown by now, run `python -m tests.conformance`: {', '.join(late)}\n")
