"""What stations tell by themselves: values, what is wrong, and what is right again."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.evse import Problem, Status
from custom_components.ocpp_home.csms.model.meter import Location, Phase, Quantity
from custom_components.ocpp_home.csms.model.monitor import TROUBLES, Monitor
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2 import events as notices
from tests.csms.peer import Payload, Peer
from tests.csms.v2.served import serve

NOW = datetime.now(UTC).replace(microsecond=0)
LOCK = VariableKey("ConnectorPlugRetentionLock", "Problem", 1, 1)


def entry(key: VariableKey, value: str, **more: object) -> Payload:
    body: Payload = {
        "eventId": 1,
        "timestamp": NOW.isoformat(),
        "trigger": "Delta",
        "actualValue": value,
        "eventNotificationType": "HardWiredNotification",
        **notices.keys.both(key),
    }
    return body | more


def told(*entries: Payload, **more: object) -> Payload:
    return {"generatedAt": NOW.isoformat(), "seqNo": 0, "eventData": list(entries)} | more


def notify(station: Station, *entries: Payload) -> None:
    assert notices.notify_event(station, told(*entries), NOW) == {}


async def test_an_event_is_answered_with_nothing(station: Station, peer: Peer, old_peer: Peer) -> None:
    """N07.FR.03, N08.FR.02, G05.FR.03: an empty NotifyEventResponse."""
    for one in (peer, old_peer):
        serve(one, station, notices.REQUESTS)
        assert (await one.says("NotifyEvent", told(entry(LOCK, "true"))))[::2] == [3, {}]
    assert station.evse(1).problem is not None


def test_g05_a_lock_that_fails_is_a_problem_of_its_evse(station: Station, events: list[Event]) -> None:
    notify(station, entry(LOCK, "true", techInfo="lock did not close", techCode="L7"))
    code = "ConnectorPlugRetentionLock.Problem"
    assert station.evse(1).problem == Problem(code, "lock did not close", vendor_code="L7", since=NOW)
    assert station.problem is None
    data = {"code": code, "info": "lock did not close", "vendor_code": "L7"}
    assert events == [Event(Kind.FAULT, NOW, 1, data)]


@pytest.mark.parametrize("more", [{"cleared": True}, {}])
def test_a_problem_goes(station: Station, events: list[Event], more: Payload) -> None:
    notify(station, entry(LOCK, "true"))
    notify(station, entry(LOCK, "false", **more))
    notify(station, entry(LOCK, "false", **more))
    assert station.evse(1).problem is None
    assert [event.kind for event in events] == [Kind.FAULT, Kind.FAULT_CLEARED]


def test_a_problem_told_again_is_the_same_problem(station: Station, events: list[Event]) -> None:
    early = (NOW - timedelta(seconds=30)).isoformat()
    notify(station, entry(LOCK, "true", timestamp=early), entry(LOCK, "true"))
    assert station.evse(1).problem == Problem("ConnectorPlugRetentionLock.Problem", since=datetime.fromisoformat(early))
    assert len(events) == 1


def test_of_two_problems_the_older_shows_until_it_goes(station: Station, events: list[Event]) -> None:
    rcd = VariableKey("RCD", "Tripped", 1)
    notify(station, entry(LOCK, "true"), entry(rcd, "true"))
    assert (station.evse(1).problem or Problem("")).code == "ConnectorPlugRetentionLock.Problem"
    notify(station, entry(LOCK, "false"))
    assert (station.evse(1).problem or Problem("")).code == "RCD.Tripped"
    notify(station, entry(rcd, "false"))
    assert station.evse(1).problem is None
    assert [event.kind for event in events] == [Kind.FAULT, Kind.FAULT, Kind.FAULT_CLEARED]


@pytest.mark.parametrize(("severity", "grave"), [(0, True), (5, True), (6, False), (9, False), (None, True)])
def test_an_alert_is_a_problem_if_it_is_grave(station: Station, severity: int | None, grave: bool) -> None:
    hot = VariableKey("TemperatureSensor", "Temperature")
    more = {"trigger": "Alerting"} | ({} if severity is None else {"severity": severity})
    notify(station, entry(hot, "81.5", **more))
    assert (station.problem is not None) is grave
    notify(station, entry(hot, "60", cleared=True, **more))
    assert station.problem is None


def test_a_monitor_tells_how_severe_its_alerts_are(station: Station) -> None:
    hot = VariableKey("TemperatureSensor", "Temperature")
    station.watch.monitors[7] = Monitor(hot, "UpperThreshold", 70, 8, 7)
    notify(station, entry(hot, "81.5", trigger="Alerting", variableMonitoringId=7))
    assert station.problem is None
    assert station.meter.at(Quantity.TEMPERATURE, None, Location.BODY) == 81.5


def test_what_is_told_late_is_no_news(station: Station, events: list[Event]) -> None:
    late = (NOW - timedelta(hours=2)).isoformat()
    hot = VariableKey("TemperatureSensor", "Temperature")
    notify(station, entry(LOCK, "true", timestamp=late), entry(LOCK, "false", timestamp=late))
    notify(station, entry(hot, "20", timestamp=late))
    assert [(event.kind, event.live) for event in events] == [(Kind.FAULT, False), (Kind.FAULT_CLEARED, False)]
    assert station.meter.readings == {}


@pytest.mark.parametrize(
    ("key", "quantity", "phase", "location"),
    [
        (VariableKey("EVSE", "Power", 1), Quantity.POWER, None, Location.OUTLET),
        (VariableKey("EVSE", "ACCurrent", 1, instance="L1"), Quantity.CURRENT_IMPORT, Phase.L1, Location.OUTLET),
        (VariableKey("Connector", "ACVoltage", 1, 1), Quantity.VOLTAGE, None, Location.OUTLET),
        (VariableKey("Connector", "Temperature", 1, 1), Quantity.TEMPERATURE, None, Location.BODY),
        (VariableKey("ConnectedEV", "StateOfCharge", 1), Quantity.SOC, None, Location.EV),
        (VariableKey("FiscalMetering", "EnergyImportRegister", 1), Quantity.ENERGY_IMPORT, None, Location.OUTLET),
    ],
)
def test_a_measurement_of_an_evse_is_shown(
    station: Station, key: VariableKey, quantity: Quantity, phase: Phase | None, location: Location
) -> None:
    notify(station, entry(key, "42.5", trigger="Periodic"))
    assert station.evse(1).meter.at(quantity, phase, location) == 42.5
    assert station.variables.known[key.fold].value == "42.5"


def test_a_measurement_of_the_feed_belongs_to_the_station(station: Station) -> None:
    notify(station, entry(VariableKey("ElectricalFeed", "Power"), "3000", trigger="Periodic"))
    assert station.meter.at(Quantity.POWER, None, Location.INLET) == 3000


def test_an_energy_register_counts(station: Station) -> None:
    notify(station, entry(VariableKey("FiscalMetering", "EnergyImportRegister", 1), "1500", trigger="Periodic"))
    assert station.evse(1).register.total == 1500


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (VariableKey("EVSE", "Power", 1), "much"),
        (VariableKey("HeaterSensor", "Temperature", 1), "20"),
        (VariableKey("EVSE", "Power", 1, component_instance="second"), "20"),
        (VariableKey("EVSE", "ACCurrent", 1, instance="the third"), "20"),
    ],
)
def test_what_is_no_plain_measurement_is_only_a_variable(station: Station, key: VariableKey, value: str) -> None:
    notify(station, entry(key, value, trigger="Periodic"))
    assert station.evse(1).meter.readings == {}
    assert station.variables.known[key.fold].value == value


def test_a_value_in_kilowatts_becomes_one_in_watts(station: Station) -> None:
    key = VariableKey("EVSE", "Power", 1)
    station.variables.put(Variable(key, None, unit="kW"))
    notify(station, entry(key, "7.4", trigger="Periodic"))
    assert station.evse(1).meter.total(Quantity.POWER) == 7400


def test_what_is_write_only_has_no_value(station: Station) -> None:
    """N07.FR.10: the value of a write-only variable is empty."""
    key = VariableKey("SecurityCtrlr", "BasicAuthPassword")
    station.variables.put(Variable(key, None))
    notify(station, entry(key, ""))
    assert station.variables.known[key.fold] == Variable(key, None)


def test_a_variable_keeps_what_else_is_known_of_it(station: Station) -> None:
    key = VariableKey("EVSE", "Power", 1)
    station.variables.put(Variable(key, "1", readonly=True, reboot_required=True))
    notify(station, entry(key, "2", trigger="Periodic"))
    assert station.variables.known[key.fold] == Variable(key, "2", readonly=True, reboot_required=True)


def test_the_state_of_a_connector_may_be_told_as_an_event(station: Station) -> None:
    """G01 (2.1): AvailabilityState of a Connector stands for a StatusNotification."""
    notify(station, entry(VariableKey("Connector", "AvailabilityState", 1, 1), "Unavailable"))
    assert station.evse(1).status is Status.UNAVAILABLE


def test_who_listens_hears_of_the_part_that_changed(station: Station) -> None:
    station.evse(1)
    changed: list[object] = []
    station.subscribe(changed.append)
    notify(station, entry(LOCK, "true"), entry(VariableKey("ChargingStation", "Problem"), "false"))
    assert changed == [station.evse(1), station]


def test_odd_events_are_passed_over(station: Station) -> None:
    odd = told(entry(VariableKey("EVSE", "Problem", 4711), "true")) | {"seqNo": 3, "tbc": True}
    odd["eventData"].append("nothing")
    assert notices.notify_event(station, odd, NOW) == {}
    assert station.counters == {"unknown EVSE": 1}
    assert station.evses == {}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"severity": 7, "techInfo": "warm", "techCode": "T1"}, {"severity": 7, "info": "warm", "code": "T1"}),
        ({"cleared": True, "severity": 2}, {"severity": 2, "cleared": True}),
        ({}, {}),
    ],
)
def test_an_alert_is_told_whatever_it_means(
    station: Station, events: list[Event], more: Payload, told: dict[str, object]
) -> None:
    notify(station, entry(VariableKey("Cabinet", "Temperature", 1), "61.5", trigger="Alerting", **more))
    data = {"variable": "Cabinet.Temperature@1", "value": "61.5", "severity": None, "cleared": False}
    [alert] = [event for event in events if event.kind is Kind.ALERT]
    assert alert == Event(Kind.ALERT, NOW, 1, data | {"info": "", "code": ""} | told)


def test_what_changes_or_is_told_from_time_to_time_is_no_alert(station: Station, events: list[Event]) -> None:
    notify(station, *(entry(VariableKey("Cabinet", "Fan", 1), "1", trigger=word) for word in ("Delta", "Periodic")))
    assert events == []


def test_a_secret_is_no_value_of_an_alert(station: Station, events: list[Event]) -> None:
    key = VariableKey("SecurityCtrlr", "BasicAuthPassword")
    notify(station, entry(key, "hunter2", trigger="Alerting", severity=9))
    assert [event.data["value"] for event in events] == [None]


def test_endless_troubles_are_not_all_remembered(station: Station, events: list[Event]) -> None:
    keys = [VariableKey("Lock", "Problem", 1, component_instance=str(number)) for number in range(TROUBLES + 2)]
    notify(station, *(entry(key, "true") for key in keys))
    assert len(station.watch.troubles) == len(events) == TROUBLES
    assert station.counters == {"too much wrong": 2}
