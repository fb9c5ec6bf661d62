"""What a station trusts, how it proves itself, and how it comes to another security profile and back."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
import pytest

from tests.pki import root
from tests.simulator import Hardware, Oddities, Station
from tests.simulator_tests.central import Central

PASSWORD = "0f" * 20
JUNK = "-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----"
YES, NO = {"status": "Accepted"}, {"status": "Rejected"}
KINDS = {"1.6": "CentralSystemRootCertificate", "2.0.1": "CSMSRootCertificate", "2.1": "CSMSRootCertificate"}
VERSIONS = list(KINDS)


@pytest.fixture
async def central(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Central]:
    """A central system that speaks TLS on its port, too."""
    async with Central.listen(root("Home").server(tmp_path, "127.0.0.1")) as listening:
        yield listening


@pytest.fixture
def live(build: Callable[..., Station]) -> Callable[..., Any]:
    async def arrive(version: str = "1.6", **options: Any) -> Station:
        station = build(version=version, **options)
        await station.connect()
        await station.boot()
        return station

    return arrive


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.002)


async def install(central: Central, version: str, name: str = "Home") -> dict[str, Any]:
    request = {"certificateType": KINDS[version], "certificate": root(name).pem}
    answer: dict[str, Any] = await central.call("InstallCertificate", request)
    return answer


async def set_password(central: Central, station: Station, value: str = PASSWORD) -> None:
    wire = station.wire
    if station.schemas == "v16":
        assert await central.call("ChangeConfiguration", {"key": "AuthorizationKey", "value": value}) == YES
    else:
        assert await write(central, "SecurityCtrlr.BasicAuthPassword", value) == "Accepted"
    await until(lambda: station.online and station.wire is not wire)


async def write(central: Central, path: str, value: str) -> str:
    component, variable = path.split(".")
    data = {"component": {"name": component}, "variable": {"name": variable}, "attributeValue": value}
    answer = await central.call("SetVariables", {"setVariableData": [data]})
    status: str = answer["setVariableResult"][0]["attributeStatus"]
    return status


async def profile(central: Central, value: int) -> str:
    answer = await central.call("ChangeConfiguration", {"key": "SecurityProfile", "value": str(value)})
    status: str = answer["status"]
    return status


async def slot(central: Central, number: int, security: int, url: str | None = None) -> str:
    data = {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": url or secure(central),
        "messageTimeout": 30,
        "securityProfile": security,
        "ocppInterface": "Wired0",
    }
    answer = await central.call("SetNetworkProfile", {"configurationSlot": number, "connectionData": data})
    status: str = answer["status"]
    return status


def secure(central: Central) -> str:
    return central.url.replace("ws:", "wss:")


def login(central: Central) -> bytes | None:
    request = central.links[-1].request
    assert request is not None
    header = request.headers.get("Authorization")
    return b64decode(header.removeprefix("Basic ")) if header else None


def shown(central: Central) -> str | None:
    """The common name of the certificate the station has shown; None without TLS, "" without a certificate."""
    tls = central.links[-1].transport.get_extra_info("ssl_object")
    if tls is None:
        return None
    der = tls.getpeercert(binary_form=True)
    if der is None:
        return ""
    (name,) = x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(name.value)


async def certify(central: Central, station: Station, trigger: tuple[str, str], name: str = "Home") -> Any:
    """Have the station ask for a certificate, and give it one."""
    before = len(station.told("SignCertificate"))
    assert await central.call(trigger[0], {"requestedMessage": trigger[1]}) == YES
    await until(lambda: len(central.of("SignCertificate")) > before)
    asked = central.of("SignCertificate")[-1]
    more = {key: asked[key] for key in ("certificateType", "requestId") if key in asked}
    return await central.call("CertificateSigned", {"certificateChain": root(name).sign(asked["csr"])} | more)


TRIGGER = ("ExtendedTriggerMessage", "SignChargePointCertificate")
TRIGGER_2 = ("TriggerMessage", "SignChargingStationCertificate")


# --- the store ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("family", ["EC", "RSA"])
async def test_a_root_is_named_by_the_hashes_of_ocsp(
    live: Callable[..., Any], central: Central, version: str, family: str
) -> None:
    await live(version)
    made = root("Named", family)
    request = {"certificateType": KINDS[version], "certificate": made.pem}
    assert await central.call("InstallCertificate", request) == YES
    kinds: Any = KINDS[version] if version == "1.6" else [KINDS[version]]
    answer = await central.call("GetInstalledCertificateIds", {"certificateType": kinds})
    public = made.certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        bits = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    else:
        bits = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    named = {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": sha256(made.certificate.subject.public_bytes()).hexdigest(),
        "issuerKeyHash": sha256(bits).hexdigest(),
        "serialNumber": f"{made.certificate.serial_number:X}",
    }
    told = answer.get("certificateHashData") or [answer["certificateHashDataChain"][0]["certificateHashData"]]
    assert told == [named]
    lower = named | {"serialNumber": named["serialNumber"].lower()}
    assert await central.call("DeleteCertificate", {"certificateHashData": lower}) == YES
    assert await central.call("DeleteCertificate", {"certificateHashData": named}) == {"status": "NotFound"}


async def test_what_is_no_certificate_and_what_finds_no_room_is_rejected(
    live: Callable[..., Any], central: Central
) -> None:
    await live(CertificateStoreMaxLength="1")
    junk = {"certificateType": KINDS["1.6"], "certificate": JUNK}
    assert await central.call("InstallCertificate", junk) == NO
    assert await install(central, "1.6") == YES
    assert await install(central, "1.6") == YES  # it is there already
    assert await install(central, "1.6", "Other") == NO


async def test_an_additional_root_must_be_signed_by_the_one_it_replaces(
    live: Callable[..., Any], central: Central
) -> None:
    station = await live(AdditionalRootCertificateCheck="true")
    assert await install(central, "1.6") == YES
    assert await install(central, "1.6", "Other") == NO
    heir = root("Home").successor("Heir").pem
    request = {"certificateType": KINDS["1.6"], "certificate": heir}
    assert await central.call("InstallCertificate", request) == YES
    assert station.certificates[KINDS["1.6"]] == [heir, root("Home").pem]
    await set_password(central, station)
    assert await profile(central, 2) == "Accepted"
    await until(lambda: shown(central) == "")
    await until(lambda: station.certificates[KINDS["1.6"]] == [heir])  # M05.FR.12


@pytest.mark.parametrize("family", ["EC", "RSA"])
async def test_a_signed_certificate_must_fit_the_key_and_the_hierarchy(
    live: Callable[..., Any], central: Central, family: str
) -> None:
    station = await live(hardware=Hardware(key=family))
    await install(central, "1.6")
    assert await certify(central, station, TRIGGER, "Other") == NO
    csr = x509.load_pem_x509_csr(central.of("SignCertificate")[-1]["csr"].encode())
    assert csr.is_signature_valid
    assert csr.subject.rfc4514_string() == "CN=SIM-0001,O=Home"
    stolen = root("Home").sign(Station(central.url).trust.request("ChargePoint", "Home", "X"))
    assert await central.call("CertificateSigned", {"certificateChain": stolen}) == NO
    over = root("Home").sign(central.of("SignCertificate")[-1]["csr"], timedelta(minutes=-1))
    assert await central.call("CertificateSigned", {"certificateChain": over}) == NO
    good = root("Home").sign(central.of("SignCertificate")[-1]["csr"])
    assert await central.call("CertificateSigned", {"certificateChain": good}) == YES
    await station.settle()
    assert [event["techInfo"] for event in central.of("SecurityEventNotification")] == [
        "not of the hierarchy of the central system",
        "not for the key of this station",
        "not valid at this time",
    ]
    own = station.trust.ids("ChargePoint")[0]
    assert await central.call("DeleteCertificate", {"certificateHashData": own}) == {"status": "Failed"}


async def test_a_request_of_2_1_has_a_number_and_an_answer_to_another_is_rejected(
    live: Callable[..., Any], central: Central
) -> None:
    station = await live("2.1")
    await install(central, "2.1")
    assert await certify(central, station, TRIGGER_2) == YES
    asked = central.of("SignCertificate")[-1]
    chain = {"certificateChain": root("Home").sign(asked["csr"]), "requestId": asked["requestId"] + 1}
    assert await central.call("CertificateSigned", chain) == NO


# --- 1.6 ------------------------------------------------------------------------------------------------------------
async def test_a_profile_needs_what_it_proves_itself_with(live: Callable[..., Any], central: Central) -> None:
    station = await live()
    assert [await profile(central, number) for number in (0, 1, 2, 3, 4)] == ["Rejected"] * 5
    await set_password(central, station)
    assert await profile(central, 2) == "Rejected"  # A05.FR.03
    assert await profile(central, 1) == "Accepted"
    await until(lambda: station.configuration.text("SecurityProfile") == "1" and len(central.links) == 3)
    await station.settle()
    assert (login(central), shown(central)) == (b"CP1:" + bytes.fromhex(PASSWORD), None)
    await install(central, "1.6")
    assert await profile(central, 1) == "Rejected"  # A05.FR.01
    assert await profile(central, 3) == "Rejected"  # A05.FR.04
    assert await profile(central, 2) == "Accepted"
    await until(lambda: shown(central) == "")
    assert login(central) == b"CP1:" + bytes.fromhex(PASSWORD)
    await station.settle()
    assert await certify(central, station, TRIGGER) == YES
    assert await profile(central, 3) == "Accepted"
    await until(lambda: shown(central) == "SIM-0001")
    await station.settle()
    assert login(central) is None
    assert [await profile(central, number) for number in (0, 1, 2, 3)] == ["Rejected"] * 4
    root_in_use = station.trust.ids(KINDS["1.6"])[0]
    assert await central.call("DeleteCertificate", {"certificateHashData": root_in_use}) == {"status": "Failed"}
    assert station.violations == []


async def test_a_station_that_trusts_nobody_there_falls_back_and_tells_why(
    live: Callable[..., Any], central: Central
) -> None:
    station = await live()
    await set_password(central, station)
    await install(central, "1.6", "Other")
    assert await profile(central, 2) == "Accepted"
    await until(lambda: central.of("SecurityEventNotification"))
    assert central.of("SecurityEventNotification")[0]["type"] == "InvalidCentralSystemCertificate"
    assert (station.configuration.text("SecurityProfile"), shown(central), station.online) == ("0", None, True)


async def test_the_name_in_the_certificate_must_be_the_one_that_is_dialled(
    socket_enabled: None, tmp_path: Path
) -> None:
    async with (
        Central.listen(root("Home").server(tmp_path, "home.example")) as elsewhere,
        Station(elsewhere.url) as station,
    ):
        station.trust.install(KINDS["1.6"], root("Home").pem, 9)
        await set_password(elsewhere, station)
        assert await profile(elsewhere, 2) == "Accepted"
        await until(lambda: elsewhere.of("SecurityEventNotification"))
        assert "IP address mismatch" in elsewhere.of("SecurityEventNotification")[0]["techInfo"]


async def test_a_profile_may_wait_for_a_reboot(live: Callable[..., Any], central: Central) -> None:
    station = await live(oddities=Oddities(profile_needs_reboot=True))
    await set_password(central, station)
    await install(central, "1.6")
    assert await profile(central, 2) == "RebootRequired"
    assert (await central.call("Reset", {"type": "Soft"})) == YES
    await station.wait_until_booted(2)
    assert (shown(central), station.configuration.text("SecurityProfile")) == ("", "2")


async def test_without_tls_it_falls_back_after_a_reboot_too(live: Callable[..., Any], central: Central) -> None:
    station = await live(oddities=Oddities(profile_needs_reboot=True, no_tls=True))
    await set_password(central, station)
    await install(central, "1.6")
    assert await profile(central, 2) == "RebootRequired"
    await central.call("Reset", {"type": "Soft"})
    await station.wait_until_booted(2)
    assert (shown(central), station.configuration.text("SecurityProfile")) == (None, "0")


async def test_a_station_may_not_come_back_before_somebody_cuts_its_power(
    live: Callable[..., Any], central: Central
) -> None:
    station = await live(oddities=Oddities(strands_on_switch=True))
    await set_password(central, station)
    assert await profile(central, 1) == "Accepted"
    await until(lambda: station.offline)
    await station.power_cut()
    await station.power_on()
    assert (station.online, station.configuration.text("SecurityProfile")) == (True, "0")


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_password_may_be_applied_without_a_word(
    live: Callable[..., Any], central: Central, version: str
) -> None:
    station = await live(version, oddities=Oddities(silent_on_password=True))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await set_password(central, station)
    await until(lambda: login(central) is not None)


# --- 2.x ------------------------------------------------------------------------------------------------------------
PRIORITY = "OCPPCommCtrlr.NetworkConfigurationPriority"


@pytest.mark.parametrize("version", VERSIONS[1:])
async def test_a_better_connection_is_taken_after_a_reset_and_the_weaker_forgotten(
    live: Callable[..., Any], central: Central, version: str
) -> None:
    station = await live(version)
    await set_password(central, station)
    assert await slot(central, 4, 2) == "Rejected"  # B09.FR.05
    assert await write(central, PRIORITY, "2,1") == "Rejected"  # B10.FR.02
    assert await slot(central, 2, 2) == "Accepted"
    assert await write(central, PRIORITY, "2,1") == "Rejected"  # A05.FR.02
    await install(central, version)
    assert await write(central, PRIORITY, "2,1") == "Accepted"
    assert shown(central) is None
    await central.call("Reset", {"type": "OnIdle"})
    await station.wait_until_booted(2)
    assert (shown(central), login(central)) == ("", f"CP1:{PASSWORD}".encode())
    settings = station.configuration
    names = (PRIORITY, "OCPPCommCtrlr.ActiveNetworkProfile", "SecurityCtrlr.SecurityProfile")
    assert [settings.text(name) for name in names] == ["2", "2", "2"]  # A05.FR.06
    assert await slot(central, 1, 1) == "Rejected"  # B09.FR.04
    assert await slot(central, 3, 3) == "Accepted"
    assert await write(central, PRIORITY, "3,2") == "Rejected"  # A05.FR.03
    assert await certify(central, station, TRIGGER_2) == YES
    assert await write(central, PRIORITY, "3,2") == "Accepted"
    await central.call("Reset", {"type": "OnIdle"})
    await station.wait_until_booted(3)
    assert (shown(central), login(central)) == ("SIM-0001", None)
    assert [settings.text(name) for name in names] == ["3", "3", "3"]
    assert station.violations == []


@pytest.mark.parametrize("version", VERSIONS[1:])
async def test_what_cannot_be_reached_is_tried_as_often_as_allowed_then_the_old_connection_is_taken(
    live: Callable[..., Any], central: Central, version: str
) -> None:
    station = await live(version)
    await install(central, version, "Other")
    await slot(central, 2, 2)
    assert await write(central, PRIORITY, "2,1") == "Accepted"
    await central.call("Reset", {"type": "OnIdle"})
    await station.wait_until_booted(2)
    assert (station.online, shown(central)) == (True, None)
    assert [event["type"] for event in central.of("SecurityEventNotification")] == ["InvalidCsmsCertificate"] * 3
    assert station.configuration.text(PRIORITY) == "2,1", "that is for the central system to change"


async def test_a_2x_station_may_not_come_back_before_somebody_cuts_its_power(
    live: Callable[..., Any], central: Central
) -> None:
    station = await live("2.0.1", oddities=Oddities(strands_on_switch=True))
    await install(central, "2.0.1")
    await slot(central, 2, 2)
    assert await write(central, PRIORITY, "2,1") == "Accepted"
    await central.call("Reset", {"type": "OnIdle"})
    while not station.shelf.get("stranded"):
        await station.advance(0)
    await station.power_cut()
    await station.power_on()
    assert (station.online, shown(central)) == (True, None)


async def test_a_root_may_be_accepted_and_forgotten(live: Callable[..., Any], central: Central) -> None:
    await live("2.0.1", oddities=Oddities(forgets_roots=True))
    assert await install(central, "2.0.1") == YES
    assert await central.call("GetInstalledCertificateIds", {}) == {"status": "NotFound"}
