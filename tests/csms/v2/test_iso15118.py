"""What a car wants through its station: over a real session, with the schemas of both versions."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Json
from custom_components.ocpp_home.csms.model.trust import Finding, Inquiry, Revocation
from custom_components.ocpp_home.csms.v2 import iso15118
from tests.csms.peer import Peer
from tests.csms.v2.served import serve

HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "FFF"}
CONTRACT = {"iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef", "exiRequest": "gA=="}
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


class Responder:
    async def ask(self, inquiry: Inquiry) -> Finding:
        return Finding(Revocation.GOOD, SOON, b"DER")

    async def look_up(self, inquiry: Inquiry) -> Finding:
        return Finding(Revocation.REVOKED, SOON)


class Pool:
    async def provide(self, request: Mapping[str, Json]) -> Mapping[str, Json]:
        return {"status": "Accepted", "exiResponse": "gB==", "remainingContracts": 1}


@pytest.mark.parametrize("action", ["Install", "Update"])
async def test_a_contract_certificate_is_not_available_at_first(
    station: Station, peer: Peer, old_peer: Peer, action: str
) -> None:
    for one in (peer, old_peer):
        serve(one, station, iso15118.REQUESTS)
        kind, _, answer = await one.says("Get15118EVCertificate", CONTRACT | {"action": action})
        assert kind == 3
        assert (answer["status"], answer["exiResponse"]) == ("Failed", "")
        assert "remainingContracts" not in answer


async def test_a_provider_is_asked_for_contract_certificates(station: Station, peer: Peer, old_peer: Peer) -> None:
    station.household.trust.provider = Pool()
    for one in (peer, old_peer):
        serve(one, station, iso15118.REQUESTS)
        _, _, answer = await one.says("Get15118EVCertificate", CONTRACT | {"action": "Install"})
        assert answer == {"status": "Accepted", "exiResponse": "gB=="}
    request = CONTRACT | {"action": "Install", "maximumContractCertificateChains": 2}
    _, _, answer = await peer.says("Get15118EVCertificate", request)
    assert answer["remainingContracts"] == 1


async def test_the_status_of_a_certificate_is_retrieved_where_somebody_asks(
    station: Station, peer: Peer, old_peer: Peer
) -> None:
    """M06.FR.01 to FR.04."""
    request = {"ocspRequestData": HASH | {"responderURL": "http://ocsp.example"}}
    for one in (peer, old_peer):
        serve(one, station, iso15118.REQUESTS)
        station.household.trust.revocations = None
        kind, _, answer = await one.says("GetCertificateStatus", request)
        assert (kind, answer["status"]) == (3, "Failed")
        station.household.trust.revocations = Responder()
        assert (await one.says("GetCertificateStatus", request))[2] == {"status": "Accepted", "ocspResult": "REVS"}


async def test_a_chain_is_asked_about_certificate_by_certificate(station: Station, peer: Peer) -> None:
    """M07.FR.08: each with its hashes, its source, its status and the next update."""
    serve(peer, station, iso15118.REQUESTS)
    station.household.trust.revocations = Responder()
    requests = [
        {"certificateHashData": HASH, "source": "OCSP", "urls": ["http://ocsp.example"]},
        {"certificateHashData": HASH | {"serialNumber": "AAA"}, "source": "CRL", "urls": ["http://crl.example"]},
    ]
    _, _, answer = await peer.says("GetCertificateChainStatus", {"certificateStatusRequests": requests})
    stamp = SOON.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert answer["certificateStatus"] == [
        {"certificateHashData": HASH, "source": "OCSP", "status": "Good", "nextUpdate": stamp},
        {
            "certificateHashData": HASH | {"serialNumber": "AAA"},
            "source": "CRL",
            "status": "Revoked",
            "nextUpdate": stamp,
        },
    ]
