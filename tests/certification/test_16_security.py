"""OCPP 1.6, Security (security whitepaper ed. 3): passwords, handshake, certificates, events, logs, signed firmware."""

import asyncio
from datetime import UTC, datetime
import logging
from typing import Final

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.model.commands import Security, Signature, Transfer
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.security.proof import Profile
from tests.certification.stage import NAME, Dial, Diary, until
from tests.pki import root
from tests.security.stairs import stairs
from tests.simulator import Clock, Oddities, Station as Simulated

PEM: Final = root("Anybody").pem
KEY: Final = "00ff10203040506070809" + "a0b0c0d0e0f00112233"  # 20 bytes
MANUFACTURER, CENTRAL = "ManufacturerRootCertificate", "CentralSystemRootCertificate"
OURS: Final = "custom_components.ocpp_home"


def security(garage: Station) -> Security:
    """The commands for certificates."""
    found = garage.require().security
    assert found is not None
    return found


def written(caplog: pytest.LogCaptureFixture) -> str:
    """All that the integration has written into the log, down to the last detail."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(OURS))


def frames(central: Central) -> str:
    """The last frames of the connection, as diagnostics show them."""
    session = central.session(NAME)
    assert session is not None
    return "\n".join(text for _, _, text in session.recent)


# --- passwords and profiles -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("key", [KEY, KEY[:32]], ids=["20 bytes", "16 bytes"])
async def test_tc_073_update_charge_point_password(
    dial: Dial, garage: Station, central: Central, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    caplog.set_level(logging.DEBUG)
    station = await dial()
    for wrong in (KEY[:15], KEY + "4"):
        with pytest.raises(Invalid, match="16 to 40"):
            await garage.require().configuration.write("AuthorizationKey", wrong)
    assert station.asked("ChangeConfiguration") == []
    before, wire = frames(central), station.wire
    session = central.session(NAME)
    write = await garage.require().configuration.write("AuthorizationKey", key)
    assert station.asked("ChangeConfiguration") == [{"key": "AuthorizationKey", "value": key}]
    await until(lambda: station.online and station.wire is not wire and garage.connected)
    assert station.credentials.password == bytes.fromhex(key)
    assert await station.send("Heartbeat", {})
    assert session is not None
    sent = "\n".join(text for _, _, text in session.recent).removeprefix(before)
    assert '"AuthorizationKey"' in sent
    for place in (sent, frames(central), written(caplog), repr(write), repr(garage.variables), repr(garage.notices)):
        assert key not in place


async def test_tc_083_upgrade_charge_point_security_profile() -> None:
    async with stairs() as up, Simulated(f"ws://127.0.0.1:{up.port}", NAME) as station:
        station.redial = 0.05
        await up.ascent(Profile.BASIC).climb()
        done = len(station.calls)
        await up.ascent(Profile.TLS).climb()
        asked = [call.action for call in station.calls[done:]]
        assert [action for action in asked if not action.startswith("Get")] == [
            *("InstallCertificate", "InstallCertificate", "ChangeConfiguration")
        ]
        assert station.asked("ChangeConfiguration")[-1] == {"key": "SecurityProfile", "value": "2"}
        assert (up.profile, up.station.proved, station.configuration.text("SecurityProfile")) == (Profile.TLS, 2, "2")
        with pytest.raises(Refused) as refusal:
            await up.station.require().configuration.write("SecurityProfile", "1")
        assert refusal.value.status == "Rejected", "A05.FR.01"
        station.redial = None
        await station.go_offline()
        station.configuration.preset("SecurityProfile", "1")
        station.shelf.clear()
        with pytest.raises(InvalidStatus, match="401"):  # A05.FR.09: no lower profile is let in any more
            await station.go_online()


# --- the handshake ---------------------------------------------------------------------------------------------------
async def test_tc_088_web_socket_subprotocol_validation(dial: Dial, garage: Station, central: Central) -> None:
    async with connect(
        f"ws://127.0.0.1:{central.port}/{NAME}", subprotocols=[Subprotocol("ocpp0.1")], proxy=None
    ) as socket:
        assert socket.response is not None
        assert socket.response.status_code == 101
        assert "Sec-WebSocket-Protocol" not in socket.response.headers
        async with asyncio.timeout(2):
            await socket.wait_closed()
    assert socket.close_code == 1002
    assert (garage.connected, central.session(NAME)) == (False, None)
    station = await dial(oddities=Oddities(subprotocols=("ocpp0.1", "ocpp1.6", "ocpp1.5")))
    assert station.wire is not None
    assert station.wire.chosen_subprotocol == "ocpp1.6"
    assert (garage.connected, garage.version) == (True, "1.6")


# --- certificates -----------------------------------------------------------------------------------------------------
async def install(station: Simulated, garage: Station, kind: str) -> None:
    """Install a root certificate and find it among the installed ones."""
    assert await security(garage).certificates(kind) == []
    await security(garage).install_certificate(kind, PEM)
    assert station.asked("InstallCertificate") == [{"certificateType": kind, "certificate": PEM}]
    assert station.certificates == {kind: [PEM]}
    (found,) = await security(garage).certificates(kind)
    assert station.asked("GetInstalledCertificateIds") == [{"certificateType": kind}] * 2
    assert (found.algorithm, len(found.issuer_name), len(found.issuer_key)) == ("SHA256", 64, 64)


async def test_tc_075_1_install_a_manufacturer_root_certificate(station: Simulated, garage: Station) -> None:
    await install(station, garage, MANUFACTURER)


async def test_tc_075_2_install_a_central_system_root_certificate(station: Simulated, garage: Station) -> None:
    await install(station, garage, CENTRAL)


async def test_tc_076_delete_a_certificate(station: Simulated, garage: Station) -> None:
    await security(garage).install_certificate(MANUFACTURER, PEM)
    (found,) = await security(garage).certificates(MANUFACTURER)
    await security(garage).delete_certificate(found)
    assert station.asked("DeleteCertificate") == [
        {
            "certificateHashData": {
                "hashAlgorithm": found.algorithm,
                "issuerNameHash": found.issuer_name,
                "issuerKeyHash": found.issuer_key,
                "serialNumber": found.serial,
            }
        }
    ]
    assert await security(garage).certificates(MANUFACTURER) == []
    with pytest.raises(Refused) as refusal:
        await security(garage).delete_certificate(found)
    assert refusal.value.status == "NotFound"


# --- events and logs --------------------------------------------------------------------------------------------------
async def alarmed(station: Simulated, garage: Station, diary: Diary, kind: str) -> None:
    """Wait for a security event and look that it is told, noted for the owner, and answered."""
    await until(lambda: diary.data(Kind.SECURITY))
    await station.settle()
    (told,) = diary.data(Kind.SECURITY)
    assert told["type"] == kind
    assert garage.notices["security_event", 0].data["type"] == kind
    assert [one.answer for one in station.requests if one.action == "SecurityEventNotification"] == [{}]


async def test_tc_077_invalid_charge_point_certificate_security_event(
    station: Simulated, garage: Station, diary: Diary
) -> None:
    with pytest.raises(Refused) as refusal:
        await security(garage).send_certificate("no certificate at all")
    assert refusal.value.status == "Rejected"
    await alarmed(station, garage, diary, "InvalidChargePointCertificate")


async def test_tc_078_invalid_central_system_certificate_security_event(
    station: Simulated, garage: Station, diary: Diary
) -> None:
    with pytest.raises(Refused) as refusal:
        await security(garage).install_certificate(CENTRAL, "no certificate at all")
    assert refusal.value.status == "Rejected"
    await station.security_event("InvalidCentralSystemCertificate", "not trusted")
    await alarmed(station, garage, diary, "InvalidCentralSystemCertificate")
    assert diary.data(Kind.SECURITY)[0]["info"] == "not trusted"


async def test_tc_079_get_security_log(station: Simulated, garage: Station, diary: Diary) -> None:
    diagnostics = garage.require().diagnostics
    assert diagnostics is not None
    name = await diagnostics.upload(Transfer("http://127.0.0.1:8000/logs"), "SecurityLog")
    assert name == "securitylog-SIM-0001.log"
    (asked,) = station.asked("GetLog")
    number = asked["requestId"]
    assert asked == {
        "logType": "SecurityLog",
        "requestId": number,
        "log": {"remoteLocation": "http://127.0.0.1:8000/logs"},
    }
    await until(lambda: garage.log_status == "Uploaded")
    assert diary.data(Kind.LOG) == [{"status": word, "request": number} for word in ("Uploading", "Uploaded")]
    await diagnostics.upload(Transfer("http://127.0.0.1:8000/logs"), "SecurityLog")
    assert station.asked("GetLog")[1]["requestId"] != number


# --- signed firmware --------------------------------------------------------------------------------------------------
async def update(station: Simulated, garage: Station, diary: Diary, last: str) -> list[object]:
    """Update with a signature until the station says the last word; all of its words."""
    firmware = garage.require().firmware
    assert firmware is not None
    at = datetime(2026, 1, 1, tzinfo=UTC)
    await firmware.update(Transfer("https://127.0.0.1/f.bin", at=at), Signature(PEM, "c2lnbmF0dXJl", install_at=at))
    (asked,) = station.asked("SignedUpdateFirmware")
    assert asked["firmware"] == {
        "location": "https://127.0.0.1/f.bin",
        "retrieveDateTime": "2026-01-01T00:00:00Z",
        "installDateTime": "2026-01-01T00:00:00Z",
        "signingCertificate": PEM,
        "signature": "c2lnbmF0dXJl",
    }
    await until(lambda: garage.firmware_status == last)
    await station.settle()
    told = [one for one in station.requests if one.action == "SignedFirmwareStatusNotification"]
    assert {(one.payload["requestId"], str(one.answer)) for one in told} == {(asked["requestId"], "{}")}
    return [data["status"] for data in diary.data(Kind.FIRMWARE)]


async def test_tc_080_secure_firmware_update(dial: Dial, garage: Station, diary: Diary) -> None:
    station = await dial(clock=Clock())
    assert await update(station, garage, diary, "Installed") == [
        *("Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed"),
    ]
    assert garage.identity.firmware == "1.0.1"
    assert station.asked("UpdateFirmware") == []


async def test_tc_081_secure_firmware_update_invalid_signature(dial: Dial, garage: Station, diary: Diary) -> None:
    station = await dial(clock=Clock(), oddities=Oddities(signed_firmware_ends="InvalidSignature"))
    words = await update(station, garage, diary, "InvalidSignature")
    assert words == ["Downloading", "Downloaded", "InvalidSignature"]
    await station.security_event("InvalidFirmwareSignature")
    await alarmed(station, garage, diary, "InvalidFirmwareSignature")
    assert garage.identity.firmware == "1.0.0"
