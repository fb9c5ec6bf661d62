"""A station as the ascent meets it: what it can be asked, what it makes of that, and who lets it in again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from cryptography import x509

from custom_components.ocpp_home.csms.model.commands import (
    CertificateHash,
    Commands,
    Configuration,
    Network,
    NetworkProfile,
    Remote,
    ResetKind,
    Security,
    Write,
)
from custom_components.ocpp_home.csms.model.errors import OcppError, Offline, Refused, Unanswered, Unsupported
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Traits, Variable, VariableKey, key_of
from custom_components.ocpp_home.csms.security.proof import Profile

KEY, PASSWORD = "SecurityProfile", "AuthorizationKey"
PRIORITY, ACTIVE = "OCPPCommCtrlr.NetworkConfigurationPriority", "OCPPCommCtrlr.ActiveNetworkProfile"
SECRET = "SecurityCtrlr.BasicAuthPassword"


@dataclass
class Door:
    """Who lets the station in; `diary` is what it was told."""

    profile: Profile = Profile.NONE
    coming: Profile | None = None
    issued: frozenset[int] = frozenset()
    undo: str | None = None
    diary: list[str] = field(default_factory=list)
    offered: str | None = None
    password: str | None = None

    async def offer(self, password: str) -> None:
        self.offered = password
        self.diary.append("offer")

    async def adopt(self) -> None:
        if self.offered is not None:
            self.password, self.offered = self.offered, None
            self.diary.append("adopt")

    async def withdraw(self) -> None:
        self.offered = None
        self.diary.append("withdraw")

    async def open(self, profile: Profile, undo: str | None) -> None:
        self.coming, self.undo = profile, undo
        self.diary.append(f"open {profile:d}" + (f" undo {undo}" if undo else ""))

    async def close(self, profile: Profile) -> None:
        self.profile, self.coming, self.undo = profile, None, None
        self.diary.append(f"close {profile:d}")


@dataclass
class Panel:
    """The station's side; each `fails` is what it answers to that instead."""

    station: Station
    door: Door
    version: str = "1.6"
    keys: dict[str, str | None] = field(default_factory=dict)
    slots: tuple[str, ...] = ()
    written: list[tuple[str, str]] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    connections: dict[int, NetworkProfile] = field(default_factory=dict)
    resets: list[ResetKind] = field(default_factory=list)
    fails: dict[str, OcppError] = field(default_factory=dict)
    profile: int = 0  # by which it dials in
    able: int = 3  # up to which profile it gets in
    reboots: bool = False  # answers RebootRequired
    stays: bool = False  # takes a profile up with a restart only, and does not say so
    gone: tuple[int, ...] = ()  # by these profiles it never comes back
    deaf: tuple[int, str] = (0, "")  # refuses so often what needs a certificate
    forgets: bool = False
    tells: bool = True
    spelling: str = "00{:X}"  # of serial numbers
    signs: bool = True

    def connect(self, *, security: bool = True, network: bool = True) -> None:
        """Be there, with these blocks of commands."""
        two = self.version != "1.6"
        commands = Commands(cast(Remote, self), cast(Configuration, self))
        commands.security = cast(Security, self) if security else None
        commands.network = cast(Network, _Slots(self)) if two and network else None
        self.commands = commands
        self._arrive()

    def _arrive(self) -> None:
        self.station.connect(self.version, self.commands)
        allowed = {int(self.door.profile), int(self.door.coming or 0)}
        self.station.proved = self.profile if self.profile in allowed else int(self.door.profile)
        self.station.changed(self.station)

    def leave(self, profile: int) -> None:
        """Dial in again by a profile; by the old one where that does not work."""
        self.station.disconnect()
        if profile not in self.gone:
            self.profile = profile if profile <= self.able else self.profile
            asyncio.get_running_loop().call_later(0.002, self._arrive)

    # Configuration

    async def read(self, names: Sequence[str] = ()) -> list[Variable]:
        self.fail("read")
        found = []
        for name in names:
            key = key_of(name) if self.version != "1.6" else VariableKey("", name)
            if name in self.keys:
                traits = Traits("SequenceList", values=self.slots) if name == PRIORITY and self.slots else None
                self.station.variables.put(Variable(key, self.keys[name], traits=traits))
                found.append(Variable(key, self.keys[name]))
        return found

    async def write(self, name: str, value: str) -> Write:
        self.written.append((name, value))
        variable = Variable(VariableKey("", name), value)
        if name in (PASSWORD, SECRET):
            if self.profile or isinstance(self.fails.get(name), Unanswered):
                self.leave(self.profile)
            self.fail(name)
            asyncio.get_running_loop().call_soon(self.leave, self.profile)
        if name == KEY and isinstance(self.fails.get(name), Offline):
            asyncio.get_running_loop().call_soon(self.leave, int(value))
        self.fail(name)
        if name == KEY:
            self._needs_certificate(int(value))
            if self.reboots or self.stays:
                self.keys["later"] = value
                return Write(variable, reboot_required=self.reboots)
            asyncio.get_running_loop().call_soon(self.leave, int(value))
        elif name == PRIORITY:
            first = self.connections.get(int(value.split(",", maxsplit=1)[0]))
            self._needs_certificate(first.security_profile if first else 0)
        if name in self.keys:
            self.keys[name] = value
        return Write(variable)

    def _needs_certificate(self, profile: int) -> None:
        times, word = self.deaf
        if profile == 3 and times:
            self.deaf = times - 1, word
            raise Refused("Rejected", word)

    # Security

    async def install_certificate(self, kind: str, certificate: str) -> None:
        self.fail(f"root {len(self.roots)}")
        if not self.forgets:
            self.roots.append(certificate)

    async def certificates(self, kind: str) -> list[CertificateHash]:
        if not self.tells:
            raise Unsupported("GetInstalledCertificateIds")
        numbers = [x509.load_pem_x509_certificate(pem.encode()).serial_number for pem in self.roots]
        return [CertificateHash("SHA256", "a", "b", self.spelling.format(number)) for number in numbers] + [
            CertificateHash("SHA256", "a", "b", "no number")
        ]

    async def renew_certificate(self, kind: str | None = None) -> None:
        self.fail("trigger")
        if self.signs:
            self.door.issued |= {len(self.door.issued)}

    # Remote

    async def reset(self, kind: ResetKind, evse: int | None = None) -> None:
        self.resets.append(kind)
        self.fail(f"reset {kind.value}")
        wanted = int(self.keys.pop("later", None) or self.profile)
        if self.version != "1.6":
            first = int(str(self.keys[PRIORITY]).split(",")[0])
            wanted = self.connections[first].security_profile if first in self.connections else self.profile
        asyncio.get_running_loop().call_soon(self.leave, wanted)

    def fail(self, what: str) -> None:
        """Answer otherwise where that is wanted."""
        if what in self.fails:
            raise self.fails[what]


@dataclass
class _Slots:
    panel: Panel

    async def set_profile(self, slot: int, profile: NetworkProfile) -> None:
        self.panel.fail(f"slot {slot}")
        self.panel.connections[slot] = profile
