"""How a station is told to use another security profile: by a key (1.6), or by a connection and a reset (2.x)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from ..model.commands import Configuration, Network, NetworkProfile, ResetKind
from ..model.errors import OcppError, Refused, Unsupported
from ..model.station import Station
from .proof import Profile

KEY: Final = "SecurityProfile"
PRIORITY: Final = ("NetworkConfigurationPriority", "OCPPCommCtrlr")
ACTIVE: Final = ("ActiveNetworkProfile", "OCPPCommCtrlr")
SLOTS: Final = ("1", "2", "3")
"""Where a station does not tell its slots: "at least two" (OCPP 2.0.1 ed. 3 - B09.FR.06)."""
WIRED: Final = "Wired0"


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a station is led: its profile, the addresses (with and without TLS), and what it has to trust (PEM)."""

    profile: Profile
    secure_url: str
    plain_url: str
    roots: tuple[str, ...] = ()
    organisation: str = ""
    interface: str = ""
    """By what a station of 2.x is connected, where its owner says: Wired0, Wireless0, ..."""


class Impassable(Exception):
    """The station cannot be led there by OCPP; `reason` is a word of `ascent.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Road(Protocol):
    """The way a version of OCPP has to another security profile."""

    @property
    def organisation(self) -> str:
        """The variable that holds whose the station's certificate is."""

    @property
    def undo(self) -> str | None:
        """What `step_back` has to write if the station does not get there; None where it goes back by itself."""

    @property
    def carries(self) -> bool:
        """Whether the switch brings the password along."""

    async def look(self) -> None:
        """Find out whether the road can be taken; raises Impassable."""

    async def switch(self, profile: Profile, password: str | None) -> None:
        """Have the station dial in by another profile."""


def road_for(station: Station, goal: Goal) -> Road:
    """The road that a station's version has."""
    return ByKey(station) if station.version == "1.6" else ByConnection(station, goal)


async def restart(station: Station) -> None:
    """Restart a station, in whatever way it lets itself be restarted."""
    remote = station.require().remote
    try:
        await remote.reset(ResetKind.SOFT)
    except Refused, Unsupported:
        await remote.reset(ResetKind.HARD)


async def step_back(station: Station, undo: str) -> None:
    """Take back the order of connections of a station that has not got there by the new one."""
    await station.require().configuration.write(_path(PRIORITY), undo)


@dataclass(slots=True)
class ByKey:
    """OCPP 1.6 security whitepaper ed. 3 - A05: one key, and the station changes the address by itself."""

    station: Station
    organisation: str = "CpoName"
    undo: str | None = None
    carries: bool = False

    async def look(self) -> None:
        """A05: "Prerequisite: Configuration Key: SecurityProfile available"."""
        await _configuration(self.station).read([KEY, self.organisation])
        if self.station.variables.get(KEY) is None:
            raise Impassable("no_profiles")

    async def switch(self, profile: Profile, password: str | None) -> None:
        """A05.FR.05 to FR.07: the station leaves by itself, or after a reboot where it says so."""
        written = await _configuration(self.station).write(KEY, str(int(profile)))
        if written.reboot_required:
            await restart(self.station)


@dataclass(slots=True)
class ByConnection:
    """OCPP 2.0.1 ed. 3 - A05, B09, B10: a connection in a free slot, first in the order, and a reset."""

    station: Station
    goal: Goal
    organisation: str = "SecurityCtrlr.OrganizationName"
    undo: str | None = None
    _order: Sequence[str] = field(default_factory=tuple)

    @property
    def carries(self) -> bool:
        """OCPP 2.1 ed. 1 - B09.FR.14: "CSMS SHOULD use the SetNetworkProfileRequest to set [the] password"."""
        return self.station.version == "2.1"

    async def look(self) -> None:
        """See which slots there are, and which are in use."""
        if self.station.require().network is None:
            raise Impassable("no_profiles")
        names = [_path(PRIORITY), _path(ACTIVE), self.organisation]
        await _configuration(self.station).read(names)
        self._order = self.station.variables.words(*PRIORITY)
        if not self._free():
            raise Impassable("no_slot")

    async def switch(self, profile: Profile, password: str | None) -> None:
        """Write the connection, put it before the present one, and restart: it goes by this order (A05.FR.05)."""
        configuration = _configuration(self.station)
        await configuration.read([_path(PRIORITY), _path(ACTIVE)])
        self._order = self.station.variables.words(*PRIORITY)
        active = self._active()
        url = self.goal.secure_url if profile >= Profile.TLS else self.goal.plain_url
        connection = NetworkProfile(url, int(profile), await self._interface(active), password=password)
        slot = await self._place(connection)
        rest = [one for one in (active, *self._order) if one != slot]
        await configuration.write(_path(PRIORITY), ",".join([slot, *dict.fromkeys(rest)]))
        self.undo = ",".join(one for one in self._order if one != slot) or active
        try:
            await restart(self.station)
        except Refused, Unsupported:
            await step_back(self.station, self.undo)
            raise

    async def _place(self, connection: NetworkProfile) -> str:
        """Write a connection into the first slot that takes it."""
        refusal: OcppError = Refused("Rejected", "no slot takes a connection")
        for slot in self._free():
            try:
                await _network(self.station).set_profile(int(slot), connection)
            except Refused as error:
                refusal = error
            else:
                return slot
        raise refusal

    def _free(self) -> list[str]:
        """The slots that may be written: unused ones first, never the one the station uses."""
        known = self.station.variables.get(*PRIORITY)
        told = known.traits.values if known is not None and known.traits is not None else ()
        slots = [slot for slot in told or SLOTS if slot.isdecimal() and slot != self._active()]
        return sorted(slots, key=lambda slot: slot in self._order)

    def _active(self) -> str:
        """The slot the station uses: what it says, or the first in the order."""
        told = self.station.variables.text(*ACTIVE) or ""
        return told if told.isdecimal() else next(iter(self._order), "1")

    async def _interface(self, active: str) -> str:
        """By what the station is connected: what its owner says, what it says (2.1), or by cable."""
        if self.goal.interface or not self.carries:
            return self.goal.interface or WIRED
        name = ("OcppInterface", "NetworkConfiguration")
        await _configuration(self.station).read([f"{name[1]}[{active}].{name[0]}"])
        found = next(
            (
                one.value
                for one in self.station.variables.known.values()
                if (one.key.name, one.key.component, one.key.component_instance) == (*name, active)
            ),
            None,
        )
        return found or "Any"


def _configuration(station: Station) -> Configuration:
    return station.require().configuration


def _network(station: Station) -> Network:
    network = station.require().network
    if network is None:
        raise Unsupported("SetNetworkProfile")
    return network


def _path(name: tuple[str, str]) -> str:
    return f"{name[1]}.{name[0]}"
