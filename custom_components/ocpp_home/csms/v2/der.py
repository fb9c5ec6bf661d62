"""What a car or a station does for the grid (OCPP 2.1 - R01 to R04, Q02, Q10): controls, alarms, signals."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Block, Handler, consent
from ..dialogue.fields import text
from ..dialogue.files import request_id
from ..model.blocks import Words
from ..model.event import Event, Kind
from ..model.station import Station
from ..wire.frame import Payload
from . import parts, v2x

type Facts = Mapping[str, str | float | bool | None]

KINDS: Final = (
    "curve",
    "enterService",
    "fixedPFAbsorb",
    "fixedPFInject",
    "fixedVar",
    "freqDroop",
    "gradient",
    "limitMaxDischarge",
)
"""The lists of a ReportDERControl."""


def report_der_control(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take a part of the installed controls (R04.FR.22)."""
    parts.take(station, payload)
    return {}


def notify_der_alarm(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell that the grid made a control necessary, or that it does no more (R03)."""
    data: Facts = {
        "control": text(payload, "controlType", 50),
        "fault": text(payload, "gridEventFault", 50) or None,
        "ended": payload.get("alarmEnded") is True,
        "info": text(payload, "extraInfo", 200) or None,
    }
    station.emit(Event(Kind.GRID, clock.read(station, payload.get("timestamp"), now).at, data=data))
    return {}


def notify_der_start_stop(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell that a scheduled control has started or stopped (R02)."""
    data: Facts = {"control": text(payload, "controlId", 36), "started": payload.get("started") is True}
    station.emit(Event(Kind.GRID, clock.read(station, payload.get("timestamp"), now).at, data=data))
    return {}


REQUESTS: Final[dict[str, Handler]] = {
    "NotifyDERAlarm": notify_der_alarm,
    "NotifyDERStartStop": notify_der_start_stop,
    "ReportDERControl": report_der_control,
}


class Grid(Block):
    """What one station does for the grid."""

    async def set_control(self, control: Words) -> tuple[str, ...]:
        """Install a control; gives the ids of those it takes the place of."""
        answer = await self._call("SetDERControl", dict(control))
        consent(answer)
        return tuple(answer.get("supersededIds") or ())

    async def controls(self, kind: str | None = None, control: str | None = None) -> list[Words]:
        """The controls that are installed, as they are reported; none where none matches (NotFound)."""
        number = request_id(self._station)
        request: Payload = {"requestId": number} | _named(kind, control)
        with self._station.reports.expect(number) as report:
            status = consent(await self._call("GetDERControl", request), "Accepted", "NotFound")
            told = await report.whole(parts.PATIENCE) if status == "Accepted" else []
        return [one for part in told for name in KINDS for one in parts.documents(part, name)]

    async def clear_control(self, *, default: bool, kind: str | None = None, control: str | None = None) -> None:
        """Remove controls: the defaults or the scheduled ones, all without a name."""
        consent(await self._call("ClearDERControl", {"isDefault": default} | _named(kind, control)))

    async def signal(self, value: int, at: datetime) -> None:
        """Hand a signal of the grid's automatic frequency restoration on."""
        consent(await self._call("AFRRSignal", {"signal": value, "timestamp": clock.stamp(at)}))

    async def allow(self, transaction: str, transfers: Sequence[str]) -> None:
        """Tell in which ways energy may flow between car and station (Q02.FR.05)."""
        request = {"transactionId": transaction, "allowedEnergyTransfer": [*transfers]}
        consent(await self._call("NotifyAllowedEnergyTransfer", request))
        v2x.allow(self._station, transaction, transfers)


def _named(kind: str | None, control: str | None) -> Payload:
    named = {"controlType": kind, "controlId": control}
    return {name: value for name, value in named.items() if value is not None}
