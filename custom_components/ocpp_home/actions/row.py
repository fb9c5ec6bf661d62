"""The shape of an action."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolSchemaType
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.blocks import Words
from .target import Aim

type Fields = Mapping[str, Any]
type Run = Callable[[Aim, Fields], Awaitable[JsonValueType]]

TIME: Final = vol.All(cv.datetime, dt_util.as_utc)
"""A moment; without a zone it is the home's own time."""
TOKEN: Final = vol.All(cv.string, vol.Length(min=1, max=36))
"""An id token, no longer than every version takes."""
WHOLE: Final = vol.All(vol.Coerce(int), vol.Range(min=0))
"""A whole number that is not negative."""


def several(each: Any) -> Any:
    """One or a list of values, each of a kind."""
    return vol.All(cv.ensure_list, [each])


def stamp(moment: datetime | None) -> str | None:
    """A moment in response data."""
    return None if moment is None else moment.isoformat()


def plain(words: Words) -> dict[str, JsonValueType]:
    """A document of the specification in response data."""
    return cast("dict[str, JsonValueType]", dict(words))


def given(values: Mapping[str, JsonValueType]) -> dict[str, JsonValueType]:
    """Response data without what is not told."""
    return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Action:
    """One action: its name, its fields beside the target, and what it does for each target.

    `run` gives the response for the target; it raises an `OcppError` with the station's words.
    """

    name: str
    run: Run
    fields: Mapping[vol.Marker, Any]
    response: SupportsResponse = SupportsResponse.NONE
    admin: bool = False
    per_evse: bool = False
    """A single EVSE can be meant. Where not, a station is asked once, whichever of its EVSEs it is aimed at."""

    @property
    def schema(self) -> VolSchemaType:
        """The schema of a call: a target and the fields."""
        return cv.make_entity_service_schema(dict(self.fields))
