"""The hub: the central system of one config entry, and how its stations come into Home Assistant."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_HOST, CONF_PORT, EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.util import dt as dt_util

from .ascents import Ascents
from .card_desk import CardDesk
from .cards import cards_of
from .certificates import Certificates
from .const import (
    CONF_IDENTITY,
    CONF_LEDGER,
    CONF_LISTS,
    CONF_NEWCOMERS,
    CONF_PUBLISH_INTERVAL,
    CONF_SHOW_NUMBERS,
    CONF_TAGS,
    DEFAULT_LEDGER,
    DEFAULT_PUBLISH_INTERVAL,
    DOMAIN,
    SUBENTRY_STATION,
    Newcomers,
)
from .credentials import Credentials
from .csms.central import Central
from .csms.ledger.ledger import Ledger
from .csms.model.errors import LedgerFailed
from .csms.model.evse import Evse
from .csms.model.station import Settings, Station
from .csms.model.token import Token, TokenType
from .csms.model.transaction import Transaction
from .csms.record.records import Records
from .devices import card_device, evse_device, evse_info, register_hub, station_info
from .discovery import Discovery
from .journal import keep_journal
from .member import Member
from .notices import show_ledger_trouble, show_set_aside, show_tls_trouble
from .plug_and_charge import PlugAndCharge
from .prices import Prices
from .retention import keep_to_terms, terms_of
from .sessions import Month
from .settings import household_policy, settings_of
from .site.controller import Controller
from .site.settings import SiteSettings
from .statistics import Statistics
from .tags import watch_tags
from .tls_settings import Mode
from .unproved import Unproved
from .words import masked

type OcppHomeEntry = ConfigEntry[Hub]
type StationAdded = Callable[[Station], None]

EVERY_ADDRESS: Final = None
"""A station may reach us on any address of the machine."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the owner prefers for all stations."""

    publish_interval: float
    """An entity writes its state at most every so many seconds."""
    newcomers: Newcomers
    lists: bool = True
    """Stations are given the cards, to decide by themselves while nobody answers them."""
    tags: bool = True
    """Cards are tags of Home Assistant."""
    show_numbers: bool = False
    """Numbers of cards are shown whole in events and sensors."""


