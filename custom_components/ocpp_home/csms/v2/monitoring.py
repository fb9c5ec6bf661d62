"""Monitors of variables (OCPP 2.0.1 ed. 3 - N02 to N06)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ..dialogue.call import Block, Handler, consent
from ..dialogue.fields import number, text, whole
from ..dialogue.files import request_id
from ..model.errors import Invalid, Refused, Unsupported
from ..model.monitor import MOST as MONITORS, Monitor, Watched
from ..model.station import Station
from ..model.variable import VariableKey
from ..wire.frame import Payload
from . import events, keys, parts, streams
from .chunks import chunks

CONTROLLER: Final = "MonitoringCtrlr"
SEVERITIES: Final = range(10)
SILENT: Final = ("HardWiredOnly", "HardwiredOnly")
"""The base in which a station tells what is wired into it, and nothing else (the specification has both words)."""


def notify_monitoring_report(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take over a part of a report about monitors."""
    for monitor in _monitors(payload):
        if not station.watch.note(monitor):
            station.count("too many monitors")
    parts.take(station, payload)
    return {}


REQUESTS: Final[dict[str, Handler]] = {
    "NotifyMonitoringReport": notify_monitoring_report,
    **events.REQUESTS,
}


class Monitoring(Block):
    """The monitors of one station."""

    async def base(self, base: str) -> None:
        """Activate All, FactoryDefault or HardWiredOnly (N03); what was known of the monitors is no longer true."""
        consent(await self._call("SetMonitoringBase", {"monitoringBase": base}))
        if base != "All":
            self._station.watch.monitors.clear()

    async def level(self, severity: int) -> None:
        """Let only events be told that are at least so severe, from 0 (danger) to 9 (debug) (N05)."""
        if severity not in SEVERITIES:
            raise Invalid(f"a severity is from {SEVERITIES[0]} to {SEVERITIES[-1]}")
        consent(await self._call("SetMonitoringLevel", {"severity": severity}))

    async def watch(self, monitors: Sequence[Monitor]) -> list[Watched]:
        """Set monitors, or replace those with an id, in requests the station takes (N04.FR.09)."""
        asked = [_data(monitor) for monitor in monitors]
        found: list[Watched] = []
        self._station.watch.asking = True
        try:
            for chunk in chunks(self._station, CONTROLLER, "SetVariableMonitoring", asked):
                answer = await self._call("SetVariableMonitoring", {"setMonitoringData": chunk})
                found += self._taken(answer, monitors)
        finally:
            self._station.watch.asking = False
        return found

    async def clear(self, ids: Sequence[int]) -> dict[int, str]:
        """Remove monitors; N06.FR.04: no more at once than the station takes."""
        told: dict[int, str] = {}
        for chunk in chunks(self._station, CONTROLLER, "ClearVariableMonitoring", ids):
            answer = await self._call("ClearVariableMonitoring", {"id": chunk})
            for result in answer["clearMonitoringResult"]:
                told[result["id"]] = text(result, "status")
                if told[result["id"]] in {"Accepted", "NotFound"}:
                    self._station.watch.monitors.pop(result["id"], None)
        return told

    async def monitors(self, criteria: Sequence[str] = (), names: Sequence[VariableKey] = ()) -> list[Monitor]:
        """The monitors there are (N02): all, or those of some criteria and of some components or variables."""
        asked = [keys.both(key) for key in names]
        found: list[Monitor] = []
        for chunk in chunks(self._station, "DeviceDataCtrlr", "GetReport", asked) if asked else ([],):
            found += await self._report(criteria, chunk)
        if not criteria and not names:
            self._station.watch.monitors = {monitor.id or 0: monitor for monitor in found[:MONITORS]}
        return found

    async def _report(self, criteria: Sequence[str], wanted: Sequence[Payload]) -> list[Monitor]:
        request: Payload = {"requestId": request_id(self._station)}
        if criteria:
            request["monitoringCriteria"] = list(criteria)
        if wanted:
            request["componentVariable"] = list(wanted)
        with self._station.reports.expect(request["requestId"]) as report:
            answer = await self._call("GetMonitoringReport", request)
            if consent(answer, "Accepted", "EmptyResultSet") == "EmptyResultSet":
                return []
            return [monitor for part in await report.whole(parts.PATIENCE) for monitor in _monitors(dict(part))]

    def _taken(self, answer: Payload, asked: Sequence[Monitor]) -> list[Watched]:
        """N04.FR.02: each result names what it is about; N04.FR.11: the id is the station's."""
        found = []
        for result in answer["setMonitoringResult"]:
            key, kind = keys.read(result), text(result, "type")
            about = (monitor for monitor in asked if monitor.key.fold == key.fold and monitor.kind == kind)
            monitor = next(about, Monitor(key, kind, 0.0, whole(result, "severity") or 0))
            number_, status = whole(result, "id"), text(result, "status")
            if status == "Accepted" and number_ is not None:
                monitor = replace(monitor, id=number_)
                self._station.watch.note(monitor)
            found.append(Watched(monitor, status))
        return found


