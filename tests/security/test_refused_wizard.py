"""A station that refuses the wizard in words of its own: its owner reads them as words."""

from typing import Final

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.household import hub_entry, set_up, station_data, until

from .corpus import MARK, PAYLOADS
from .fields import everywhere
from .hostile import Hostile
from .outputs import plain, tame
from .test_wizard import Wizard

pytestmark = pytest.mark.usefixtures("socket_enabled")

SOME: Final = [text for name, text in PAYLOADS if name.split()[0] in {"html", "markdown", "lines", "direction"}][::3]


async def test_why_a_station_did_not_get_there_is_told_by_words_alone(hass: HomeAssistant) -> None:
    entry: MockConfigEntry = hub_entry(station_data("Garage", configure=False))
    hub = await set_up(hass, entry)
    told = []
    async with Hostile(entry.data[CONF_PORT], "Garage", "1.6") as station:
        await until(lambda: (commands := hub.stations["garage"].commands) and commands.security, 10)
        for station.turn, text in enumerate(SOME):
            station.fill, station.refuses = everywhere(text, ("text",), station.turn), True
            wizard = Wizard(hass, entry)
            await wizard.open()
            await wizard.submit(1)
            fallen = await wizard.watch()
            assert fallen["step_id"] == "fallen"
            told.append(fallen["description_placeholders"]["words"])
            hass.config_entries.subentries.async_abort(fallen["flow_id"])
    assert sum(MARK in words for words in told) > len(SOME) // 2
    assert [words for words in told if not plain(words) or (MARK in words and not tame(words))] == []
