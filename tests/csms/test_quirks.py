"""Which switches are thrown for which station."""

from dataclasses import fields
import re

import pytest

from custom_components.ocpp_home.csms.quirks import NONE, ROWS, Quirks, quirks_for


def test_nothing_is_odd_about_a_station_nobody_complained_of() -> None:
    assert quirks_for("Example", "Model", "1.0") == Quirks()
    assert quirks_for() == Quirks()


@pytest.mark.parametrize(
    ("vendor", "firmware", "switches"),
    [
        ("ABB", "1.8.21", {"flat_stack": True, "read_back_crashes": True}),
        ("abb", "", {"flat_stack": True}),
        ("Wall Box Chargers", "6.7.38", {"kind": "Relative", "flat_stack": False}),
        ("Wallbox", "5.17", {"kind": None, "flat_stack": True}),
        ("Wallbox", "", {"kind": None, "flat_stack": False}),
        ("Timxon", "", {"purposes": ("TxDefaultProfile",), "kind": "Relative"}),
        ("Grizzl-E", "3.09", {"unknown_keys_crash": True, "export_is_import": True}),
        (" United Chargers Inc.", "v05.621", {"unknown_keys_crash": True, "export_is_import": False}),
        ("HUAWEI", "", {"unit": "W", "pauses_block_starts": True}),
        ("EN+", "", {"refuses_availability": True}),
        ("ENPLUS", "", {"refuses_availability": True}),
        ("SyncEV", "", {"polled": True}),
        ("StarCharge", "", {"untriggered": frozenset({"BootNotification"}), "pace": 1.0}),
        ("MG", "", {"pace": 1.0}),
        ("MGM Instruments", "", {"pace": 0.0}),
        ("ZJ Beny", "", {"pace": 1.0}),
        ("Simpson & Partners", "", {"tag_length": 16}),
        ("FoxESS", "", {"restart_pause": 300.0}),
        ("Fronius", "", {"fixed_keys": frozenset({"metervaluessampleddata"})}),
        ("Morek", "", {"fixed_keys": frozenset({"clockaligneddatainterval"})}),
        ("Mennekes", "", {"sample_interval": 60}),
        ("Easee", "", {"sample_interval": 30}),
        ("Charge Amps", "", {"phase_key": "ACPhaseSwitchingSupported"}),
        ("NEcharge", "", {"steps": (6.0, 8.0, 10.0, 13.0, 16.0)}),
        ("Schneider Electric", "", {"flat_stack": True}),
    ],
)
def test_a_brand_has_its_switches(vendor: str, firmware: str, switches: dict[str, object]) -> None:
    found = quirks_for(vendor, "", firmware)
    assert {name: getattr(found, name) for name in switches} == switches


def test_rows_add_up() -> None:
    found = quirks_for("Grizzl-E", "Smart", "3.09")
    assert found.purposes == ("TxProfile", "TxDefaultProfile")
    assert found.export_is_import


@pytest.mark.parametrize("row", ROWS)
def test_every_row_throws_a_switch_and_can_be_read(row: object) -> None:
    assert getattr(row, "switches") != NONE  # noqa: B009 - a row of any kind
    for pattern in (getattr(row, name) for name in ("vendor", "model", "firmware")):
        re.compile(pattern)


def test_every_switch_has_a_default() -> None:
    assert {switch.name for switch in fields(Quirks)} == set(Quirks.__slots__)
