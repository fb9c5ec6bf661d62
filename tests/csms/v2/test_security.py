"""Certificates and security events: every message, every kind and every answer word."""

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import CertificateHash, InstalledCertificate
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2 import security
from custom_components.ocpp_home.csms.v2.security import Security
from tests.csms.peer import Payload, Peer
from tests.csms.v2.served import serve

PEM = "-----BEGIN CERTIFICATE-----"


def named(serial: str, algorithm: str = "SHA256") -> Payload:
    return {"hashAlgorithm": algorithm, "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": serial}


@pytest.fixture
def certificates(station: Station, call: Caller) -> Security:
    return Security(station, call)


async def test_a_security_event_is_confirmed_and_told(
    station: Station, events: list[Event], peer: Peer, old_peer: Peer
) -> None:
    """A04.FR.03: the receipt is confirmed with a SecurityEventNotificationResponse."""
    for one in (peer, old_peer):
        serve(one, station, security.REQUESTS)
        request = {"type": "InvalidCsmsCertificate", "timestamp": "2026-11-24T12:00:00Z", "techInfo": "expired"}
        assert (await one.says("SecurityEventNotification", request))[::2] == [3, {}]
    assert [event.kind for event in events] == [Kind.SECURITY] * 2
    assert station.notices["security_event", 0].data == {"type": "InvalidCsmsCertificate", "info": "expired"}


@pytest.mark.parametrize("kind", ["ChargingStationCertificate", "V2GCertificate"])
async def test_a_certificate_request_is_rejected_because_nobody_signs(
    station: Station, peer: Peer, old_peer: Peer, kind: str
) -> None:
    """A02.FR.12, A03.FR.12: who is not able to process the request answers Rejected."""
    for one in (peer, old_peer):
        serve(one, station, security.REQUESTS)
        answer = await one.says("SignCertificate", {"csr": "-----BEGIN", "certificateType": kind})
        assert answer[::2] == [3, {"status": "Rejected"}]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("CSMSRootCertificate", "CSMSRootCertificate"),
        ("CentralSystemRootCertificate", "CSMSRootCertificate"),
        ("ManufacturerRootCertificate", "ManufacturerRootCertificate"),
        ("V2GRootCertificate", "V2GRootCertificate"),
        ("MORootCertificate", "MORootCertificate"),
        ("OEMRootCertificate", "OEMRootCertificate"),
    ],
)
async def test_a_root_certificate_is_installed(certificates: Security, peer: Peer, kind: str, word: str) -> None:
    peer.answers["InstallCertificate"] = {"status": "Accepted"}
    await certificates.install_certificate(kind, PEM)
    assert peer.asked == [("InstallCertificate", {"certificateType": word, "certificate": PEM})]


async def test_2_0_1_knows_no_certificate_of_a_car_maker(station: Station, old_call: Caller, old_peer: Peer) -> None:
    with pytest.raises(Invalid, match="certificateType"):
        await Security(station, old_call).install_certificate("OEMRootCertificate", PEM)
    assert old_peer.asked == []


