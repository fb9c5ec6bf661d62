"""OCPP 2.0.1, Security: passwords, TLS, certificates of stations, and the way up (OCPP 2.0.1 ed. 3 - A00 to A05)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
import ssl
from typing import Any, Final

import pytest
from websockets.exceptions import InvalidHandshake

from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.trust import Application
from custom_components.ocpp_home.csms.security.password import Hashed, generate
from custom_components.ocpp_home.csms.security.proof import Profile
from custom_components.ocpp_home.csms.security.rotation import rotate
from custom_components.ocpp_home.csms.v2.security import Security
from tests.certification.stage import NAME, until
from tests.certification.tls import client_certificate
from tests.pki import root
from tests.security.arrivals import arrivals, knock
from tests.security.stairs import Stairs, authority, stairs
from tests.simulator import Station as Simulated
from tests.simulator.wire import Credentials

PASSWORD: Final = generate()
NONE, BASIC, TLS, CLIENT = Profile

type Dial = Callable[..., Awaitable[Simulated]]


@pytest.fixture
async def home() -> AsyncGenerator[Stairs]:
    """A central system that serves TLS beside plain websocket, and asks its station for a password."""
    async with stairs() as made:
        made.passwords = (Hashed.of(PASSWORD),)
        await made.close(BASIC)
        yield made


@pytest.fixture
async def come(home: Stairs) -> AsyncGenerator[Dial]:
    async with arrivals() as bring:

        async def dialled(
            password: str | None = PASSWORD, context: ssl.SSLContext | None = None, **more: Any
        ) -> Simulated:
            scheme = "ws" if context is None else "wss"
            station = Simulated(f"{scheme}://127.0.0.1:{home.port}", NAME, version="2.0.1", **more)
            station.credentials = Credentials(password, context)
            return await bring(station)

        yield dialled


def trusting() -> ssl.SSLContext:
    """What a station trusts that knows the roots of the home."""
    return ssl.create_default_context(cadata=authority().pem)


def security(home: Stairs) -> Security:
    found = home.station.require().security
    assert isinstance(found, Security)
    return found


async def tried(home: Stairs, user: str, password: str) -> int:
    return await knock(f"ws://127.0.0.1:{home.port}/{NAME}", "ocpp2.0.1", user, password)


# --- passwords --------------------------------------------------------------------------------------------------------
async def test_tc_a_01_basic_authentication_valid_username_and_password(home: Stairs, come: Dial) -> None:
    station = await come()
    assert station.boots[-1]["status"] == "Accepted"
    assert (home.station.connected, home.station.proved) == (True, BASIC)


async def test_tc_a_02_username_does_not_equal_the_identity(home: Stairs) -> None:
    """A00.FR.207."""
    assert await tried(home, "Somebody", PASSWORD) == 401
    assert not home.station.connected
    assert await tried(home, NAME, PASSWORD) == 101


async def test_tc_a_03_invalid_password(home: Stairs) -> None:
    assert await tried(home, NAME, generate()) == 401
    assert not home.station.connected
    assert home.station.notices["wrong_credentials", 0].data["reason"] == "password_wrong"


async def test_tc_a_09_update_password_accepted(home: Stairs, come: Dial) -> None:
    """A01.FR.03: from then on the old one is dead."""
    station, another = await come(), generate()
    assert await rotate(home.station, another, home)
    (asked,) = station.asked("SetVariables")
    told = asked["setVariableData"][0]
    assert (told["component"]["name"], told["variable"]["name"]) == ("SecurityCtrlr", "BasicAuthPassword")
    await station.close()
    assert await tried(home, NAME, PASSWORD) == 401
    assert await tried(home, NAME, another) == 101


async def test_tc_a_10_update_password_rejected(home: Stairs, come: Dial) -> None:
    """A01.FR.04: the old one stays."""
    station, another = await come(), generate()
    station.configuration.oddities = station.oddities
    station.oddities.answers["SetVariables"] = {
        "setVariableResult": [
            {
                "attributeStatus": "Rejected",
                "component": {"name": "SecurityCtrlr"},
                "variable": {"name": "BasicAuthPassword"},
            }
        ]
    }
    with pytest.raises(Refused, match="Rejected"):
        await rotate(home.station, another, home)
    await station.close()
    assert await tried(home, NAME, another) == 401
    assert await tried(home, NAME, PASSWORD) == 101


# --- TLS --------------------------------------------------------------------------------------------------------------
async def test_tc_a_04_tls_server_side_certificate_valid(home: Stairs, come: Dial) -> None:
    await home.close(TLS)
    station = await come(context=trusting())
    assert station.boots[-1]["status"] == "Accepted"
    assert home.station.proved == TLS
    await station.close()
    assert await tried(home, NAME, PASSWORD) == 401, "A00.FR.002: a weaker profile is not let in"


async def test_tc_a_06_tls_version_too_low(home: Stairs) -> None:
    """A00.FR.314: the connection is terminated."""
    context = trusting()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        async with asyncio.timeout(5):
            await asyncio.open_connection("127.0.0.1", home.port, ssl=context)
    assert not home.station.connected


async def test_tc_a_07_tls_client_side_certificate_valid(home: Stairs, come: Dial) -> None:
    await come()
    await home.ascent(CLIENT).climb()
    assert (home.profile, home.station.proved) == (CLIENT, CLIENT)
    assert home.station.certified == "SIM-0001"
    assert await tried(home, NAME, PASSWORD) == 401


async def test_tc_a_08_tls_client_side_certificate_invalid(home: Stairs, come: Dial, tmp_path: Any) -> None:
    """A00.FR.407."""
    await home.close(CLIENT)
    context = trusting()
    context.load_cert_chain(client_certificate(tmp_path, "SIM-0001"))
    with pytest.raises((OSError, InvalidHandshake)):
        await come(None, context)
    assert not home.station.connected


# --- certificates of the station --------------------------------------------------------------------------------------
async def renewed(home: Stairs, station: Simulated, kind: str | None) -> str:
    """Ask for a request, and wait until the station has its certificate."""
    await home.station.require().configuration.write("SecurityCtrlr.OrganizationName", "Home")
    await security(home).renew_certificate(kind)
    await until(lambda: station.asked("CertificateSigned"))
    await station.settle()
    (told,) = station.told("SignCertificate")
    (answer,) = [one.answer for one in station.requests if one.action == "SignCertificate"]
    (asked,) = station.asked("CertificateSigned")
    assert answer == {"status": "Accepted"}, "A02.FR.11"
    assert asked.get("certificateType") == told["certificateType"], "A02.FR.14"
    return str(asked["certificateChain"])


async def test_tc_a_11_update_certificate_by_request_charging_station_certificate(home: Stairs, come: Dial) -> None:
    station = await come()
    chain = await renewed(home, station, None)
    assert station.asked("TriggerMessage")[0] == {"requestedMessage": "SignChargingStationCertificate"}
    assert station.certificates["ChargingStationCertificate"] == [chain]
    assert authority().issued[-1].kind == "ChargingStationCertificate"


async def test_tc_a_12_update_certificate_by_request_v2g_certificate(home: Stairs, come: Dial) -> None:
    station = await come()
    chain = await renewed(home, station, "V2GCertificate")
    assert station.asked("TriggerMessage")[0] == {"requestedMessage": "SignV2GCertificate"}
    assert station.certificates["V2GCertificateChain"] == [chain]
    assert authority().issued[-1].kind == "V2GCertificate"


async def test_tc_a_13_update_certificate_by_request_combined_certificate(home: Stairs, come: Dial) -> None:
    """A02.FR.13: without a kind one certificate is for both."""
    station = await come()
    await security(home).renew_certificate()
    await until(lambda: station.asked("CertificateSigned"))
    csr = station.trust.request("ChargingStationCertificate", "Home", "SIM-0001")
    assert await station.send("SignCertificate", {"csr": csr}) == {"status": "Accepted"}
    await until(lambda: len(station.asked("CertificateSigned")) == 2)
    assert "certificateType" not in station.asked("CertificateSigned")[1]
    await until(lambda: station.certificates.get("ChargingStationCertificate"))


class Forger:
    """Signs whatever is asked, with a root of somebody else."""

    def objection(self, application: Application) -> str | None:
        return None

    async def sign(self, application: Application) -> str:
        other = Simulated("ws://127.0.0.1:1", "Other").trust.request("ChargePoint", "Home", "SIM-0001")
        return root("Forger").sign(other)

    def ending(self, station: str, by: object) -> tuple[str, ...]:
        return ()


async def test_tc_a_14_update_certificate_by_request_invalid_certificate(home: Stairs, come: Dial) -> None:
    """A02.FR.07: the station rejects it and tells of it; it is asked no more by itself."""
    home.central.household.trust.signer = Forger()
    station = await come()
    told: list[object] = []
    home.station.witness(lambda event: told.append(event.data.get("type")))
    await security(home).renew_certificate()
    await until(lambda: "InvalidChargingStationCertificate" in told)
    await until(lambda: ("certificate_not_taken", 0) in home.station.notices)
    assert home.station.notices["security_event", 0].data["type"] == "InvalidChargingStationCertificate"
    assert len(station.asked("CertificateSigned")) == 1
    assert "ChargingStationCertificate" not in station.certificates


async def test_tc_a_19_upgrade_security_profile_accepted(home: Stairs, come: Dial) -> None:
    """A05: the root, the profile, the order of the ways, a restart; a lower one is not let in any more."""
    station = await come()
    await home.ascent(TLS).climb()
    assert (home.profile, home.coming, home.station.proved) == (TLS, None, TLS)
    assert station.asked("SetNetworkProfile")[0]["connectionData"]["securityProfile"] == 2
    assert station.asked("InstallCertificate")
    assert await tried(home, NAME, PASSWORD) == 401
