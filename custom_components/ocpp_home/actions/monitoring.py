"""Actions about what a station tells by itself: monitors of its variables, and streams of their values."""

from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.errors import Refused
from ..csms.model.monitor import Flow, Monitor, Monitoring, Stream
from ..csms.model.variable import key_of
from .row import WHOLE, Action, Fields, given, several
from .target import Aim, block

_BASES: Final = ("All", "FactoryDefault", "HardWiredOnly")
_CRITERIA: Final = ("ThresholdMonitoring", "DeltaMonitoring", "PeriodicMonitoring")
_KINDS: Final = (
    "UpperThreshold",
    "LowerThreshold",
    "Delta",
    "Periodic",
    "PeriodicClockAligned",
    "TargetDelta",
    "TargetDeltaRelative",
)
_SEVERITY: Final = vol.All(vol.Coerce(int), vol.Range(min=0, max=9))


async def set_monitor(aim: Aim, fields: Fields) -> JsonValueType:
    """Set a monitor, or replace the one of a number; gives its number."""
    flow = _flow(fields)
    monitor = Monitor(
        key=key_of(fields["variable"]),
        kind=fields["kind"],
        value=fields["value"],
        severity=fields["severity"],
        id=fields.get("monitor_id"),
        transaction=fields["transaction"],
        flow=None if flow == Flow() else flow,
    )
    [outcome] = await _monitoring(aim).watch([monitor])
    if outcome.status != "Accepted":
        raise Refused(outcome.status, monitor.key.path)
    return {"monitor_id": outcome.monitor.id}


async def clear_monitors(aim: Aim, fields: Fields) -> JsonValueType:
    """Remove monitors; raises Refused with those that stayed."""
    told = await _monitoring(aim).clear(fields["monitor_ids"])
    for number, status in told.items():
        if status != "Accepted":
            raise Refused(status, f"monitor {number}")
    return None


async def get_monitors(aim: Aim, fields: Fields) -> JsonValueType:
    """The monitors there are."""
    monitoring = _monitoring(aim)
    found = await monitoring.monitors(fields["criteria"], [key_of(path) for path in fields["variables"]])
    return {"monitors": [_told(monitor) for monitor in found]}


async def set_monitoring_base(aim: Aim, fields: Fields) -> JsonValueType:
    """Activate a set of monitors."""
    await _monitoring(aim).base(fields["base"])
    return None


async def set_monitoring_level(aim: Aim, fields: Fields) -> JsonValueType:
    """Let only what is severe be told."""
    await _monitoring(aim).level(fields["severity"])
    return None


async def get_event_streams(aim: Aim, _: Fields) -> JsonValueType:
    """The streams that are open."""
    found = await block(aim.commands.streams, "PeriodicEventStream").streams()
    return {"streams": [_stream(stream) for stream in found]}


async def adjust_event_stream(aim: Aim, fields: Fields) -> JsonValueType:
    """Change how a stream is sent."""
    await block(aim.commands.streams, "PeriodicEventStream").adjust(fields["stream_id"], _flow(fields))
    return None


def _monitoring(aim: Aim) -> Monitoring:
    return block(aim.commands.monitoring, "Monitoring")


def _flow(fields: Fields) -> Flow:
    return Flow(fields.get("stream_interval"), fields.get("stream_values"))


def _told(monitor: Monitor) -> JsonValueType:
    return {
        "monitor_id": monitor.id,
        "variable": monitor.key.path,
        "kind": monitor.kind,
        "value": monitor.value,
        "severity": monitor.severity,
        "transaction": monitor.transaction,
        "origin": monitor.origin,
    }


def _stream(stream: Stream) -> JsonValueType:
    return given(
        {
            "stream_id": stream.id,
            "monitor_id": stream.monitor,
            "stream_interval": stream.flow.interval,
            "stream_values": stream.flow.values,
        }
    )


_FLOW: Final = {vol.Optional("stream_interval"): WHOLE, vol.Optional("stream_values"): WHOLE}
_ONLY: Final = SupportsResponse.ONLY

ACTIONS: Final = (
    Action(
        "set_monitor",
        set_monitor,
        {
            vol.Required("variable"): cv.string,
            vol.Required("kind"): vol.In(_KINDS),
            vol.Required("value"): vol.Coerce(float),
            vol.Required("severity", default=5): _SEVERITY,
            vol.Optional("transaction", default=False): cv.boolean,
            **_FLOW,
            vol.Optional("monitor_id"): WHOLE,
        },
        SupportsResponse.OPTIONAL,
        admin=True,
    ),
    Action("clear_monitors", clear_monitors, {vol.Required("monitor_ids"): several(WHOLE)}, admin=True),
    Action(
        "get_monitors",
        get_monitors,
        {
            vol.Optional("variables", default=list): several(cv.string),
            vol.Optional("criteria", default=list): several(vol.In(_CRITERIA)),
        },
        _ONLY,
    ),
    Action("set_monitoring_base", set_monitoring_base, {vol.Required("base"): vol.In(_BASES)}, admin=True),
    Action("set_monitoring_level", set_monitoring_level, {vol.Required("severity"): _SEVERITY}, admin=True),
    Action("get_event_streams", get_event_streams, {}, _ONLY),
    Action("adjust_event_stream", adjust_event_stream, {vol.Required("stream_id"): WHOLE, **_FLOW}, admin=True),
)
