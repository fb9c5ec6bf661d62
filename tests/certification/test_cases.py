"""The list of cases against the tests: none is missing, none is there twice, none is unknown."""

from collections import defaultdict
from importlib import import_module
from pathlib import Path
import re
import sys

import pytest

from tests.certification.cases import CASES_16

HERE = Path(__file__).parent
CASE = re.compile(r"test_tc_(\d{3}(?:_\d(?=_))?)_\w+")


def modules(version: str) -> list[str]:
    return sorted(path.stem for path in HERE.glob(f"test_{version}_*.py"))


def named(version: str) -> dict[str, list[str]]:
    """Case to the tests that are named by it."""
    found = defaultdict(list)
    for module in modules(version):
        for name in vars(import_module(f"tests.certification.{module}")):
            if match := CASE.fullmatch(name):
                found[match[1]].append(f"{module}::{name}")
    return found


def waiting(version: str) -> dict[str, str]:
    """Case to what it still waits for."""
    tables = [getattr(import_module(f"tests.certification.{module}"), "WAITING", {}) for module in modules(version)]
    return {case: reason for table in tables for case, reason in table.items()}


def test_every_case_of_ocpp_16_has_exactly_one_test(capsys: pytest.CaptureFixture[str]) -> None:
    found = named("16")
    assert len(CASES_16) == len(set(CASES_16)) == 77
    assert {case: names for case, names in found.items() if len(names) > 1} == {}
    assert sorted(CASES_16) == sorted(found)
    lines = [f"{len(found)} cases of OCPP 1.6 have a test; these show a part and wait for the rest:"]
    lines += [f"  {case}  {reason}" for case, reason in sorted(waiting("16").items())]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")


def test_only_cases_of_the_list_wait() -> None:
    assert set(waiting("16")) <= set(CASES_16)
    assert all(waiting("16").values())
