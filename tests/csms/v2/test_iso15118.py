"""What a car wants through its station: honest answers while nobody provides it."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2 import iso15118
from tests.csms.peer import Peer
from tests.csms.v2.served import serve

HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "FFF"}
CONTRACT = {"iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef", "exiRequest": "gA=="}


@pytest.mark.parametrize("action", ["Install", "Update"])
async def test_a_contract_certificate_is_not_available(
    station: Station, peer: Peer, old_peer: Peer, action: str
) -> None:
    for one in (peer, old_peer):
        serve(one, station, iso15118.REQUESTS)
        kind, _, answer = await one.says("Get15118EVCertificate", CONTRACT | {"action": action})
        assert kind == 3
        assert (answer["status"], answer["exiResponse"]) == ("Failed", "")
        assert "remainingContracts" not in answer
    assert station.counters == {"contract certificate not available": 2}


async def test_no_contracts_remain(station: Station, peer: Peer) -> None:
    """M01 (2.1): the number of contracts that are available is returned with it."""
    serve(peer, station, iso15118.REQUESTS)
    request = CONTRACT | {"action": "Install", "maximumContractCertificateChains": 2}
    _, _, answer = await peer.says("Get15118EVCertificate", request)
    assert answer["remainingContracts"] == 0


async def test_the_status_of_a_certificate_could_not_be_retrieved(station: Station, peer: Peer, old_peer: Peer) -> None:
    """M06.FR.01, M06.FR.04."""
    for one in (peer, old_peer):
        serve(one, station, iso15118.REQUESTS)
        request = {"ocspRequestData": HASH | {"responderURL": "http://ocsp.example"}}
        kind, _, answer = await one.says("GetCertificateStatus", request)
        assert (kind, answer["status"]) == (3, "Failed")


async def test_no_certificate_of_a_chain_could_be_checked(station: Station, peer: Peer) -> None:
    """M07.FR.02, M07.FR.05, M07.FR.08: each with its hashes, its source, its status and the next update."""
    serve(peer, station, iso15118.REQUESTS)
    requests = [
        {"certificateHashData": HASH, "source": "OCSP", "urls": ["http://ocsp.example"]},
        {"certificateHashData": HASH | {"serialNumber": "AAA"}, "source": "CRL", "urls": ["http://crl.example"]},
    ]
    _, _, answer = await peer.says("GetCertificateChainStatus", {"certificateStatusRequests": requests})
    told = answer["certificateStatus"]
    assert [(one["certificateHashData"]["serialNumber"], one["source"], one["status"]) for one in told] == [
        ("FFF", "OCSP", "Failed"),
        ("AAA", "CRL", "Failed"),
    ]
    assert abs((datetime.fromisoformat(told[0]["nextUpdate"]) - datetime.now(UTC)).total_seconds()) < 5
