"""Answers: grid controls (OCPP 2.1 ed. 1 - R04)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .clock import moment, stamp
from .dialect import Answer
from .oddities import Payload
from .v201_control import YES

if TYPE_CHECKING:
    from .machine import Machine

FIELDS = {
    "EnterService": "enterService",
    "FreqDroop": "freqDroop",
    "FixedPFAbsorb": "fixedPFAbsorb",
    "FixedPFInject": "fixedPFInject",
    "FixedVar": "fixedVar",
    "Gradients": "gradient",
    "LimitMaxDischarge": "limitMaxDischarge",
    "FreqWatt": "curve",
    "VoltVar": "curve",
    "VoltWatt": "curve",
    "WattVar": "curve",
    "WattPF": "curve",
}
INNER = {"fixedPFAbsorb": "fixedPF", "fixedPFInject": "fixedPF"}
PLAIN = ("enterService", "gradient")


@dataclass
class Control:
    """One control as it was sent."""

    payload: Payload
    superseded: bool = False
    started: bool = False

    @property
    def field(self) -> str:
        return FIELDS[self.payload["controlType"]]

    @property
    def body(self) -> Payload:
        found: Payload = self.payload[self.field]
        return found

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """When a scheduled control is active."""
        if self.payload["isDefault"] or "startTime" not in self.body:
            return None
        start = moment(self.body["startTime"])
        return start, start + timedelta(seconds=self.body.get("duration", 1e8))

    @property
    def told(self) -> Payload:
        """The control in ReportDERControl."""
        about: Payload = {"id": self.payload["controlId"], INNER.get(self.field, self.field): self.body}
        if self.field not in PLAIN:
            about |= {"isDefault": self.payload["isDefault"], "isSuperseded": self.superseded}
        return about | ({"curveType": self.payload["controlType"]} if self.field == "curve" else {})


def controls(machine: Machine) -> dict[str, Control]:
    """All controls, by id."""
    found: dict[str, Control] = machine.shelf.setdefault("der", {})
    return found


def set_der_control(machine: Machine, payload: Payload) -> Payload:
    """R04.FR.01 to FR.08: of two the lower value of priority wins."""
    if payload["controlType"] not in FIELDS or FIELDS[payload["controlType"]] not in payload:
        return {"status": "NotSupported"}
    new, same = Control(payload), ("controlType", "isDefault")
    rivals = [c for c in controls(machine).values() if all(c.payload[n] == payload[n] for n in same)]
    beaten = []
    for rival in rivals:
        loser = new if rival.body["priority"] <= new.body["priority"] else rival
        if rival.payload["controlId"] != payload["controlId"]:
            loser.superseded = True
            beaten.append(loser.payload["controlId"])
    controls(machine)[payload["controlId"]] = new
    return YES | ({"supersededIds": sorted(set(beaten))} if beaten else {})


def _chosen(machine: Machine, payload: Payload) -> list[Control]:
    names = ("isDefault", "controlType", "controlId")
    return [c for c in controls(machine).values() if all(payload.get(n) in (None, c.payload[n]) for n in names)]


def get_der_control(machine: Machine, payload: Payload) -> Payload:
    """R04.FR.30, FR.31."""
    found = _chosen(machine, payload)
    if not found:
        return {"status": "NotFound"}
    machine.after_answer(_report, machine, payload["requestId"], found)
    return YES


async def _report(machine: Machine, number: int, found: list[Control]) -> None:
    for turn, control in enumerate(found, 1):
        body: dict[str, Any] = {"requestId": number, control.field: [control.told], "tbc": turn < len(found)}
        machine.note("ReportDERControl", body)


def clear_der_control(machine: Machine, payload: Payload) -> Payload:
    """R04: NotFound when nothing fits."""
    found = _chosen(machine, payload)
    for control in found:
        del controls(machine)[control.payload["controlId"]]
    return YES if found else {"status": "NotFound"}


def look(machine: Machine, now: datetime) -> None:
    """Start and end scheduled controls (R04.FR.10, FR.20, FR.22)."""
    for number, control in list(controls(machine).items()):
        if control.span is None or control.superseded:
            continue
        start, end = control.span
        if not control.started and start <= now:
            control.started = True
            _tell(machine, number, True, now)
        if now >= end:
            _tell(machine, number, False, now)
            del controls(machine)[number]


def _tell(machine: Machine, number: str, started: bool, now: datetime) -> None:
    machine.note("NotifyDERStartStop", {"controlId": number, "started": started, "timestamp": stamp(now)})


ANSWERS: dict[str, Answer] = {
    "SetDERControl": set_der_control,
    "GetDERControl": get_der_control,
    "ClearDERControl": clear_der_control,
}
