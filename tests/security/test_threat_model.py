"""docs/security.md keeps its word: every test it names is there, and no promise or known attack is without one."""

import re
from typing import Final

from custom_components.ocpp_home.actions import ACTIONS, HOUSEHOLD
from tests.house import ROOT
from tests.proofs import proofs

PAGE: Final = ROOT / "docs" / "security.md"
PROMISES: Final = {f"S{number}" for number in range(1, 9)}
# fmt: off
ATTACKS: Final = frozenset({
    "CVE-2017-7651", "CVE-2017-7653", "CVE-2018-1000518", "CVE-2018-7800", "CVE-2018-7801", "CVE-2018-7802",
    "CVE-2021-22726", "CVE-2021-33880", "CVE-2021-41039", "CVE-2023-0809", "CVE-2023-49955", "CVE-2023-49956",
    "CVE-2023-49957", "CVE-2023-49958", "CVE-2023-52096", "CVE-2024-21550", "CVE-2024-23920", "CVE-2024-23921",
    "CVE-2024-23968", "CVE-2024-23970", "CVE-2024-23971", "CVE-2024-25998", "CVE-2024-28136", "CVE-2024-37310",
    "CVE-2024-44843", "CVE-2024-4622", "CVE-2025-5740", "CVE-2025-5741", "CVE-2025-59398", "CVE-2025-59399",
    "CVE-2025-68133", "CVE-2026-20733", "CVE-2026-20748", "CVE-2026-20781", "CVE-2026-22552", "CVE-2026-24445",
    "CVE-2026-24696", "CVE-2026-24731", "CVE-2026-24912", "CVE-2026-25114", "CVE-2026-26008", "CVE-2026-26288",
    "CVE-2026-27652", "CVE-2026-27772", "CVE-2026-27813", "CVE-2026-27815", "CVE-2026-27816", "CVE-2026-28230",
    "CVE-2026-31904", "CVE-2026-34205", "CVE-2026-9037", "GHSA-6x38-4w7h-cwr8", "GHSA-mq77-rv97-285m",
    "ICSA-19-031-01", "ICSA-24-130-02", "ICSA-26-057-03", "ICSA-26-057-04", "ICSA-26-062-08", "ICSA-26-078-06",
})
# fmt: on
"""What was found in other systems that stations talk to, in stations, and in Home Assistant."""
OPEN: Final = {"S8", "CVE-2026-34205", "CVE-2026-9037"}
"""Rows without a test, by their first id: each has its reason on the page."""
DANGEROUS: Final = re.compile(
    r"call|data_transfer|configuration|variable|firmware|certificate|password|network|diagnostics|authority|local_list|"
    r"customer|person|cards?$|sessions$|tariff$|der_control|monitor"
)
"""Actions that change what a station is, run on it, or tell of people: by their names."""
HARMLESS: Final = {"get_configuration", "get_variables", "get_monitors", "get_local_list_version", "get_der_controls"}
"""Those of them that only read, and nothing of anybody; passwords are never kept."""

_ROW: Final = re.compile(r"^\| ([^|]+) \|(?:[^|]*\|)*? ([^|]+) \|$", re.MULTILINE)
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py::\w+)`")


def rows(heading: str) -> dict[str, str]:
    """The rows of a table of the page: what it is about, and its proof."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return {ids: proof for ids, proof in _ROW.findall(section) if ids not in {"id", "---"}}


def named() -> dict[str, str]:
    return rows("Promises") | rows("What others suffered")


def test_every_test_the_page_names_is_there_and_looks_at_something() -> None:
    known = proofs()
    tests = _TEST.findall(PAGE.read_text(encoding="utf-8"))
    assert len(tests) > 60
    assert sorted(test for test in set(tests) if test not in known or not known[test].asserts) == []


def test_every_promise_is_kept_by_a_test_or_openly_not() -> None:
    assert rows("Promises").keys() == PROMISES
    assert {ids.split(", ")[0] for ids, proof in named().items() if not _TEST.search(proof)} == OPEN
    reasons = [proof for ids, proof in named().items() if ids.split(", ")[0] in OPEN]
    assert [reason for reason in reasons if not reason.startswith("open: ") or len(reason) < 40] == []


def test_no_known_attack_is_missing() -> None:
    told = {one for ids in rows("What others suffered") for one in ids.split(", ")}
    assert ATTACKS - told == set()
    assert {one for one in told if re.match(r"CVE|GHSA|ICSA", one)} == ATTACKS


def test_what_could_harm_is_for_administrators_alone() -> None:
    assert {action.name for action in ACTIONS if DANGEROUS.search(action.name) and not action.admin} == HARMLESS
    page = (ROOT / "docs" / "actions.md").read_text(encoding="utf-8")
    told = {
        name for name, text in re.findall(r"^### (\w+)\n\n(.+)$", page, re.MULTILINE) if "*Administrators.*" in text
    }
    assert told == {action.name for action in ACTIONS if action.admin} | {ours.name for ours in HOUSEHOLD}