@pytest.mark.parametrize("word", ["Failed", "Rejected"])
async def test_a_certificate_that_is_not_installed_is_told(certificates: Security, peer: Peer, word: str) -> None:
    peer.answers["InstallCertificate"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await certificates.install_certificate("ManufacturerRootCertificate", PEM)


async def test_installed_certificates_come_with_what_hangs_below_them(certificates: Security, peer: Peer) -> None:
    chain = {
        "certificateType": "V2GCertificateChain",
        "certificateHashData": named("1"),
        "childCertificateHashData": [named("2"), named("3")],
    }
    root = {"certificateType": "CSMSRootCertificate", "certificateHashData": named("9")}
    peer.answers["GetInstalledCertificateIds"] = {"status": "Accepted", "certificateHashDataChain": [chain, root]}
    one, two, three, nine = (CertificateHash("SHA256", "aa", "bb", serial) for serial in "1239")
    assert await certificates.installed() == [
        InstalledCertificate("V2GCertificateChain", one, (two, three)),
        InstalledCertificate("CSMSRootCertificate", nine),
    ]
    assert await certificates.certificates("CentralSystemRootCertificate") == [one, two, three, nine]
    assert peer.asked == [
        ("GetInstalledCertificateIds", {}),
        ("GetInstalledCertificateIds", {"certificateType": ["CSMSRootCertificate"]}),
    ]


@pytest.mark.parametrize("answer", [{"status": "NotFound"}, {"status": "Accepted"}])
async def test_there_may_be_no_certificates(certificates: Security, peer: Peer, answer: dict[str, str]) -> None:
    peer.answers["GetInstalledCertificateIds"] = answer
    assert await certificates.certificates("ManufacturerRootCertificate") == []


async def test_a_certificate_is_deleted_by_the_hashes_it_was_reported_with(certificates: Security, peer: Peer) -> None:
    """M04.FR.07: the same hashAlgorithm is used that the station reports."""
    hashes = named("0a", "SHA512")
    peer.answers["GetInstalledCertificateIds"] = {
        "status": "Accepted",
        "certificateHashDataChain": [{"certificateType": "MORootCertificate", "certificateHashData": hashes}],
    }
    peer.answers["DeleteCertificate"] = {"status": "Accepted"}
    (found,) = await certificates.certificates("MORootCertificate")
    await certificates.delete_certificate(found)
    assert peer.told("DeleteCertificate") == [{"certificateHashData": hashes}]


@pytest.mark.parametrize("word", ["Failed", "NotFound"])
async def test_a_certificate_that_is_not_deleted_is_told(certificates: Security, peer: Peer, word: str) -> None:
    peer.answers["DeleteCertificate"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await certificates.delete_certificate(CertificateHash("SHA256", "aa", "bb", "FFF"))


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("ChargingStationCertificate", "SignChargingStationCertificate"),
        ("V2GCertificate", "SignV2GCertificate"),
        ("V2G20Certificate", "SignV2G20Certificate"),
        ("CombinedCertificate", "SignCombinedCertificate"),
    ],
)
async def test_the_station_is_asked_for_a_new_request(certificates: Security, peer: Peer, kind: str, word: str) -> None:
    """A02: the update of each kind of certificate is triggered by its own message."""
    peer.answers["TriggerMessage"] = {"status": "Accepted"}
    await certificates.renew_certificate(kind)
    assert peer.asked == [("TriggerMessage", {"requestedMessage": word})]


async def test_without_a_kind_it_is_the_certificate_of_the_station(certificates: Security, peer: Peer) -> None:
    peer.answers["TriggerMessage"] = {"status": "Accepted"}
    await certificates.renew_certificate()
    assert peer.asked == [("TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"})]


@pytest.mark.parametrize(("word", "error"), [("Rejected", Refused), ("NotImplemented", Unsupported)])
async def test_a_station_may_not_renew(certificates: Security, peer: Peer, word: str, error: type[Exception]) -> None:
    peer.answers["TriggerMessage"] = {"status": word}
    with pytest.raises(error, match=word):
        await certificates.renew_certificate()


async def test_a_signed_certificate_is_given_to_the_station(certificates: Security, peer: Peer) -> None:
    """A02.FR.14: the kind of the request comes back, and in 2.1 its number."""
    peer.answers["CertificateSigned"] = {"status": "Accepted"}
    await certificates.send_certificate(PEM)
    await certificates.send_certificate(PEM, "V2G20Certificate", 77)
    assert peer.told("CertificateSigned") == [
        {"certificateChain": PEM},
        {"certificateChain": PEM, "certificateType": "V2G20Certificate", "requestId": 77},
    ]


async def test_a_chain_that_is_too_long_is_not_sent(certificates: Security, station: Station, peer: Peer) -> None:
    station.variables.put(Variable(VariableKey("SecurityCtrlr", "MaxCertificateChainSize"), "10"))
    with pytest.raises(Invalid, match="takes 10 characters"):
        await certificates.send_certificate(PEM)
    assert peer.asked == []


async def test_a_signed_certificate_may_be_rejected(certificates: Security, peer: Peer) -> None:
    peer.answers["CertificateSigned"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await certificates.send_certificate(PEM)
