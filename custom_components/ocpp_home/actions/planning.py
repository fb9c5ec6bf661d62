"""Actions about day plans: by when a car shall have what, and what would come of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..const import DOMAIN
from ..site.goal import Measure
from ..site.place import Place
from ..site.preview import preview
from ..site.rule import Days, Rule
from .row import TIME, Action, Fields
from .target import Aim

PLANNED: Final = "plan"
"""The mode that charges by plan."""
REGULAR: Final = (Days.DAILY.value, Days.WORKDAYS.value)
POSITIVE: Final = vol.All(vol.Coerce(float), vol.Range(min=0, min_included=False))
LEVEL: Final = vol.All(vol.Coerce(float), vol.Range(min=1, max=100))


async def set_plan(aim: Aim, fields: Fields) -> JsonValueType:
    """Have a car ready at a moment, or day by day, and charge by plan."""
    place = _place(aim)
    aim.site.want(place, _changed(place.rule, fields).by(PLANNED))
    return None


async def skip_plan(aim: Aim, fields: Fields) -> JsonValueType:
    """Leave out the next departure, or leave none out."""
    place = _place(aim)
    if not fields["skip"]:
        aim.site.want(place, place.rule.skipping(None))
        return None
    if place.goal is None:
        raise aim.nothing("no_departure")
    aim.site.want(place, place.rule.skipping(place.goal))
    return None


async def preview_plan(aim: Aim, fields: Fields) -> JsonValueType:
    """What would happen by another wish, beside charging at once; nothing is changed."""
    place = _place(aim)
    seen = await preview(aim.site, place, _changed(place.rule, fields).by(PLANNED))
    if seen is None:
        raise aim.nothing("nothing_to_plan")
    return seen


def _place(aim: Aim) -> Place:
    """The EVSE as the house sees it; raises a translated error where there is no house."""
    evse = aim.one_evse()
    if aim.site.settings is None:
        raise aim.nothing("no_house")
    return aim.site.place(aim.station, evse)


def _changed(rule: Rule, fields: Fields) -> Rule:
    """What the owner wants, as the fields say; raises a translated error for a departure that is over."""
    zone, now = dt_util.get_default_time_zone(), dt_util.utcnow()
    departure: datetime | None = fields.get("departure")
    if departure is not None:
        if departure <= now:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="departure_over")
        rule = replace(rule, once=departure)
    elif (at := fields.get("time")) is not None:
        rule = replace(rule, at=at).leaving(Days(fields["days"]), now, zone)
    for name, measure in TARGETS.items():
        if name in fields:
            rule = rule.aiming(measure, fields[name])
    return rule


TARGETS: Final[Mapping[str, Measure]] = {
    "target_level": Measure.LEVEL,
    "target_energy": Measure.ENERGY,
    "target_range": Measure.RANGE,
}
WANTED: Final = {
    vol.Exclusive("departure", "when"): TIME,
    vol.Exclusive("time", "when"): cv.time,
    vol.Optional("days", default=Days.DAILY.value): vol.In(REGULAR),
    vol.Exclusive("target_level", "target"): LEVEL,
    vol.Exclusive("target_energy", "target"): POSITIVE,
    vol.Exclusive("target_range", "target"): POSITIVE,
}

ACTIONS: Final = (
    Action("set_plan", set_plan, WANTED, per_evse=True),
    Action("skip_plan", skip_plan, {vol.Required("skip", default=True): cv.boolean}, per_evse=True),
    Action("preview_plan", preview_plan, WANTED, SupportsResponse.ONLY, per_evse=True),
)
