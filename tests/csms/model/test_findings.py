"""What a probe has found out is remembered for one firmware, and judged as a whole."""

from dataclasses import fields, replace

import pytest

from custom_components.ocpp_home.csms.model.findings import Findings

WELL = Findings("TxProfile", "Absolute", ("A", "W"), True, True, 6.0, True, True, True, True, tells=True, latency=0.2)


def test_what_was_found_is_remembered_for_the_firmware_it_was_found_of() -> None:
    assert set(WELL.record("1.0")) == {field.name for field in fields(Findings)} | {"firmware"}
    for findings in (WELL, Findings(), replace(WELL, stacks=False, lowest=None, units=())):
        assert Findings.recall(findings.record("1.0"), "1.0") == findings
        assert Findings.recall(findings.record("1.0"), "1.1") is None


@pytest.mark.parametrize("record", [None, "all", [], {}, {"firmware": "1.0", "units": "A", "tells": True}])
def test_what_cannot_be_read_is_nothing(record: str | list[None] | dict[str, str | bool] | None) -> None:
    assert Findings.recall(record, "1.0") is None


def test_what_is_odd_in_a_record_is_not_known() -> None:
    odd = WELL.record("1.0") | {"stacks": "yes", "lowest": True, "purpose": 7}
    assert Findings.recall(odd, "1.0") == replace(WELL, stacks=None, lowest=None, purpose=None)


@pytest.mark.parametrize(
    ("change", "flawless"),
    [
        ({}, True),
        ({"phases": False}, True),
        ({"restarts": None}, True),
        ({"units": ("A",)}, True),
        ({"stacks": False}, False),
        ({"decimals": False}, False),
        ({"lowest": 8.0}, False),
        ({"lowest": None}, False),
        ({"pauses": False}, False),
        ({"restarts": False}, False),
        ({"ends": False}, False),
        ({"tells": False}, False),
        ({"purpose": None}, False),
    ],
)
def test_one_that_does_not_do_all_it_should_has_flaws(change: dict[str, object], flawless: bool) -> None:
    assert replace(WELL, **change).flawless is flawless  # type: ignore[arg-type] - each is a field
