"""Monitors of variables, and the events they cause (OCPP 2.0.1 ed. 3 - N02 to N08)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from .clock import stamp
from .connector import Connector
from .dialect import Answer
from .oddities import Payload
from .v201_control import NO, YES
from .v201_model import DeviceModel, Variable
from .v201_variables import asks_for, model, send_parts

if TYPE_CHECKING:
    from .machine import Machine

CUSTOM, FACTORY, HARDWIRED = "CustomMonitor", "PreconfiguredMonitor", "HardWiredMonitor"
UPPER, LOWER, DELTA = "UpperThreshold", "LowerThreshold", "Delta"
TARGETS = ("TargetDelta", "TargetDeltaRelative")
CRITERIA = {UPPER: "ThresholdMonitoring", LOWER: "ThresholdMonitoring", DELTA: "DeltaMonitoring"}
CRITERIA |= dict.fromkeys(TARGETS, "TargetDeltaMonitoring")  # 2.1 N02.FR.23, for which its schema has no word


@dataclass
class Monitor:
    """One monitor, and what it saw last."""

    id: int
    variable: Variable
    payload: Payload
    origin: str = CUSTOM
    reference: str | None = None  # Delta: the value last told
    beyond: bool = False  # thresholds: on the wrong side
    since: datetime | None = None  # Periodic: the last report

    @property
    def type(self) -> str:
        return str(self.payload["type"])

    @property
    def told(self) -> Payload:
        """VariableMonitoringType."""
        body = {name: self.payload[name] for name in ("value", "type", "severity")}
        return body | {"id": self.id, "transaction": self.payload.get("transaction", False)}


@dataclass
class Stream:
    """Values of a monitor that are collected instead of told one by one (OCPP 2.1 ed. 1 - N11)."""

    id: int
    params: Payload
    flushed: datetime
    values: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass
class Watch:
    """All monitors of a station."""

    monitors: dict[int, Monitor] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))
    events: count[int] = field(default_factory=lambda: count(1))
    sequence: count[int] = field(default_factory=count)
    level: int = 9
    silent: bool = False  # HardWiredOnly: preconfigured ones are off
    streams: dict[int, Stream] = field(default_factory=dict)  # 2.1, by the monitor
    faults: dict[int, int] = field(default_factory=dict)  # connector to the event that told its fault


def watch(machine: Machine) -> Watch:
    """The station's monitors; durable."""
    if "watch" not in machine.shelf:
        machine.shelf["watch"] = _factory(model(machine))
    found: Watch = machine.shelf["watch"]
    return found


def _factory(settings: DeviceModel) -> Watch:
    """What the manufacturer set up: a preconfigured monitor of the station's temperature."""
    made = Watch()
    found = settings.variables["chargingstation", 0, 0, "temperature", ""]
    number = next(made.numbers)
    payload = {"type": UPPER, "value": 70.0, "severity": 3}
    made.monitors[number] = Monitor(number, found, payload, FACTORY)
    return made


# --- looking --------------------------------------------------------------------------------------------------------


def look(machine: Machine, now: datetime) -> None:
    """See what the monitors have to say, and tell it."""
    found = watch(machine)
    if not found.monitors or not machine.configuration.on("MonitoringCtrlr.Enabled"):
        return
    events = [event for monitor in list(found.monitors.values()) for event in _seen(machine, monitor, now)]
    if events:
        notify(machine, events)


def notify(machine: Machine, events: list[Payload]) -> None:
    """Send NotifyEvent; offline only what is severe enough is kept (N07.FR.13, by OfflineQueuingSeverity)."""
    severe = machine.configuration.number("MonitoringCtrlr.OfflineQueuingSeverity", 5)
    kept = [event for event in events if machine.online or event["_severity"] <= severe]
    data = [{name: value for name, value in event.items() if name != "_severity"} for event in kept]
    if data:
        body = {"generatedAt": stamp(machine.clock.now()), "seqNo": next(watch(machine).sequence), "tbc": False}
        machine.note("NotifyEvent", body | {"eventData": data})


def _seen(machine: Machine, monitor: Monitor, now: datetime) -> Iterator[Payload]:
    if monitor.payload["severity"] > watch(machine).level or (watch(machine).silent and monitor.origin == FACTORY):
        return
    value = model(machine).read(monitor.variable)
    match monitor.type:
        case "UpperThreshold" | "LowerThreshold":
            number = float(value)
            beyond = (number > monitor.payload["value"]) if monitor.type == UPPER else number < monitor.payload["value"]
            if beyond != monitor.beyond:
                monitor.beyond = beyond
                yield event(machine, monitor, "Alerting", value) | ({} if beyond else {"cleared": True})
        case "Delta":
            if monitor.reference is None:
                monitor.reference = value
            elif _moved(monitor, value):
                monitor.reference = value
                yield event(machine, monitor, "Delta", value)
        case "TargetDelta" | "TargetDeltaRelative":
            return  # no variable here has a target it could miss
        case _:
            if monitor.since is None or now - monitor.since >= timedelta(seconds=monitor.payload["value"]):
                monitor.since = now
                stream = watch(machine).streams.get(monitor.id)
                if stream is not None:
                    stream.values.append((now, value))
                    return
                yield event(machine, monitor, "Periodic", value)


def _moved(monitor: Monitor, value: str) -> bool:
    assert monitor.reference is not None
    if monitor.variable.row.type in ("integer", "decimal"):
        return abs(float(value) - float(monitor.reference)) >= float(monitor.payload["value"])
    return value != monitor.reference