@dataclass(frozen=True, slots=True)
class Wish:
    """A variable of any component that is worth watching, and how."""

    name: str
    kind: str
    value: float
    severity: int


USEFUL: Final = (
    Wish("Problem", "Delta", 1, 4),
    Wish("Tripped", "Delta", 1, 4),
    Wish("Overload", "Delta", 1, 4),
    Wish("Temperature", "Delta", 2, 8),
    Wish("StateOfCharge", "Delta", 1, 8),
)
"""What a home wants to hear of without asking, the most important first; N04.FR.17: 1 for what is no number."""
MOST: Final = 40
"""So many monitors are set; a station has to look after each."""


async def useful_monitors(station: Station) -> None:
    """Set the monitors that make polling needless, those that are not there yet and were not refused before.

    Where somebody has switched those of the manufacturer off, they are activated again; the others stay (N03.FR.03).
    """
    monitoring = station.require().monitoring
    if monitoring is None or False in {station.variables.flag(name, CONTROLLER) for name in ("Available", "Enabled")}:
        return
    if station.variables.text("ActiveMonitoringBase", CONTROLLER) in SILENT:
        with suppress(Refused, Unsupported):
            await monitoring.base("All")
    try:
        present = {(monitor.key.fold, monitor.kind) for monitor in await monitoring.monitors()}
    except Refused, Unsupported:
        present = {(monitor.key.fold, monitor.kind) for monitor in station.watch.monitors.values()}
    refused = _refused(station)
    wanted = [monitor for monitor in _useful(station) if (monitor.key.fold, monitor.kind) not in present]
    asked = [monitor for monitor in wanted if _name(monitor) not in refused][: max(0, MOST - len(present))]
    if not asked:
        return
    for outcome in await monitoring.watch(asked):
        if outcome.status not in {"Accepted", "Duplicate"}:
            refused.add(_name(outcome.monitor))
    station.keep("monitors", {"firmware": station.identity.firmware, "refused": sorted(refused)})


def _useful(station: Station) -> Iterator[Monitor]:
    level = station.variables.number("ActiveMonitoringLevel", CONTROLLER)
    for wish in USEFUL:
        for variable in list(station.variables.known.values()):
            if variable.key.name.casefold() == wish.name.casefold() and variable.monitored is not False:
                severity = wish.severity if level is None else min(wish.severity, max(0, int(level)))
                yield Monitor(variable.key, wish.kind, wish.value, severity)


def _refused(station: Station) -> set[str]:
    """What this firmware has refused to watch."""
    match station.ledger.recall(station.name, "monitors"):
        case {"firmware": station.identity.firmware, "refused": [*names]}:
            return {str(name) for name in names}
    return set()


def _name(monitor: Monitor) -> str:
    return "/".join(map(str, (*monitor.key.fold, monitor.kind)))


def _data(monitor: Monitor) -> Payload:
    """SetMonitoringDataType."""
    data: Payload = {
        **keys.both(monitor.key),
        "type": monitor.kind,
        "value": monitor.value,
        "severity": monitor.severity,
    }
    if monitor.id is not None:
        data["id"] = monitor.id
    if monitor.transaction:
        data["transaction"] = True
    if monitor.flow is not None:
        data["periodicEventStream"] = streams.params(monitor.flow)
    return data


def _monitors(payload: Payload) -> Iterator[Monitor]:
    """The monitors in a part of a report; one of 2.0.1 does not tell where they come from."""
    for entry in payload.get("monitor") or ():
        for told in entry.get("variableMonitoring") or ():
            yield Monitor(
                key=keys.read(entry),
                kind=text(told, "type"),
                value=number(told, "value") or 0.0,
                severity=whole(told, "severity") or 0,
                id=whole(told, "id"),
                transaction=told.get("transaction") is True,
                origin=text(told, "eventNotificationType") or "CustomMonitor",
            )
