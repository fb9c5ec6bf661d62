"""OCPP 1.6, passwords that are asked for, and certificates that are signed (security whitepaper ed. 3 - A00, A02)."""

from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable
import logging
from typing import Final

import pytest

from custom_components.ocpp_home.csms.security.password import Hashed, generate
from custom_components.ocpp_home.csms.security.proof import Profile
from tests.certification.stage import NAME, until
from tests.security.arrivals import arrivals, knock
from tests.security.stairs import Stairs, authority, stairs
from tests.simulator import Station as Simulated
from tests.simulator.wire import Credentials

PASSWORD: Final = generate()
OURS: Final = "custom_components.ocpp_home"

type Come = Callable[[], Awaitable[Simulated]]


@pytest.fixture
async def home() -> AsyncGenerator[Stairs]:
    """A central system with an authority, which asks its station for a password."""
    async with stairs() as made:
        made.passwords = (Hashed.of(PASSWORD),)
        await made.close(Profile.BASIC)
        yield made


@pytest.fixture
async def come(home: Stairs) -> AsyncGenerator[Come]:
    async with arrivals() as bring:

        async def dialled() -> Simulated:
            station = Simulated(f"ws://127.0.0.1:{home.port}", NAME)
            station.credentials = Credentials(PASSWORD)
            return await bring(station)

        yield dialled


async def test_tc_074_update_charge_point_certificate_by_request(home: Stairs, come: Come) -> None:
    """A02: CpoName, ExtendedTriggerMessage, SignCertificate, CertificateSigned."""
    station = await come()
    await home.station.require().configuration.write("CpoName", "Home")
    security = home.station.require().security
    assert security is not None
    await security.renew_certificate()
    assert station.asked("ExtendedTriggerMessage") == [{"requestedMessage": "SignChargePointCertificate"}]
    await until(lambda: station.certificates.get("ChargePoint"))
    (answer,) = [one.answer for one in station.requests if one.action == "SignCertificate"]
    assert answer == {"status": "Accepted"}, "A02.FR.11: before anything is signed"
    assert station.asked("CertificateSigned") == [{"certificateChain": station.certificates["ChargePoint"][0]}]
    issued = authority().issued[-1]
    assert (issued.station, issued.kind) == (NAME, "ChargingStationCertificate")


async def test_tc_085_basic_authentication(home: Stairs, come: Come, caplog: pytest.LogCaptureFixture) -> None:
    """A00.FR.301 to FR.304."""
    caplog.set_level(logging.DEBUG)
    wrong = generate()
    for user, password in ((NAME, wrong), ("Somebody", PASSWORD), (NAME, "")):
        assert await knock(f"ws://127.0.0.1:{home.port}/{NAME}", "ocpp1.6", user, password) == 401
    assert not home.station.connected
    station = await come()
    assert station.boots[-1]["status"] == "Accepted"
    assert (home.station.connected, home.station.proved) == (True, Profile.BASIC)
    session = home.central.session(NAME)
    assert session is not None
    frames = "\n".join(text for _, _, text in session.recent)
    written = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(OURS))
    for secret in (PASSWORD, wrong, b64encode(f"{NAME}:{PASSWORD}".encode()).decode()):
        for place in (frames, written, repr(session.request), repr(home.station.identity), repr(home.station.notices)):
            assert secret not in place
