"""How long records are kept: what the owner chose, applied every night."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers.event import async_track_time_change

from .const import CONF_KEEP_READINGS, CONF_KEEP_SESSIONS, DEFAULT_KEEP_READINGS
from .csms.ledger.store import Terms
from .csms.model.errors import LedgerFailed

if TYPE_CHECKING:
    from .hub import Hub

NIGHT: Final = {"hour": 3, "minute": 17, "second": 0}
ALWAYS: Final = timedelta(days=36_500)


def readings_kept(entry: ConfigEntry) -> timedelta | None:
    """For how long the readings of sessions are kept; None for ever."""
    return _days(entry.options.get(CONF_KEEP_READINGS, DEFAULT_KEEP_READINGS))


def sessions_kept(entry: ConfigEntry) -> timedelta | None:
    """For how long sessions are kept; None for ever."""
    return _days(entry.options.get(CONF_KEEP_SESSIONS, 0))


def terms_of(entry: ConfigEntry) -> Terms:
    """What the ledger may delete when it is opened."""
    return Terms(keep_readings=readings_kept(entry) or ALWAYS)


def keep_to_terms(hub: Hub) -> Callable[[], None]:
    """Delete every night what is no longer to be kept; gives the way to stop it."""

    async def tidy(_: datetime) -> None:
        with suppress(LedgerFailed):  # the ledger itself tells its owner
            await hub.ledger.tidy(readings_kept(hub.entry), sessions_kept(hub.entry))

    return async_track_time_change(hub.hass, tidy, **NIGHT)


def _days(told: Any) -> timedelta | None:
    return timedelta(days=float(told)) if told else None
