"""A central system with TLS and an authority, and a doorkeeper who remembers what it was told."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Settings, Station
from custom_components.ocpp_home.csms.security.ascent import Ascent
from custom_components.ocpp_home.csms.security.authority import Authority
from custom_components.ocpp_home.csms.security.password import Hashed
from custom_components.ocpp_home.csms.security.proof import Profile, Standing
from custom_components.ocpp_home.csms.security.roads import Goal
from custom_components.ocpp_home.csms.security.signer import Signer
from custom_components.ocpp_home.csms.security.steps import Patience, Step
from custom_components.ocpp_home.csms.wire.tls import Chain, Entrance, tls

NAME = "Garage"
QUICK = Patience(settle=0.3, link=10.0, linger=2.0, back=8.0, grace=0.5, certificate=20.0, again=0.1)


@cache
def authority() -> Authority:
    """An authority that is made once: its keys take a second."""
    return Authority.create("Home", datetime.now(UTC))


@dataclass
class Stairs:
    """One station's way up; it is the doorkeeper, too."""

    central: Central
    station: Station
    port: int
    profile: Profile = Profile.NONE
    coming: Profile | None = None
    undo: str | None = None
    passwords: tuple[Hashed, ...] = ()
    offered: Hashed | None = None
    steps: list[Step] = field(default_factory=list)

    def ascent(self, goal: Profile, patience: Patience = QUICK, host: str = "127.0.0.1") -> Ascent:
        """The way to a profile, and to a host."""
        where = Goal(
            goal,
            f"wss://{host}:{self.port}",
            f"ws://{host}:{self.port}",
            tuple(pem(self)),
            authority().organisation,
        )
        return Ascent(self.station, self, where, self.steps.append, patience)

    @property
    def issued(self) -> frozenset[int]:
        return frozenset(one.number for one in authority().issued if one.station == self.station.name)

    async def offer(self, password: str) -> None:
        self.offered = Hashed.of(password)
        self.arrived("", (*self.passwords, self.offered))

    async def adopt(self) -> None:
        self.arrived("", self.passwords[-1:])

    async def withdraw(self) -> None:
        self.arrived("", tuple(one for one in self.passwords if one is not self.offered or one.shown))

    def arrived(self, key: str, passwords: tuple[Hashed, ...]) -> None:
        """These passwords are needed from now on."""
        self.passwords = passwords
        self._ask()

    async def open(self, profile: Profile, undo: str | None) -> None:
        self.coming, self.undo = profile, undo
        self._ask()

    async def close(self, profile: Profile) -> None:
        self.profile, self.coming, self.undo = profile, None, None
        self._ask()

    def _ask(self) -> None:
        standing = Standing(
            profile=self.profile,
            coming=self.coming,
            passwords=self.passwords,
            organisation=authority().organisation,
            revoked=authority().revoked,
        )
        self.central.require(self.station.name, standing)


def pem(stairs: Stairs) -> Sequence[str]:
    """The roots as stations are given them, that of the elliptic curve first: who knows both is shown that one."""
    end = "-----END CERTIFICATE-----\n"
    return [part + end for part in authority().pem.split(end) if part.strip()][::-1]


@asynccontextmanager
async def stairs() -> AsyncGenerator[Stairs]:
    """A central system that serves TLS beside plain websocket, and a known station."""
    ledger = await Ledger.open(":memory:")
    central = Central(ledger)

    async def keep() -> None:
        """Nothing outlives a test."""

    central.household.trust.signer = Signer(authority(), keep)
    chains = [Chain(one.certificates, one.key) for one in authority().server(["127.0.0.1"], datetime.now(UTC))]
    await central.start("127.0.0.1", 0, Entrance(tls(chains, authority().pem)))
    garage = central.add(NAME, Settings(configure=False))
    assert central.port is not None
    made = Stairs(central, garage, central.port)
    central.gate.on_arrived = made.arrived
    try:
        yield made
    finally:
        await central.stop()
        await ledger.close()