class Hub:
    """The central system of one config entry. Its stations are there before the platforms ask for them."""

    def __init__(
        self, hass: HomeAssistant, entry: OcppHomeEntry, central: Central, ledger: Ledger, certificates: Certificates
    ) -> None:
        """Connect the central system with its config entry; nothing runs before `start`."""
        self.hass = hass
        self.entry = entry
        self.central = central
        self.ledger = ledger
        self.vault = certificates.vault
        self.certificates = certificates
        self.records = Records(ledger, dt_util.get_default_time_zone())
        self.credentials = Credentials(self)
        self.unproved = Unproved(self)
        self.ascents = Ascents(self)
        self.plug_and_charge = PlugAndCharge(self)
        self.discovery = Discovery(self)
        self.desk = CardDesk(self)
        self.month = Month(self)
        self.prices = Prices(self)
        self.statistics = Statistics(self)
        self.site = Controller(self)
        self._members: dict[str, Member] = {}
        self._added: list[StationAdded] = []
        self._ends: list[Callable[[], None]] = []
        self._ports = (0, 0)

    @property
    def options(self) -> Options:
        """The options as they are now."""
        options = self.entry.options
        return Options(
            publish_interval=float(options.get(CONF_PUBLISH_INTERVAL, DEFAULT_PUBLISH_INTERVAL)),
            newcomers=Newcomers(options.get(CONF_NEWCOMERS, Newcomers.ASK)),
            lists=bool(options.get(CONF_LISTS, True)),
            tags=bool(options.get(CONF_TAGS, True)),
            show_numbers=bool(options.get(CONF_SHOW_NUMBERS, False)),
        )

    @property
    def stations(self) -> Mapping[str, Station]:
        """The stations by casefolded identity."""
        return self.central.stations

    @property
    def url(self) -> str:
        """Where stations dial in; their identity follows."""
        return url_of(self.entry.data, secure=self.certificates.settings.mode is Mode.ONLY)

    @property
    def secure_url(self) -> str | None:
        """Where stations dial in that speak TLS; None where the port does not."""
        return None if self.certificates.settings.mode is Mode.OFF else url_of(self.entry.data, secure=True)

    async def start(self) -> None:
        """Take in the stations and listen; raises OSError when the port is taken."""
        register_hub(self)
        await self.certificates.start()
        self.central.household.trust.signer = self.certificates.signer
        self.credentials.authority = self.certificates.authority
        self.credentials.start()
        self.plug_and_charge.start()
        self.ascents.recall()
        self.sync()
        self.ascents.start()
        self.unproved.start()
        self.discovery.start()
        self.desk.start()
        await self.prices.start()
        self._ends = [
            self.on_station(partial(watch_tags, self)),
            self.on_station(partial(keep_journal, self)),
            self._on_another_zone(),
            keep_to_terms(self),
        ]
        with suppress(LedgerFailed):
            await self.central.book.load(self.ledger)
        await self.month.start()
        self.statistics.start()
        self.site.start()
        await self._listen()

    async def stop(self) -> None:
        """Close all connections, free the port, and close the ledger."""
        self.site.stop()
        await self.site.bounds.hold.release()
        self.credentials.stop()
        self.unproved.stop()
        self.ascents.stop()
        self.discovery.stop()
        self.desk.stop()
        self.prices.stop()
        self.statistics.stop()
        for end in self._ends:
            end()
        self.month.stop()
        self.certificates.stop()
        for member in self._members.values():
            member.leave()
        self._members = {}
        await self.central.stop()
        await self.ledger.close()
        show_ledger_trouble(self.hass, self.entry.entry_id, None)
        show_tls_trouble(self.hass, self.entry.entry_id, "tls_port_taken", None)

    async def move(self) -> None:
        """Listen on other ports if the entry says so; raises OSError when the port for all is taken."""
        await self.certificates.follow()
        if self._wanted_ports != self._ports:
            await self.central.stop()
            await self._listen()

    @property
    def _wanted_ports(self) -> tuple[int, int]:
        """The port for all, and the second one for TLS, 0 without."""
        settings = self.certificates.settings
        return self.entry.data[CONF_PORT], settings.port if settings.mode is not Mode.OFF else 0

    async def _listen(self) -> None:
        port, second = self._ports = self._wanted_ports
        await self.central.start(EVERY_ADDRESS, port, self.certificates.entrance)
        taken = None
        if second:
            try:
                await self.central.start(EVERY_ADDRESS, second, self.certificates.second)
            except OSError as error:
                taken = str(error)
        show_tls_trouble(self.hass, self.entry.entry_id, "tls_port_taken", taken)

    @callback
    def sync(self) -> None:
        """Bring the stations in line with the subentries; who did not change notices nothing."""
        subentries = {
            subentry.data[CONF_IDENTITY].casefold(): subentry
            for subentry in self.entry.subentries.values()
            if subentry.subentry_type == SUBENTRY_STATION
        }
        self._admit()
        self.plug_and_charge.review()
        for key in self._members.keys() - subentries.keys():
            self._members.pop(key).leave()
            self.central.remove(key)
            self.credentials.forget(key)
            self.ascents.forget(key)
        for key, subentry in subentries.items():
            if key in self._members:
                self._update(key, subentry)
            else:
                self._add(key, subentry)
        self.unproved.review()
        self.discovery.review()
        self.desk.review()

    @callback
    def on_station(self, added: StationAdded) -> Callable[[], None]:
        """Call `added` with every station, those that are there and those to come; gives the way to stop it."""
        self._added.append(added)
        for station in tuple(self.stations.values()):
            added(station)

        def stop() -> None:
            with suppress(ValueError):
                self._added.remove(added)

        return stop

    def subentry_id(self, station: Station) -> str:
        """The config subentry of a station; its entities and devices belong there."""
        return self._members[station.name.casefold()].subentry_id

    def title(self, station: Station) -> str:
        """What the owner calls a station."""
        subentry = self.entry.subentries.get(self.subentry_id(station))
        return station.name if subentry is None else subentry.title

    def device_info(self, station: Station, evse: Evse | None = None) -> DeviceInfo | ChildDeviceInfo:
        """The device of a station, or of one of its EVSEs."""
        return station_info(self, station) if evse is None else evse_info(self, station, evse)

    def number(self, station: Station, number: str, *, secret: bool = False) -> str:
        """A card's number as it may be seen: its end, unless the owner wants it whole; of a secret code nothing."""
        card = station.household.cards.of(Token(number))
        if card is None and Token(number).key == Token(station.settings.token).key:
            return number
        if secret or (card is not None and card.token.type is TokenType.KEY_CODE):
            return masked("")
        return number if self.options.show_numbers else masked(number)

    @callback
    def forget(self, keys: set[str]) -> bool:
        """Let go of the station or EVSE whose device has one of these keys, unless it is there."""
        if keys & {self.entry.entry_id, *map(card_device, self.entry.subentries)}:
            return False
        for key, member in tuple(self._members.items()):
            station = member.station
            if key in keys:
                return not station.connected and self.hass.config_entries.async_remove_subentry(
                    self.entry, member.subentry_id
                )
            for number in tuple(station.evses):
                if evse_device(station, number) in keys:
                    return station.dismiss(number)
        return True

    def _admit(self) -> None:
        """Let everybody know whose cards may charge."""
        zone = dt_util.get_default_time_zone()
        cards = cards_of(self.entry, zone)
        masters = any(card.master for card in cards)
        self.central.household.admit(cards, household_policy(self.entry.options, zone, masters=masters))

    def _on_another_zone(self) -> Callable[[], None]:
        """The hours of cards go by the clock of the home, which may be moved to another time zone."""

        @callback
        def moved(event: Event) -> None:
            if "time_zone" in event.data:
                self.sync()

        return self.hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, moved)

    def _settings(self, subentry: ConfigSubentry) -> Settings:
        house = SiteSettings.of(self.entry.options)
        safe_limit = 0.0 if house is None or house.fuse is None else house.fallback
        return settings_of(
            subentry.data, self.central.household.policy, lists=self.options.lists, safe_limit=safe_limit
        )

    def _add(self, key: str, subentry: ConfigSubentry) -> None:
        self.credentials.require(key, subentry.data)
        station = self.central.add(subentry.data[CONF_IDENTITY], self._settings(subentry))
        station.cost, station.account = self.records.cost_of, self._settled
        member = self._members[key] = Member(self, station, subentry.subentry_id)
        member.settle_in()
        self.discovery.dismiss(key)
        for added in tuple(self._added):
            added(station)

    def _settled(self, transaction: Transaction) -> None:
        """A session has ended, or something about one that had is known now."""
        self.records.settle(transaction)
        self.statistics.note(transaction)

    def _update(self, key: str, subentry: ConfigSubentry) -> None:
        settings = self._settings(subentry)
        if settings != self.stations[key].settings:
            self.central.update(key, settings)
        self.credentials.require(key, subentry.data)
        self._members[key].settle_in()


