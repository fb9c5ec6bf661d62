"""Streams of values that are never answered (OCPP 2.1 - N11 to N15)."""

from datetime import datetime, timedelta
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Block, Handler, consent
from ..dialogue.fields import number, text, whole
from ..model.errors import Invalid
from ..model.monitor import Flow, Stream
from ..model.station import Station
from ..wire.frame import Payload
from .events import Seen, observe

MOST: Final = 100
"""No station has so many streams open."""


def open_periodic_event_stream(station: Station, payload: Payload, now: datetime) -> Payload:
    """N11.FR.05, N11.FR.06: a stream is accepted where its monitor is known, or just being set."""
    stream = _stream(payload["constantStreamData"])
    watch = station.watch
    if len(watch.streams) >= MOST or (stream.monitor not in watch.monitors and not watch.asking):
        station.count("stream of an unknown monitor")
        return {"status": "Rejected"}
    watch.streams[stream.id] = stream
    return {"status": "Accepted"}


def close_periodic_event_stream(station: Station, payload: Payload, now: datetime) -> Payload:
    """N13.FR.02: the stream is not used any more."""
    station.watch.streams.pop(payload["id"], None)
    return {}


def notify_periodic_event_stream(station: Station, payload: Payload, now: datetime) -> Payload:
    """N15.FR.03: the monitor of the stream tells what its values are; nothing is answered (N15.FR.02)."""
    stream = station.watch.streams.get(payload["id"])
    monitor = station.watch.monitors.get(stream.monitor) if stream is not None else None
    if monitor is None:
        station.count("values of an unknown stream")
        return {}
    base = clock.read(station, payload.get("basetime"), now).at
    for element in payload.get("data") or ():
        at = min(base + timedelta(seconds=number(element, "t") or 0.0), now)
        seen = Seen(monitor.key, text(element, "v", 2500), at, severity=monitor.severity)
        observe(station, seen, now)
    return {}


REQUESTS: Final[dict[str, Handler]] = {
    "ClosePeriodicEventStream": close_periodic_event_stream,
    "NotifyPeriodicEventStream": notify_periodic_event_stream,
    "OpenPeriodicEventStream": open_periodic_event_stream,
}


class Streams(Block):
    """The streams of one station."""

    async def streams(self) -> list[Stream]:
        """The streams that are open (N12)."""
        answer = await self._call("GetPeriodicEventStream", {})
        found = [_stream(entry) for entry in answer.get("constantStreamData") or ()]
        self._station.watch.streams = {stream.id: stream for stream in found}
        return found

    async def adjust(self, stream: int, flow: Flow) -> None:
        """Change how a stream is sent; N14.FR.01: its id and new parameters."""
        request = {"id": stream, "params": params(flow)}
        consent(await self._call("AdjustPeriodicEventStream", request))


def params(flow: Flow) -> Payload:
    """PeriodicEventStreamParamsType; N11.FR.09: an interval or values or both are given."""
    given = {name: value for name, value in (("interval", flow.interval), ("values", flow.values)) if value is not None}
    if not given:
        raise Invalid("a stream has an interval, a number of values, or both")
    return given


def _stream(data: Payload) -> Stream:
    told = data.get("params") or {}
    flow = Flow(whole(told, "interval"), whole(told, "values"))
    return Stream(int(data["id"]), int(data["variableMonitoringId"]), flow)
