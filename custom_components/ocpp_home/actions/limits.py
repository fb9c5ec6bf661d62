"""The action that limits what a running session may come to (OCPP 2.1)."""

from datetime import timedelta
from typing import Final

from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.session_limit import SessionLimit
from .row import Action, Fields
from .target import Aim, block

POSITIVE: Final = vol.All(vol.Coerce(float), vol.Range(min=0, min_included=False))


async def limit_session(aim: Aim, fields: Fields) -> JsonValueType:
    """State what the session may come to; a limit that is left out is lifted."""
    sessions = block(aim.commands.sessions, "TransactionLimit")
    energy, duration = fields.get("energy"), fields.get("duration")
    limit = SessionLimit(
        cost=fields.get("cost"),
        energy=None if energy is None else energy * 1000,
        time=None if duration is None else round(duration.total_seconds()),
        soc=fields.get("soc"),
    )
    await sessions.limit(aim.transaction(fields.get("transaction_id")), limit)
    return None


ACTIONS: Final = (
    Action(
        "limit_session",
        limit_session,
        {
            vol.Optional("energy"): POSITIVE,
            vol.Optional("cost"): POSITIVE,
            vol.Optional("duration"): vol.All(cv.positive_time_period, vol.Range(min=timedelta(seconds=1))),
            vol.Optional("soc"): vol.All(vol.Coerce(int), vol.Range(min=1, max=100)),
            vol.Optional("transaction_id"): cv.string,
        },
        per_evse=True,
    ),
)
