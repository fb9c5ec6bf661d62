"""Certificates and security events: every message and every answer word."""

from datetime import UTC, datetime, timedelta
import json

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import CertificateHash
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.event import Event, Kind, Notice
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1 import security
from custom_components.ocpp_home.csms.v1.security import Security
from tests.csms.peer import Peer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PEM = "-----BEGIN CERTIFICATE-----"
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "FFF"}


@pytest.fixture
def certificates(station: Station, call: Caller) -> Security:
    return Security(station, call)


@pytest.mark.parametrize("kind", ["InvalidChargePointCertificate", "InvalidCentralSystemCertificate"])
def test_077_078_a_serious_event_is_kept_before_the_owners_eyes(
    station: Station, events: list[Event], kind: str
) -> None:
    payload = {"type": kind, "timestamp": "2026-11-24T12:00:00Z", "techInfo": "expired"}
    assert security.security_event_notification(station, payload, NOON) == {}
    data = {"type": kind, "info": "expired", "at": "2026-11-24T12:00:00Z"}
    assert events == [Event(Kind.SECURITY, NOON, data=data)]
    assert station.notices["security_event", 0] == Notice("security_event", 0, {"type": kind, "info": "expired"})


def test_an_ordinary_event_is_only_told(station: Station, events: list[Event]) -> None:
    early = (NOON - timedelta(hours=1)).isoformat()
    security.security_event_notification(station, {"type": "StartupOfTheDevice", "timestamp": early}, NOON)
    assert [(event.at, event.live) for event in events] == [(NOON - timedelta(hours=1), False)]
    assert station.notices == {}


def test_a_certificate_request_is_rejected_because_nobody_signs(station: Station) -> None:
    answer = security.REQUESTS["SignCertificate"](station, {"csr": "-----BEGIN CERTIFICATE REQUEST-----"}, NOON)
    assert answer == {"status": "Rejected"}
    assert station.counters == {"unsigned certificate request": 1}


@pytest.mark.parametrize("kind", ["ManufacturerRootCertificate", "CentralSystemRootCertificate"])
async def test_075_a_root_certificate_is_installed(certificates: Security, peer: Peer, kind: str) -> None:
    peer.answers["InstallCertificate"] = {"status": "Accepted"}
    await certificates.install_certificate(kind, PEM)
    assert peer.asked == [("InstallCertificate", {"certificateType": kind, "certificate": PEM})]


