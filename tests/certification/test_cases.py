"""The list of cases against the tests: none is missing, none is there twice, none is unknown."""

from collections import defaultdict
from importlib import import_module
from pathlib import Path
import re
import sys

import pytest

from tests.certification.cases import CASES_16
from tests.certification.cases_20 import CASES_20, CASES_21
from tests.certification.waiting_bcefg import OPEN

HERE = Path(__file__).parent
CASE = re.compile(r"test_tc_((?:[a-z]_\d{2,3}|\d{3})(?:_\d(?=_))?)_\w+")


def modules(*patterns: str) -> list[str]:
    return sorted(path.stem for pattern in patterns for path in HERE.glob(pattern))


def named(*patterns: str) -> dict[str, list[str]]:
    """Case to the tests that are named by it."""
    found = defaultdict(list)
    for module in modules(*patterns):
        for name in vars(import_module(f"tests.certification.{module}")):
            if match := CASE.fullmatch(name):
                found[match[1].upper()].append(f"{module}::{name}")
    return found


def rows(*patterns: str) -> list[tuple[str, str]]:
    """The cases that wait, and for what."""
    tables = [getattr(import_module(f"tests.certification.{module}"), "WAITING", {}) for module in modules(*patterns)]
    return [row for table in tables for row in table.items()]


def test_every_case_of_ocpp_16_has_exactly_one_test(capsys: pytest.CaptureFixture[str]) -> None:
    found = named("test_16_*.py")
    assert len(CASES_16) == len(set(CASES_16)) == 77
    assert {case: names for case, names in found.items() if len(names) > 1} == {}
    assert sorted(CASES_16) == sorted(found)
    lines = [f"{len(found)} cases of OCPP 1.6 have a test; these show a part and wait for the rest:"]
    lines += [f"  {case}  {reason}" for case, reason in sorted(rows("test_16_*.py"))]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")


def test_only_cases_of_the_list_wait() -> None:
    assert set(dict(rows("test_16_*.py"))) <= set(CASES_16)
    assert all(dict(rows("test_16_*.py")).values())


def test_every_case_of_ocpp_2_has_one_test_or_waits_or_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    cases = {*CASES_20, *CASES_21}
    assert (len(CASES_20), len(CASES_21), len(cases)) == (252, 78, 330)
    found, table = named("test_20_*.py", "test_21_*.py"), rows("waiting_*.py", "test_20_*.py", "test_21_*.py")
    assert {case: names for case, names in found.items() if len(names) > 1} == {}
    waiting = dict(table)
    assert sorted(waiting) == sorted(case for case, _ in table), "a case waits twice"
    assert all(waiting.values())
    assert [case for case in (*waiting, *found) if case in waiting and case in found] == []
    assert sorted((*found, *waiting, *OPEN)) == sorted(cases)
    lines = [f"{len(found)} of {len(cases)} cases of OCPP 2.0.1 and 2.1 have a test; {len(waiting)} wait:"]
    lines += [f"  {case:7} {reason}" for case, reason in sorted(table)]
    lines += [f"{len(OPEN)} are still to be written:"]
    lines += [f"  {case:7} {reason}" for case, reason in sorted(OPEN.items())]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
