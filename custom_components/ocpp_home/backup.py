"""Home Assistant's backups hold the records whole: while one is made, the ledger's file itself stays as it is."""

import logging
from sqlite3 import Error

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .hub import OcppHomeEntry

_LOGGER = logging.getLogger(__name__)


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Let only the write-ahead log grow from now on; a ledger in trouble is no reason to have no backup at all."""
    for entry in _running(hass):
        try:
            await entry.runtime_data.ledger.begin_backup()
        except Error as error:
            _LOGGER.warning("The charging records may not be whole in this backup: %s", error)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let the ledger's file be written again."""
    for entry in _running(hass):
        await entry.runtime_data.ledger.end_backup()


def _running(hass: HomeAssistant) -> list[OcppHomeEntry]:
    return hass.config_entries.async_loaded_entries(DOMAIN)
