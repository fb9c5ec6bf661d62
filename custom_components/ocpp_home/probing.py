"""What a station makes of limits: a button to try it, and a sensor that tells what was found."""

import asyncio
from collections.abc import Mapping
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory

from .csms.model.errors import OcppError, Unsupported
from .csms.model.evse import Evse
from .csms.model.station import Station
from .entity import able
from .hub import Hub
from .sensor_entity import SensorRow

PROMPT: Final = 1.0
"""What goes wrong within so many seconds is told to whoever has pressed the button; the sensor tells the rest."""
NEVER, RUNNING, BROKEN, NOTHING, PARTLY, ALL = "never", "running", "broken_off", "nothing", "partly", "all"
RESULTS: Final = [NEVER, RUNNING, BROKEN, NOTHING, PARTLY, ALL]


def result(evse: Evse) -> str:
    """What has come of it."""
    limits, found = evse.limits, evse.limits.findings
    if limits.probing:
        return RUNNING
    if limits.trouble is not None:
        return BROKEN
    if found is None:
        return NEVER
    if found.purpose is None:
        return NOTHING
    return ALL if found.flawless else PARTLY


def details(evse: Evse) -> Mapping[str, object]:
    """Each thing that was found; None: the station does not tell."""
    found = evse.limits.findings
    reason = {} if evse.limits.trouble is None else {"reason": evse.limits.trouble}
    if found is None:
        return reason
    return reason | {
        "profile": None if found.purpose is None else f"{found.purpose}/{found.kind}",
        "units": list(found.units),
        "least_current": found.lowest,
        "decimals": found.decimals,
        "pauses": found.pauses,
        "restarts": found.restarts,
        "one_phase": found.phases,
        "several_levels": found.stacks,
        "ends_by_itself": found.ends,
        "tells_schedule": found.tells,
        "latency": None if found.latency is None else round(found.latency, 3),
    }


FINDINGS: Final[SensorRow[Evse]] = SensorRow(
    key="probe_result",
    translation_key="probe_result",
    device_class=SensorDeviceClass.ENUM,
    options=RESULTS,
    entity_category=EntityCategory.DIAGNOSTIC,
    has_fn=able(lambda commands: commands.charging),
    offline=True,
    value_fn=result,
    attributes_fn=details,
)


async def begin(hub: Hub, station: Station, evse: Evse) -> None:
    """Try what the station makes of limits, and stay only until it is clear that this has begun."""
    charging = station.require().charging
    if charging is None:
        raise Unsupported("SmartCharging")

    async def run() -> OcppError | None:
        try:
            await charging.probe(evse)
        except OcppError as error:
            return error
        return None

    task = hub.entry.async_create_background_task(hub.hass, run(), f"ocpp_home tries the limits of {station.name}")
    ended, _ = await asyncio.wait({task}, timeout=PROMPT)
    for one in ended:
        if (error := one.result()) is not None:
            raise error
