"""Who is let in: each profile, each thing that can be shown, each version, over real sockets, and who is displaced.

OCPP 2.0.1 ed. 3 - A00.FR.001, FR.002, FR.207, FR.324, FR.404, FR.405; OCPP 1.6 security whitepaper ed. 3 - the same.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import ssl
import time

from cryptography.hazmat.primitives import serialization
import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Settings
from custom_components.ocpp_home.csms.security.attempts import Attempts
from custom_components.ocpp_home.csms.security.csr import SigningRequest
from custom_components.ocpp_home.csms.security.password import Hashed, generate
from custom_components.ocpp_home.csms.security.proof import Profile, Standing
from custom_components.ocpp_home.csms.wire.frame import VERSIONS
from custom_components.ocpp_home.csms.wire.tls import Chain, Entrance
from tests.csms.wire.paper import HOME, authority, key, served, trusting
from tests.csms.wire.raw import Peer, handshake
from tests.simulator import Station as Simulated

pytestmark = pytest.mark.usefixtures("socket_enabled")

OWN, OTHERS, WRONG = generate(), generate(), generate()
STATIONS = {"CP1": ("SN1", OWN), "CP2": ("SN2", OTHERS)}
THERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"


@dataclass(frozen=True)
class Shown:
    """What somebody shows who says he is CP1."""

    login: str | None = None
    tls: bool = False
    certificate: str | None = None

    @property
    def header(self) -> tuple[str, ...]:
        if self.login is None:
            return ()
        return (f"Authorization: Basic {b64encode(self.login.encode()).decode()}",)


ALL = {
    "nothing": Shown(),
    "a wrong password": Shown(f"CP1:{WRONG}"),
    "its password": Shown(f"CP1:{OWN}"),
    "the password of CP2": Shown(f"CP1:{OTHERS}"),
    "the login of CP2": Shown(f"CP2:{OTHERS}"),
    "TLS alone": Shown(tls=True),
    "TLS, a wrong password": Shown(f"CP1:{WRONG}", tls=True),
    "TLS, its password": Shown(f"CP1:{OWN}", tls=True),
    "TLS, the login of CP2": Shown(f"CP2:{OTHERS}", tls=True),
    "its certificate": Shown(tls=True, certificate="SN1"),
    "the certificate of CP2": Shown(tls=True, certificate="SN2"),
    "the certificate of CP2, its password": Shown(f"CP1:{OWN}", tls=True, certificate="SN2"),
}
LET_IN = {
    0: set(ALL),
    1: {"its password"},
    2: {"TLS, its password", "the certificate of CP2, its password"},
    3: {"its certificate"},
}
"""With profile 0 whoever comes; else who shows just what is asked: no less, nothing of another, nothing stronger."""
RIGHT = {0: "nothing", 1: "its password", 2: "TLS, its password", 3: "its certificate"}


def certified(serial: str) -> Chain:
    """The certificate of a station."""
    mine, station = key("ec", 2048), next(name for name, (number, _) in STATIONS.items() if number == serial)
    chain = authority(HOME).sign(SigningRequest(mine.public_key(), serial, HOME), station, datetime.now(UTC))
    kinds = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return Chain(chain, mine.private_bytes(serialization.Encoding.PEM, *kinds).decode())


@pytest.fixture(scope="module")
def contexts() -> dict[str | None, ssl.SSLContext]:
    """How a client speaks TLS that shows no certificate, or one of these."""
    return {None: trusting(), **{serial: trusting(certified(serial)) for serial in ("SN1", "SN2")}}


@pytest.fixture
async def central() -> AsyncIterator[Central]:
    ledger = await Ledger.open(":memory:")
    central = Central(ledger)
    await central.start("127.0.0.1", 0, Entrance(served()))
    yield central
    await central.stop()
    await ledger.close()


def ask(central: Central, profile: int, **more: Profile) -> None:
    """Ask this profile of both stations."""
    for name, (serial, password) in STATIONS.items():
        central.add(name, Settings(configure=False))
        standing = Standing(
            profile=Profile(profile),
            passwords=(Hashed.of(password),),
            serial=serial,
            organisation=HOME,
            revoked=authority(HOME).foreign(name),
            **more,
        )
        central.require(name, standing)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


@dataclass(frozen=True)
class Door:
    """Where CP1 dials in by one version."""

    central: Central
    contexts: dict[str | None, ssl.SSLContext]
    version: str = "1.6"

    async def knock(self, shown: Shown, local: str = THERE) -> Peer:
        """Dial in as CP1, whoever it is."""
        tls = self.contexts[shown.certificate] if shown.tls else None
        peer = await Peer.dial(self.central.port or 0, local, tls)
        await peer.ask(handshake("/CP1", *shown.header, subprotocol=f"ocpp{self.version}"))
        return peer

    @asynccontextmanager
    async def inside(self, shown: Shown, local: str = THERE) -> AsyncIterator[Peer]:
        """Be connected, and answer every ping."""
        peer = await self.knock(shown, local)
        assert peer.status == 101

        async def live() -> None:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    opcode, data = await peer.next_frame()
                    if opcode == 9:
                        peer.say(data, opcode=10)

        living = asyncio.create_task(live())
        try:
            yield peer
        finally:
            living.cancel()
            peer.leave()
            await until(lambda: self.central.session("CP1") is None)

    async def alone(self, shown: Shown) -> int:
        """What is answered while the station is away."""
        self.central.gate.attempts = Attempts(time.monotonic)
        station = self.central.stations["cp1"]
        peer = await self.knock(shown)
        assert station.connected is (peer.status == 101)
        peer.leave()
        await until(lambda: not station.connected)
        return peer.status

    async def against(self, right: Shown, shown: Shown) -> tuple[int, str]:
        """What is answered while the station is there, to somebody elsewhere, and where it is afterwards."""
        self.central.gate.attempts = Attempts(time.monotonic)
        async with self.inside(right):
            peer = await self.knock(shown, ELSEWHERE)
            session = self.central.session("CP1")
            assert session is not None
            peer.leave()
            return peer.status, session.request.peer


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("profile", [0, 1, 2, 3])
async def test_who_is_let_in(
    central: Central, contexts: dict[str | None, ssl.SSLContext], profile: int, version: str
) -> None:
    """A00.FR.001, A00.FR.002, A00.FR.207, A00.FR.324, A00.FR.405."""
    ask(central, profile)
    door = Door(central, contexts, version)
    statuses = {what: await door.alone(shown) for what, shown in ALL.items()}
    assert statuses == {what: 101 if what in LET_IN[profile] else 401 for what in ALL}
    assert central.session("CP2") is None
    assert central.stations["cp2"].connections == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("profile", [0, 1, 2, 3])
async def test_who_takes_over_from_a_station_that_lives(
    central: Central, contexts: dict[str | None, ssl.SSLContext], profile: int, version: str
) -> None:
    ask(central, profile)
    door = Door(central, contexts, version)
    outcomes = {what: await door.against(ALL[RIGHT[profile]], shown) for what, shown in ALL.items()}
    if profile == 0:
        expected = dict.fromkeys(ALL, (409, THERE))
    else:
        expected = {what: (101, ELSEWHERE) if what in LET_IN[profile] else (401, THERE) for what in ALL}
    assert outcomes == expected


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("profile", [1, 2, 3])
async def test_while_a_profile_is_coming_the_weaker_proof_never_displaces_the_stronger(
    central: Central, contexts: dict[str | None, ssl.SSLContext], profile: int, version: str
) -> None:
    ask(central, profile - 1, coming=Profile(profile))
    door, weaker, stronger = Door(central, contexts, version), ALL[RIGHT[profile - 1]], ALL[RIGHT[profile]]
    assert [await door.alone(weaker), await door.alone(stronger)] == [101, 101]
    assert await door.against(stronger, weaker) == (409, THERE)
    assert await door.against(weaker, stronger) == (101, ELSEWHERE)
    ask(central, profile)
    assert [await door.alone(weaker), await door.alone(stronger)] == [401, 101]


@pytest.mark.parametrize("profile", [1, 2, 3])
async def test_a_thief_with_nothing_costs_the_station_nothing(
    central: Central, contexts: dict[str | None, ssl.SSLContext], profile: int
) -> None:
    ask(central, profile)
    door = Door(central, contexts)
    async with door.inside(ALL[RIGHT[profile]]):
        before = central.session("CP1")
        for what in ("nothing", "TLS alone", "the certificate of CP2", "a wrong password") * 5:
            peer = await door.knock(ALL[what], ELSEWHERE)
            assert peer.status in {401, 429}
            peer.leave()
        assert central.session("CP1") is before
        again = await door.knock(ALL[RIGHT[profile]], THERE)
        assert again.status == 101, "the station itself is not kept out by what others failed"
        again.leave()
    station = central.stations["cp1"]
    assert [kind for kind, _ in station.notices] == ["wrong_credentials"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_session_goes_on_whatever_a_thief_tries(
    central: Central, contexts: dict[str | None, ssl.SSLContext], version: str
) -> None:
    ask(central, 1)
    door, station = Door(central, contexts, version), central.stations["cp1"]
    real = Simulated(f"ws://127.0.0.1:{central.port}", "CP1", version=version)
    real.credentials.password = OWN
    async with real:
        station.evse(1)
        own = await real.start()
        for what, shown in ALL.items():
            if what not in LET_IN[1]:
                peer = await door.knock(shown, ELSEWHERE)
                assert peer.status in {401, 429}
                peer.leave()
        running = station.evse(1).transaction
        assert running is not None
        assert (running.id, station.connected, len(station.connections)) == (str(own.id), True, 1)
        await real.stop()
        assert running.stopped is not None
    assert (real.violations, real.failures) == ([], [])