def url_of(data: Mapping[str, str | int], *, secure: bool = False) -> str:
    """The address to be set in a station, without its identity; an IPv6 address stands in brackets."""
    host = str(data[CONF_HOST])
    return f"{'wss' if secure else 'ws'}://{f'[{host}]' if ':' in host else host}:{data[CONF_PORT]}"


def ledger_path(hass: HomeAssistant, entry: OcppHomeEntry) -> Path:
    """Where the records of an entry are."""
    return Path(hass.config.path(DOMAIN, entry.data.get(CONF_LEDGER, DEFAULT_LEDGER)))


async def open_hub(hass: HomeAssistant, entry: OcppHomeEntry) -> Hub:
    """Open the vault and the ledger of an entry and make the hub that keeps them; raises ConfigEntryNotReady."""
    certificates = await Certificates.open(hass, entry)
    path = ledger_path(hass, entry)
    trouble, set_aside = partial(show_ledger_trouble, hass, entry.entry_id), partial(show_set_aside, hass)
    try:
        ledger = await Ledger.open(path, trouble, set_aside, terms_of(entry))
    except LedgerFailed as error:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="ledger_unusable",
            translation_placeholders={"path": str(path), "reason": str(error)},
        ) from error
    return Hub(hass, entry, Central(ledger), ledger, certificates)