@pytest.mark.parametrize("word", ["Failed", "Rejected"])
async def test_a_certificate_that_is_not_installed_is_told(certificates: Security, peer: Peer, word: str) -> None:
    peer.answers["InstallCertificate"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await certificates.install_certificate("ManufacturerRootCertificate", PEM)


async def test_076_a_certificate_is_found_and_deleted(certificates: Security, peer: Peer) -> None:
    peer.answers["GetInstalledCertificateIds"] = {"status": "Accepted", "certificateHashData": [HASH]}
    peer.answers["DeleteCertificate"] = {"status": "Accepted"}
    (found,) = await certificates.certificates("CentralSystemRootCertificate")
    assert found == CertificateHash("SHA256", "aa", "bb", "FFF")
    await certificates.delete_certificate(found)
    assert peer.asked == [
        ("GetInstalledCertificateIds", {"certificateType": "CentralSystemRootCertificate"}),
        ("DeleteCertificate", {"certificateHashData": HASH}),
    ]


@pytest.mark.parametrize("answer", [{"status": "NotFound"}, {"status": "Accepted"}])
async def test_there_may_be_no_certificates(certificates: Security, peer: Peer, answer: dict[str, str]) -> None:
    peer.answers["GetInstalledCertificateIds"] = answer
    assert await certificates.certificates("ManufacturerRootCertificate") == []


@pytest.mark.parametrize("word", ["Failed", "NotFound"])
async def test_a_certificate_that_is_not_deleted_is_told(certificates: Security, peer: Peer, word: str) -> None:
    peer.answers["DeleteCertificate"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await certificates.delete_certificate(CertificateHash("SHA256", "aa", "bb", "FFF"))


async def test_074_the_station_is_asked_for_a_new_request(certificates: Security, peer: Peer) -> None:
    peer.answers["ExtendedTriggerMessage"] = {"status": "Accepted"}
    await certificates.renew_certificate()
    assert peer.asked == [("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"})]


@pytest.mark.parametrize(("word", "error"), [("Rejected", Refused), ("NotImplemented", Unsupported)])
async def test_a_station_may_not_renew(certificates: Security, peer: Peer, word: str, error: type[Exception]) -> None:
    peer.answers["ExtendedTriggerMessage"] = {"status": word}
    with pytest.raises(error, match=word):
        await certificates.renew_certificate()


async def test_074_a_signed_certificate_is_given_to_the_station(
    certificates: Security, station: Station, peer: Peer
) -> None:
    peer.answers["CertificateSigned"] = {"status": "Accepted"}
    await certificates.send_certificate(PEM)
    assert peer.asked == [("CertificateSigned", {"certificateChain": PEM})]
    station.variables.put(Variable(VariableKey("", "CertificateSignedMaxChainSize"), "10"))
    with pytest.raises(Invalid, match="takes 10 characters"):
        await certificates.send_certificate(PEM)
    assert len(peer.asked) == 1


async def test_a_signed_certificate_may_be_rejected(certificates: Security, peer: Peer) -> None:
    peer.answers["CertificateSigned"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await certificates.send_certificate(PEM)


async def test_1_6_knows_two_kinds_of_certificates(certificates: Security, peer: Peer) -> None:
    for asked in (certificates.renew_certificate("V2G20Certificate"), certificates.send_certificate(PEM, "Other")):
        with pytest.raises(Unsupported, match=r"2\.0\.1"):
            await asked
    assert peer.asked == []


# --- what concerns cars travels inside DataTransfer -------------------------------------------------------------------
def inside(peer: Peer) -> list[tuple[str, object]]:
    """What was asked inside DataTransfer."""
    told = peer.told("DataTransfer")
    assert {payload["vendorId"] for payload in told} == {"org.openchargealliance.iso15118pnc"}
    return [(payload["messageId"], json.loads(payload["data"])) for payload in told]


def answers(peer: Peer, **answer: object) -> None:
    peer.answers["DataTransfer"] = {"status": "Accepted", "data": json.dumps(answer)}


async def test_a_root_for_cars_is_installed_and_told(certificates: Security, peer: Peer) -> None:
    answers(peer, status="Accepted")
    await certificates.install_certificate("V2GRootCertificate", PEM)
    chain = {"certificateType": "V2GRootCertificate", "certificateHashData": HASH}
    below = chain | {"childCertificateHashData": [HASH | {"serialNumber": "1"}]}
    answers(peer, status="Accepted", certificateHashDataChain=[chain, below])
    found = await certificates.certificates("MORootCertificate")
    assert [one.serial for one in found] == ["FFF", "FFF", "1"]
    assert inside(peer) == [
        ("InstallCertificate", {"certificateType": "V2GRootCertificate", "certificate": PEM}),
        ("GetInstalledCertificateIds", {"certificateType": ["MORootCertificate"]}),
    ]


async def test_the_certificate_that_cars_see_is_renewed_and_given(certificates: Security, peer: Peer) -> None:
    answers(peer, status="Accepted")
    await certificates.renew_certificate("V2GCertificate")
    await certificates.send_certificate(PEM, "V2GCertificate", 7)
    assert inside(peer) == [
        ("TriggerMessage", {"requestedMessage": "SignV2GCertificate"}),
        ("CertificateSigned", {"certificateChain": PEM, "certificateType": "V2GCertificate"}),
    ]


async def test_a_certificate_that_is_not_found_may_be_one_for_cars(
    certificates: Security, station: Station, peer: Peer
) -> None:
    peer.answers["DeleteCertificate"] = {"status": "NotFound"}
    answers(peer, status="Accepted")
    which = CertificateHash("SHA256", "aa", "bb", "FFF")
    with pytest.raises(Refused, match="NotFound"):
        await certificates.delete_certificate(which)
    station.variables.put(Variable(VariableKey("", "ISO15118PnCEnabled"), "true"))
    await certificates.delete_certificate(which)
    assert inside(peer) == [("DeleteCertificate", {"certificateHashData": HASH})]