def event(machine: Machine, monitor: Monitor, trigger: str, value: str) -> Payload:
    """EventDataType of a monitor."""
    return {
        "eventId": next(watch(machine).events),
        "timestamp": stamp(machine.clock.now()),
        "trigger": trigger,
        "actualValue": value,
        "eventNotificationType": monitor.origin,
        "variableMonitoringId": monitor.id,
        "component": monitor.variable.component,
        "variable": monitor.variable.variable,
        "_severity": monitor.payload["severity"],
    } | machine.dialect.severity(monitor.payload["severity"])


def problem(machine: Machine, connector: Connector) -> None:
    """N07: a fault is alerted by a hard-wired notification, and its end clears it."""
    found, faulty = watch(machine), connector.error != "NoError"
    told = found.faults.pop(connector.number, None)
    if not faulty and told is None:
        return
    number = next(found.events)
    body: Payload = {
        "eventId": number,
        "timestamp": stamp(machine.clock.now()),
        "trigger": "Alerting",
        "actualValue": str(faulty).lower(),
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "Connector", "evse": {"id": connector.evse, "connectorId": connector.position}},
        "variable": {"name": "Problem"},
        "_severity": 2,
    } | machine.dialect.severity(2)
    if faulty:
        found.faults[connector.number] = number
        body |= {"techCode": connector.error} | ({"techInfo": connector.info} if connector.info else {})
    else:
        body["cleared"] = True
    notify(machine, [body])


# --- answers --------------------------------------------------------------------------------------------------------


def set_variable_monitoring(machine: Machine, payload: Payload) -> Payload:
    """N04."""
    return {"setMonitoringResult": [_set(machine, one) for one in payload["setMonitoringData"]]}


def _set(machine: Machine, one: Payload) -> Payload:
    result = {name: one[name] for name in ("type", "severity", "component", "variable")}
    found = model(machine).find(one["component"], one["variable"])
    if isinstance(found, str):
        return result | {"status": found}
    if status := _fault(machine, found, one):
        return result | {"status": status}
    keeper = watch(machine)
    number = one["id"] if "id" in one else next(keeper.numbers)
    keeper.monitors[number] = Monitor(number, found, one)
    return result | {"status": "Accepted", "id": number}


def _fault(machine: Machine, variable: Variable, one: Payload) -> str:
    monitors, numeric = watch(machine).monitors, variable.row.type in ("integer", "decimal")
    if not variable.row.monitored or (one["type"] in (UPPER, LOWER) and not numeric):
        return "UnsupportedMonitorType"
    known = monitors.get(one["id"]) if "id" in one else None
    if "id" in one and (known is None or known.variable is not variable or known.origin == HARDWIRED):
        return "Rejected"  # N04.FR.11, FR.16
    twin = any(
        m.variable is variable and m.type == one["type"] and m.payload["severity"] == one["severity"] and m is not known
        for m in monitors.values()
        if m.origin == CUSTOM
    )
    return "Duplicate" if twin else "Rejected" if numeric and one["value"] < 0 and one["type"] == DELTA else ""


def clear_variable_monitoring(machine: Machine, payload: Payload) -> Payload:
    """N06: hard-wired monitors stay."""
    return {"clearMonitoringResult": [{"id": number, "status": _clear(machine, number)} for number in payload["id"]]}


def _clear(machine: Machine, number: int) -> str:
    monitors = watch(machine).monitors
    if number not in monitors:
        return "NotFound"
    if monitors[number].origin == HARDWIRED:
        return "Rejected"
    del monitors[number]
    return "Accepted"


def set_monitoring_base(machine: Machine, payload: Payload) -> Payload:
    """N03: FactoryDefault and HardWiredOnly forget what was set since."""
    found, base = watch(machine), payload["monitoringBase"]
    if base != "All":
        found.monitors = {number: m for number, m in found.monitors.items() if m.origin != CUSTOM}
        found.silent = base == "HardWiredOnly"
    word = base.replace("HardWired", "Hardwired")
    machine.configuration.preset("MonitoringCtrlr.ActiveMonitoringBase", word)
    return YES


def set_monitoring_level(machine: Machine, payload: Payload) -> Payload:
    """N05: what is less severe is not told any more."""
    if not 0 <= payload["severity"] <= 9:
        return NO
    watch(machine).level = payload["severity"]
    machine.configuration.preset("MonitoringCtrlr.ActiveMonitoringLevel", str(payload["severity"]))
    return YES


def told(machine: Machine, monitor: Monitor) -> Payload:
    """VariableMonitoringType; 2.1 tells where a monitor comes from as well (N02.FR.22)."""
    origin = {"eventNotificationType": monitor.origin} if machine.dialect.SUBPROTOCOL == "ocpp2.1" else {}
    return monitor.told | origin


def get_monitoring_report(machine: Machine, payload: Payload) -> Payload:
    """N02."""
    found = list(watch(machine).monitors.values())
    if (wanted := payload.get("componentVariable")) is not None:
        found = [m for m in found if any(asks_for(one, m.variable) for one in wanted)]
    if (criteria := payload.get("monitoringCriteria")) is not None:
        found = [m for m in found if CRITERIA.get(m.type, "PeriodicMonitoring") in criteria]
    if not found:
        return {"status": "EmptyResultSet"}
    data: list[Any] = [
        {"component": m.variable.component, "variable": m.variable.variable, "variableMonitoring": [told(machine, m)]}
        for m in found
    ]
    machine.after_answer(
        send_parts, machine, "NotifyMonitoringReport", {"requestId": payload["requestId"]}, "monitor", data
    )
    return YES


ANSWERS: dict[str, Answer] = {
    "SetVariableMonitoring": set_variable_monitoring,
    "ClearVariableMonitoring": clear_variable_monitoring,
    "SetMonitoringBase": set_monitoring_base,
    "SetMonitoringLevel": set_monitoring_level,
    "GetMonitoringReport": get_monitoring_report,
}
