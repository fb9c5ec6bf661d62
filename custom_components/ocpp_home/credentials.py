"""How the stations of a hub prove who they are: what their owner wants, with the passwords in the vault."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
import logging
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr

from .const import CONF_ANY_USERNAME, CONF_SECURITY_PROFILE, DOMAIN, EVENT_INTRUDER
from .csms.gate import Rejection, first_contact
from .csms.model.errors import LedgerFailed
from .csms.model.station import Station
from .csms.security.authority import Authority
from .csms.security.password import Hashed
from .csms.security.proof import Profile, Standing
from .csms.security.rotation import rotate
from .devices import station_key
from .words import shown

if TYPE_CHECKING:
    from .hub import Hub

UNSURE: Final = 4
"""So many passwords are known of which nobody knows whether they have reached the station."""

_LOGGER = logging.getLogger(__name__)


class Credentials:
    """What is asked of each station; the hashes of the passwords are those of the vault."""

    def __init__(self, hub: Hub) -> None:
        """Begin with what the vault holds."""
        self._hub = hub
        self.authority: Authority | None = None
        """Who signs the certificates of stations."""
        self._passwords: dict[str, tuple[Hashed, ...]] = {}

    @callback
    def start(self) -> None:
        """Hear of who is turned away, and of passwords that have arrived."""
        self._hub.central.on_intruder = self._intruder
        self._hub.central.gate.on_arrived = self._arrived

    @callback
    def stop(self) -> None:
        """Hear of nothing any more."""
        self._hub.central.on_intruder = self._hub.central.gate.on_arrived = None

    @callback
    def require(self, name: str, data: Mapping[str, Any]) -> None:
        """Ask of a station what its subentry says from now on."""
        self._hub.central.require(name, self.standing(name, data))

    def standing(self, name: str, data: Mapping[str, Any]) -> Standing:
        """What its subentry and the vault say of a station."""
        asked = Standing(
            profile=Profile(int(data.get(CONF_SECURITY_PROFILE, Profile.NONE))),
            coming=self._hub.ascents.coming(name),
            passwords=self.passwords(name),
            any_username=bool(data.get(CONF_ANY_USERNAME, False)),
        )
        if (authority := self.authority) is None:
            return asked
        signed, foreign = authority.own(name), authority.foreign(name)
        return replace(asked, organisation=authority.organisation, signed=signed, revoked=foreign)

    def passwords(self, name: str) -> tuple[Hashed, ...]:
        """The password a station has, then one that is on its way to it."""
        key = name.casefold()
        if key not in self._passwords:
            self._passwords[key] = tuple(map(Hashed.restored, self._hub.vault.password(key)))
        return self._passwords[key]

    @callback
    def shown(self, name: str) -> Standing | None:
        """What can be asked of a station by the password it shows now or showed last, None where it shows none."""
        stranger = self._hub.central.strangers.get(name.casefold())
        session = self._hub.central.session(name)
        if stranger is not None:
            return stranger.standing
        return None if session is None else first_contact(session.request)

    @callback
    def pin(self, name: str) -> dict[str, Any]:
        """Ask of a station that is taken in for the password it shows; gives what its subentry says of that."""
        standing = self.shown(name)
        if standing is None:
            return {}
        self._keep(name, standing.passwords)
        return {CONF_SECURITY_PROFILE: int(standing.profile), CONF_ANY_USERNAME: standing.any_username}

    async def assign(self, name: str, password: str | Hashed) -> None:
        """Let a station in by this password, and by no other."""
        await self.set(name, (password if isinstance(password, Hashed) else Hashed.of(password),))

    async def rotate(self, station: Station, password: str, *, spelled: bool = False) -> bool:
        """Give a station another password over OCPP; tells whether it is in use. Raises what the station answered."""
        return await rotate(station, password, Keeper(self, station.name), spelled=spelled)

    async def set(self, name: str, passwords: Sequence[Hashed]) -> bool:
        """Let a station in by these passwords; tells whether that is on the disk."""
        self._take(name, tuple(passwords))
        return await self._hub.vault.set_passwords(name, [{**password.store()} for password in passwords])

    @callback
    def forget(self, name: str) -> None:
        """Destroy the passwords of a station that is gone for good."""
        if self.passwords(name):
            self._keep(name, ())
        self._passwords.pop(name.casefold(), None)

    def _keep(self, name: str, passwords: tuple[Hashed, ...]) -> None:
        self._take(name, passwords)
        _ = self._hub.hass.async_create_task(self.set(name, passwords), f"{DOMAIN} keeps a password")

    def _take(self, name: str, passwords: tuple[Hashed, ...]) -> None:
        self._passwords[name.casefold()] = passwords
        standing = self._hub.central.gate.standing(name.casefold())
        self._hub.central.require(name, replace(standing, passwords=passwords))

    @callback
    def _arrived(self, key: str, passwords: tuple[Hashed, ...]) -> None:
        """The station shows a password that was on its way to it: what was before is over."""
        self._keep(key, passwords)

    @callback
    def _intruder(self, rejection: Rejection) -> None:
        """Tell of somebody who did not prove to be the station he said he is."""
        station = self._hub.stations.get(rejection.name.casefold())
        if station is None:
            return
        title, key = self._hub.title(station), (DOMAIN, station_key(station))
        told = {
            ATTR_DEVICE_ID: dr.async_get_device_id_by_identifier(
                self._hub.hass, key, config_entry_id=self._hub.entry.entry_id
            ),
            "station": title,
            "address": rejection.address,
            "reason": rejection.objection,
            "security_profile": rejection.profile,
            "at": rejection.at.isoformat(),
        }
        _LOGGER.warning("Turned away who calls himself %s at %s: %s", title, rejection.address, rejection.objection)
        self._hub.hass.bus.async_fire(EVENT_INTRUDER, shown(told))


class Keeper:
    """Knows the passwords of one station while it is given another one."""

    def __init__(self, credentials: Credentials, name: str) -> None:
        """Keep those of the station called `name`."""
        self._credentials = credentials
        self._name = name
        self._offered: Hashed | None = None

    async def offer(self, password: str) -> None:
        """Let it in by this password too, beside the one in use and those that may have reached it.

        Raises LedgerFailed where that would be forgotten with the next restart.
        """
        before, self._offered = self._credentials.passwords(self._name), Hashed.of(password)
        if not await self._set(*before[:1], *before[1:][-UNSURE:], self._offered):
            await self.withdraw()
            raise LedgerFailed("the disk takes nothing any more")

    async def adopt(self) -> None:
        """The password that was offered is the one in use; one that was offered later may be on its way still."""
        known = self._credentials.passwords(self._name)
        if self._offered in known:
            await self._set(*known[known.index(self._offered) :])

    async def withdraw(self) -> None:
        """The password that was offered is none, unless the station has shown it meanwhile."""
        if self._offered is not None and not self._offered.shown:
            await self._set(*(one for one in self._credentials.passwords(self._name) if one is not self._offered))

    async def _set(self, *passwords: Hashed) -> bool:
        return await self._credentials.set(self._name, passwords)
