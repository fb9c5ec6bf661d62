"""OCPP 1.6, security extension: encryption, and certificates of both sides (security whitepaper ed. 3 - 2.4, 2.5)."""

from base64 import b64encode
from collections.abc import AsyncGenerator
from datetime import timedelta
import ssl

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.security.password import Hashed, generate
from custom_components.ocpp_home.csms.security.proof import Profile, Standing
from custom_components.ocpp_home.csms.wire.tls import Entrance
from tests.certification.stage import NAME
from tests.csms.wire.paper import HOME, agreed, certified, only, served, trusting
from tests.csms.wire.raw import Peer, handshake

BOOT = [*(2, "b", "BootNotification"), {"chargePointModel": "M", "chargePointVendor": "V"}]


@pytest.fixture
async def central(ledger: Ledger) -> AsyncGenerator[Central]:
    """A central system with certificates of both families."""
    central = Central(ledger)
    await central.start("127.0.0.1", 0, Entrance(served()))
    yield central
    await central.stop()


def port(central: Central) -> int:
    assert central.port is not None
    return central.port


async def come(central: Central, tls: ssl.SSLContext | None, *headers: str) -> Peer:
    """Dial in as the station."""
    peer = await Peer.dial(port(central), tls=tls)
    await peer.ask(handshake(f"/{NAME}", *headers))
    return peer


async def boots(peer: Peer) -> object:
    """Say hello; gives the answer's status."""
    peer.say(BOOT)
    kind, number, answer = await peer.hear()
    assert (kind, number) == (3, "b")
    assert isinstance(answer, dict)
    return answer["status"]


async def test_tc_086_tls_server_side_certificate(central: Central, garage: Station) -> None:
    password = generate()
    login = f"Authorization: Basic {b64encode(f'{NAME}:{password}'.encode()).decode()}"
    central.require(NAME, Standing(profile=Profile.TLS, passwords=(Hashed.of(password),)))
    for suite in ("ECDHE-ECDSA-AES128-GCM-SHA256", "AES256-GCM-SHA384"):
        assert await agreed(port(central), only(suite)) == ("TLSv1.2", suite)
    with pytest.raises(ssl.SSLCertVerificationError):
        await agreed(port(central), ssl.create_default_context())
    assert (await come(central, None, login)).status == 401, "without TLS its password is worth nothing"
    peer = await come(central, trusting(), login)
    assert (peer.status, await boots(peer)) == (101, "Accepted")
    assert (garage.connected, garage.proved) == (True, Profile.TLS)
    peer.leave()


async def test_tc_087_tls_client_side_certificate(central: Central, garage: Station) -> None:
    central.require(NAME, Standing(profile=Profile.CLIENT, serial="SN1", organisation=HOME))
    for chain in (certified("Elsewhere"), certified(ago=timedelta(days=400))):
        with pytest.raises(ssl.SSLError, match=r"(?i)alert (unknown ca|certificate expired)"):
            await agreed(port(central), trusting(chain))
    assert (await come(central, trusting())).status == 401
    assert not garage.connected
    peer = await come(central, trusting(certified()))
    assert (peer.status, await boots(peer)) == (101, "Accepted")
    assert (garage.connected, garage.proved, garage.certified) == (True, Profile.CLIENT, "SN1")
    peer.leave()
