"""OCPP 2.0.1 and 2.1, Security: encryption, and certificates of both sides (OCPP 2.0.1 ed. 3 - A00)."""

from base64 import b64encode
from collections.abc import AsyncGenerator
from datetime import timedelta
import ssl
import warnings

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.security.issuing import Family
from custom_components.ocpp_home.csms.security.password import Hashed, generate
from custom_components.ocpp_home.csms.security.proof import Profile, Standing
from custom_components.ocpp_home.csms.wire.tls import Entrance
from tests.certification.stage import NAME
from tests.csms.wire.paper import HOME, agreed, certified, only, served, trusting
from tests.csms.wire.raw import Peer, handshake

BOOT = [
    *(2, "b", "BootNotification"),
    {"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V", "serialNumber": "SN1"}},
]
PASSWORD = generate()


@pytest.fixture
async def central(ledger: Ledger) -> AsyncGenerator[Central]:
    """A central system with certificates of both families."""
    central = Central(ledger)
    await central.start("127.0.0.1", 0, Entrance(served(), plain=False))
    yield central
    await central.stop()


def port(central: Central) -> int:
    assert central.port is not None
    return central.port


async def come(central: Central, tls: ssl.SSLContext, *headers: str) -> Peer:
    """Dial in as the station."""
    peer = await Peer.dial(port(central), tls=tls)
    await peer.ask(handshake(f"/{NAME}", *headers, subprotocol="ocpp2.0.1"))
    return peer


async def boots(peer: Peer) -> str:
    """Say hello; gives the answer."""
    peer.say(BOOT)
    kind, number, answer = await peer.hear()
    assert (kind, number) == (3, "b")
    assert isinstance(answer, dict)
    return str(answer["status"])


async def test_tc_a_04_tls_server_side_certificate_valid(central: Central, garage: Station) -> None:
    password = Hashed.of(PASSWORD)
    central.require(NAME, Standing(profile=Profile.TLS, passwords=(password,)))
    for suite in (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
    ):
        assert await agreed(port(central), only(suite)) == ("TLSv1.2", suite), "A00.FR.318"
    peer = await come(central, trusting(), f"Authorization: {basic()}")
    assert (peer.status, await boots(peer)) == (101, "Accepted")
    assert (garage.connected, garage.proved) == (True, Profile.TLS)
    peer.leave()


def basic() -> str:
    """The login of the station."""
    login = f"{NAME}:{PASSWORD}".encode()
    return f"Basic {b64encode(login).decode()}"


async def test_tc_a_06_tls_server_side_certificate_version_too_low(central: Central, garage: Station) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old = [only("ALL:@SECLEVEL=0", version) for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)]
    for context in old:
        with pytest.raises(ssl.SSLError, match=r"(?i)alert protocol version"):  # A00.FR.315
            await agreed(port(central), context)
    assert not garage.connected


@pytest.mark.parametrize("family", ["rsa", "ec"])
async def test_tc_a_07_tls_client_side_certificate_valid(central: Central, garage: Station, family: Family) -> None:
    central.require(NAME, Standing(profile=Profile.CLIENT, serial="SN1", organisation=HOME))
    peer = await come(central, trusting(certified(family=family)))
    assert (peer.status, await boots(peer)) == (101, "Accepted")
    assert (garage.connected, garage.proved, garage.certified) == (True, Profile.CLIENT, "SN1")
    peer.leave()


async def test_tc_a_08_tls_client_side_certificate_invalid(central: Central, garage: Station) -> None:
    central.require(NAME, Standing(profile=Profile.CLIENT, serial="SN1", organisation=HOME))
    for chain in (certified("Elsewhere"), certified(ago=timedelta(days=400))):
        with pytest.raises(ssl.SSLError, match=r"(?i)alert (unknown ca|certificate expired)"):  # A00.FR.407
            await agreed(port(central), trusting(chain))
    assert (await come(central, trusting())).status == 401, "without one"
    central.require(NAME, Standing(profile=Profile.CLIENT, serial="SN2", organisation=HOME))
    assert (await come(central, trusting(certified()))).status == 401, "A00.FR.405: that of another station"
    central.require(NAME, Standing(profile=Profile.CLIENT, serial="SN1", organisation="Elsewhere"))
    assert (await come(central, trusting(certified()))).status == 401, "A00.FR.404: of another operator"
    assert not garage.connected
