"""A home whose stations, people and clock a test leads through its days."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant, State, SupportsResponse
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util.json import JsonObjectType
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.ocpp_home.cards import card_id
from custom_components.ocpp_home.const import CONF_NUMBER, CONF_PERSON, DOMAIN, SUBENTRY_CARD
from custom_components.ocpp_home.csms.model.price import Price, Share
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.hub import Hub
from tests.household import simulated
from tests.simulator import Car, ManualClock, Station, Transaction

BEGIN: Final = datetime(2026, 9, 14, 6, tzinfo=UTC)
"""Eight o'clock on a Monday in Berlin."""
ADA: Final = "04A2B3C4D5E6F7"
BOB: Final = "0BB0BB0BB0BB0B"


def card(number: str, name: str, person: str = "") -> ConfigSubentryData:
    """The subentry of a card."""
    data = {CONF_NUMBER: number, CONF_PERSON: person} if person else {CONF_NUMBER: number}
    return ConfigSubentryData(
        data=MappingProxyType(data), subentry_type=SUBENTRY_CARD, title=name, unique_id=card_id(Token(number))
    )


@dataclass
class Home:
    """The stations GARAGE and YARD, Ada with a fob, Bob with a card, and the one clock of all."""

    hass: HomeAssistant
    entry: MockConfigEntry
    hub: Hub
    clock: ManualClock
    now: FrozenDateTimeFactory

    def station(self, identity: str = "GARAGE", **details: Any) -> Station:
        """A station that dials in; `async with` connects it."""
        return simulated(self.entry, identity, clock=self.clock, **details)

    async def wait(self, **span: float) -> None:
        """Let time pass, a minute at a time, for the stations and for the home alike."""
        ends = self.clock.now() + timedelta(**span)
        while self.clock.now() < ends:
            step = min(60.0, (ends - self.clock.now()).total_seconds())
            self.now.tick(step)
            await self.clock.advance(step)
        await self.minute()

    async def leap(self, moment: datetime) -> None:
        """Come to a moment while nothing is connected."""
        await self.clock.advance((moment - self.clock.now()).total_seconds())
        self.now.move_to(moment)
        await self.minute()

    async def minute(self) -> None:
        """Let what happens once a minute happen now."""
        async_fire_time_changed(self.hass, self.clock.now() + timedelta(minutes=1))
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def price(self, per_kwh: str, at: datetime = BEGIN - timedelta(days=60), currency: str = "EUR") -> None:
        """From then on a kWh costs so much."""
        self.hub.ledger.price(Price.of(at, currency, per_kwh, "the contract"))

    def shine(self, thousandths: int, station: str = "GARAGE") -> None:
        """So much of what a station takes comes from the sun."""
        self.hub.ledger.shine(station, 1, Share(self.clock.now(), thousandths))

    async def charge(self, station: Station, tag: str = ADA, connector: int = 1, **span: float) -> Transaction:
        """A session from plugging in to leaving; the station's own record of it."""
        await station.start(tag, connector, Car(soc=0.1))
        await self.wait(**span)
        transaction = await station.stop(connector)
        await station.unplug(connector)
        await self.hass.async_block_till_done()
        return transaction

    def entity(self, key: str, platform: str = "sensor") -> str:
        """The entity of a unique id."""
        found = er.async_get(self.hass).async_get_entity_id(platform, DOMAIN, key)
        assert found is not None, f"there is no {platform} {key}"
        return found

    def shown(self, key: str) -> State:
        """The state of the sensor of a unique id."""
        state = self.hass.states.get(self.entity(key))
        assert state is not None, f"{key} has no state"
        return state

    def card(self, name: str) -> str:
        """The subentry of a card."""
        return next(key for key, one in self.entry.subentries.items() if one.title == name)

    def device(self, key: str) -> str:
        """The device of a station, or of an EVSE of it (`yard/2`)."""
        registry = dr.async_get(self.hass)
        for find in (registry.async_get_device_by_identifier, registry.async_get_child_device_by_identifier):
            if (device := find((DOMAIN, key), self.entry.entry_id)) is not None:
                return device.id
        raise AssertionError(f"there is no device {key}")

    async def do(self, action: str, target: dict[str, Any] | None = None, /, **fields: Any) -> JsonObjectType:
        """Perform an action; gives its response."""
        assert self.hass.services.supports_response(DOMAIN, action) is not SupportsResponse.NONE
        answer = await self.hass.services.async_call(
            DOMAIN, action, fields, blocking=True, target=target, return_response=True
        )
        assert answer is not None
        return answer

    async def sessions(self, target: dict[str, Any] | None = None, /, **fields: Any) -> list[Any]:
        """What `list_sessions` gives."""
        found = (await self.do("list_sessions", target, **fields))["sessions"]
        assert isinstance(found, list)
        return found
