"""How the device model is reported and named (OCPP 2.0.1 ed. 3 - B07, B08)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Traits, Variable, VariableKey
from custom_components.ocpp_home.csms.v2.variables import REQUESTS, notify_report
from tests.csms.peer import Peer
from tests.csms.stage import NOW
from tests.csms.v2.served import serve


def report(*entries: Any, number: int = 1, **more: Any) -> dict[str, Any]:
    head = {"requestId": number, "generatedAt": "2026-06-01T12:00:00Z", "seqNo": 0}
    return {**head, "reportData": list(entries), **more}


def entry(component: dict[str, Any], variable: dict[str, Any], *attributes: Any, **traits: Any) -> dict[str, Any]:
    told = {"component": component, "variable": variable, "variableAttribute": list(attributes)}
    return told | ({"variableCharacteristics": traits} if traits else {})


POWER = entry(
    {"name": "EVSE", "evse": {"id": 1}},
    {"name": "Power"},
    {"value": "7000", "mutability": "ReadOnly"},
    {"type": "MaxSet", "value": "11000"},
    dataType="decimal",
    unit="W",
    minLimit=0,
    maxLimit=22000,
    supportsMonitoring=True,
)


async def test_a_report_becomes_the_model_and_whoever_asked_has_it_whole(station: Station, peer: Peer) -> None:
    serve(peer, station, REQUESTS)
    with station.reports.expect(1) as told:
        assert (await peer.says("NotifyReport", report(POWER, tbc=True)))[2] == {}
        assert not told.complete
        await peer.says("NotifyReport", report(POWER, seqNo=1))
        assert told.complete
    assert station.variables.get("Power", "EVSE", 1) == Variable(
        VariableKey("EVSE", "Power", 1),
        "7000",
        readonly=True,
        unit="W",
        monitored=True,
        traits=Traits("decimal", 0, 22000),
        attributes=(("MaxSet", "11000"),),
    )


def test_only_what_is_new_wakes_anybody(station: Station) -> None:
    seen: list[object] = []
    station.subscribe(seen.append)
    notify_report(station, report(POWER), NOW)
    notify_report(station, report(POWER), NOW)
    assert seen == [station]


def test_instances_lists_and_what_has_no_value_are_known(station: Station) -> None:
    items = entry({"name": "DeviceDataCtrlr"}, {"name": "ItemsPerMessage", "instance": "GetReport"}, {"value": "4"})
    led = entry({"name": "Led", "instance": "left"}, {"name": "Colour"}, {"mutability": "ReadWrite"})
    led["variableCharacteristics"] = {
        "dataType": "OptionList",
        "valuesList": "red, green,",
        "supportsMonitoring": False,
    }
    notify_report(station, report(items, led), NOW)
    assert station.variables.number("ItemsPerMessage", "DeviceDataCtrlr", instance="GetReport") == 4
    known = station.variables.known[VariableKey("Led", "Colour", component_instance="left").fold]
    assert (known.value, known.readonly, known.monitored) == (None, False, False)
    assert known.traits == Traits("OptionList", values=("red", "green"))


@pytest.mark.parametrize("odd", ["x", {}, {"component": {"name": "A"}}, {"component": "A", "variable": {"name": "B"}}])
def test_what_names_nothing_is_passed_over(station: Station, odd: object) -> None:
    notify_report(station, report(odd), NOW)
    notify_report(station, {"requestId": 1}, NOW)
    assert station.variables.known == {}


def test_a_password_is_not_kept(station: Station) -> None:
    told = entry({"name": "SecurityCtrlr"}, {"name": "BasicAuthPassword"}, {"value": "hunter2hunter2hu"})
    notify_report(station, report(told), NOW)
    assert station.variables.text("BasicAuthPassword", "SecurityCtrlr") is None


def test_no_other_attribute_of_a_password_is_kept(station: Station) -> None:
    told = entry(
        {"name": "SecurityCtrlr"}, {"name": "BasicAuthPassword"}, {"type": "Target", "value": "hunter2hunter2hu"}
    )
    notify_report(station, report(told), NOW)
    known = station.variables.get("BasicAuthPassword", "SecurityCtrlr")
    assert known is not None
    assert known.attributes == ()


def test_what_is_only_written_is_known_as_such(station: Station) -> None:
    told = entry({"name": "Modem"}, {"name": "Pin"}, {"mutability": "WriteOnly"}, dataType="string")
    notify_report(station, report(told), NOW)
    known = station.variables.get("Pin", "Modem")
    assert known is not None
    assert (known.writeonly, known.readonly, known.value) == (True, False, None)
