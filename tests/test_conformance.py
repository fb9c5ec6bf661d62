"""docs/conformance.md is true: it has every id once, and every test it names runs, asserts, and names the id itself."""

import asyncio
from collections import Counter
import sys

import pytest

from .conformance import OF_21, OF_201, REASONS, UNSHOWN, ids, rows, shown
from .house import ROOT
from .proofs import proofs


def proven() -> dict[str, str]:
    """The requirements that a test shows, with that test."""
    return {name: proof.strip("`") for name, proof in rows() if not proof.startswith(REASONS)}


def test_the_lists_are_those_of_the_specification() -> None:
    assert len(ids(OF_201)) == len(set(ids(OF_201))) == 111
    assert len(ids(OF_21)) == len(set(ids(OF_21))) == 84
    assert set(ids(OF_201)).isdisjoint(ids(OF_21))


def test_every_requirement_is_listed_once() -> None:
    assert [name for name, _ in rows()] == ids(OF_201) + ids(OF_21)


def test_every_proof_is_a_test_that_names_its_requirement_and_asserts() -> None:
    known = proofs()
    assert {name: test for name, test in proven().items() if test not in known} == {}
    assert {name: test for name, test in proven().items() if name not in known[test].ids} == {}
    assert {name: test for name, test in proven().items() if not known[test].asserts} == {}


async def test_every_proof_is_run() -> None:
    tests = sorted(set(proven().values()))
    files = sorted({test.partition("::")[0] for test in tests})
    collecting = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "pytest", "--collect-only", "-q", "-n", "0", "--no-cov", "-p", "no:cacheprovider", *files),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await collecting.communicate()
    collected = {line.partition("[")[0] for line in told.decode().splitlines()}
    assert [test for test in tests if test not in collected] == []
    skipping = [file for file in files if "skip" in (ROOT / file).read_text(encoding="utf-8")]
    assert skipping == []


def test_a_requirement_without_a_proof_has_a_reason() -> None:
    assert [name for name, proof in rows() if UNSHOWN in proof] == [], "what was proven, or is new, needs a test"
    reasons = {name: proof.partition(": ")[2] for name, proof in rows() if proof.startswith(REASONS)}
    assert [name for name, reason in reasons.items() if not reason] == []


def test_the_requirements_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {
        version: Counter(
            proof.partition(":")[0] if proof.startswith(REASONS) else "shown"
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
        late = [name for name, proof in rows() if proof.startswith("waiting: ") and name in shown()]
        if late:
            sys.stdout.write(f"Shown by now, run `python -m tests.conformance`: {', '.join(late)}\n")
