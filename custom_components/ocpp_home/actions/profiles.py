"""Actions about charging profiles."""

from dataclasses import asdict
from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.commands import ProfileFilter
from .row import Action, Fields, plain, several, stamp
from .target import Aim, block

_OF_STATIONS: Final = ("ChargePointMaxProfile", "ChargingStationMaxProfile")
"""OCPP 1.6 ed. 2 - 3.13.1: "can only be set at Charge Point ConnectorId 0"; 2.x calls it otherwise."""
_OURS: Final = (*_OF_STATIONS, "TxDefaultProfile", "TxProfile", "PriorityCharging")
_ALL: Final = (*_OURS[1:], "ChargingStationExternalConstraints", "LocalGeneration")
_SOURCES: Final = ("EMS", "Other", "SO", "CSO")


async def set_charging_profile(aim: Aim, fields: Fields) -> JsonValueType:
    """Install a charging profile as it is."""
    profile = fields["charging_profile"]
    number = aim.number
    if aim.named is None and profile.get("chargingProfilePurpose") in _OF_STATIONS:
        number = 0
    await block(aim.commands.charging, "SmartCharging").set_profile(number, profile)
    return None


async def update_charging_profile(aim: Aim, fields: Fields) -> JsonValueType:
    """Change the limits of a dynamic charging profile."""
    dynamic = block(aim.commands.dynamic, "DynamicSchedules")
    await dynamic.update_profile(fields["profile_id"], fields["schedule_update"])
    return None


async def clear_charging_profile(aim: Aim, fields: Fields) -> JsonValueType:
    """Remove the charging profiles that match."""
    await block(aim.commands.charging, "SmartCharging").clear_profiles(_filter(aim, fields))
    return None


async def get_charging_profiles(aim: Aim, fields: Fields) -> JsonValueType:
    """The charging profiles that lie in the station."""
    profiles = block(aim.commands.profiles, "ChargingProfiles")
    found = await profiles.installed(_filter(aim, fields), fields["source"])
    return {
        "profiles": [{"evse": one.evse, "source": one.source, "charging_profile": plain(one.profile)} for one in found]
    }


async def get_composite_schedule(aim: Aim, fields: Fields) -> JsonValueType:
    """The limits the station will apply."""
    charging = block(aim.commands.charging, "SmartCharging")
    schedule = await charging.composite_schedule(
        aim.number, int(fields["duration"].total_seconds()), fields.get("unit")
    )
    return {
        "unit": schedule.unit,
        "begin": stamp(schedule.begin),
        "duration": schedule.duration,
        "periods": [
            {"start": period.start, "limit": period.limit, "phases": period.phases} for period in schedule.periods
        ],
    }


async def probe_station(aim: Aim, fields: Fields) -> JsonValueType:
    """What the station makes of limits."""
    charging = block(aim.commands.charging, "SmartCharging")
    found = asdict(await charging.probe(aim.one_evse()))
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _filter(aim: Aim, fields: Fields) -> ProfileFilter:
    return ProfileFilter(
        id=fields.get("profile_id"),
        evse=aim.only,
        purpose=fields.get("purpose"),
        stack_level=fields.get("stack_level"),
    )


_ONLY: Final = SupportsResponse.ONLY

ACTIONS: Final = (
    Action("set_charging_profile", set_charging_profile, {vol.Required("charging_profile"): dict}, per_evse=True),
    Action(
        "update_charging_profile",
        update_charging_profile,
        {vol.Required("profile_id"): vol.Coerce(int), vol.Required("schedule_update"): dict},
    ),
    Action(
        "clear_charging_profile",
        clear_charging_profile,
        {
            vol.Optional("profile_id"): vol.Coerce(int),
            vol.Optional("purpose"): vol.In(_OURS),
            vol.Optional("stack_level"): cv.positive_int,
        },
        per_evse=True,
    ),
    Action(
        "get_charging_profiles",
        get_charging_profiles,
        {
            vol.Optional("profile_id"): vol.Coerce(int),
            vol.Optional("purpose"): vol.In(_ALL),
            vol.Optional("stack_level"): cv.positive_int,
            vol.Optional("source", default=list): several(vol.In(_SOURCES)),
        },
        _ONLY,
        per_evse=True,
    ),
    Action("probe_station", probe_station, {}, _ONLY, per_evse=True),
    Action(
        "get_composite_schedule",
        get_composite_schedule,
        {
            vol.Required("duration", default={"hours": 24}): cv.positive_time_period,
            vol.Optional("unit"): vol.In(("A", "W")),
        },
        _ONLY,
        per_evse=True,
    ),
)
