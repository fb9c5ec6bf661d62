"""Where a station dials in."""

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import NetworkProfile
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.network import Network
from tests.csms.peer import Peer

PLAIN = NetworkProfile("ws://home.example:9000", 1)
APN = {"apn": "internet", "apnAuthentication": "AUTO"}
VPN = {"server": "vpn.example", "user": "cs", "password": "secret", "key": "k", "type": "IKEv2"}


async def test_a_connection_is_written_into_a_slot(station: Station, old_call: Caller, old_peer: Peer) -> None:
    station.version = "2.0.1"
    old_peer.answers["SetNetworkProfile"] = {"status": "Accepted"}
    await Network(station, old_call).set_profile(1, PLAIN)
    assert old_peer.asked == [
        (
            "SetNetworkProfile",
            {
                "configurationSlot": 1,
                "connectionData": {
                    "ocppVersion": "OCPP20",
                    "ocppTransport": "JSON",
                    "ocppCsmsUrl": "ws://home.example:9000",
                    "messageTimeout": 30,
                    "securityProfile": 1,
                    "ocppInterface": "Wired0",
                },
            },
        )
    ]


async def test_a_connection_of_2_1_has_an_identity_and_a_password(station: Station, call: Caller, peer: Peer) -> None:
    station.version = "2.1"
    peer.answers["SetNetworkProfile"] = {"status": "Accepted"}
    profile = NetworkProfile(
        "wss://home.example", 2, "Any", 60, identity="CP1", password="0123456789abcdef", apn=APN, vpn=VPN
    )
    await Network(station, call).set_profile(2, profile)
    ((_, request),) = peer.asked
    assert request["connectionData"] == {
        "ocppVersion": "OCPP21",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": "wss://home.example",
        "messageTimeout": 60,
        "securityProfile": 2,
        "ocppInterface": "Any",
        "identity": "CP1",
        "basicAuthPassword": "0123456789abcdef",
        "apn": APN,
        "vpn": VPN,
    }


async def test_2_0_1_has_no_place_for_an_identity(station: Station, old_call: Caller, old_peer: Peer) -> None:
    with pytest.raises(Invalid, match="identity"):
        await Network(station, old_call).set_profile(1, NetworkProfile("ws://home.example", 1, identity="CP1"))
    assert old_peer.asked == []


@pytest.mark.parametrize(
    ("url", "security"),
    [("ws://home.example", 2), ("ws://home.example", 3), ("wss://home.example", 1), ("http://home.example", 0)],
)
async def test_a_security_profile_is_spoken_at_its_own_scheme(
    station: Station, call: Caller, peer: Peer, url: str, security: int
) -> None:
    with pytest.raises(Invalid, match=f"security profile {security} is not spoken at {url}"):
        await Network(station, call).set_profile(1, NetworkProfile(url, security))
    assert peer.asked == []


@pytest.mark.parametrize("word", ["Rejected", "Failed"])
async def test_a_connection_may_not_be_taken(station: Station, call: Caller, peer: Peer, word: str) -> None:
    peer.answers["SetNetworkProfile"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await Network(station, call).set_profile(1, PLAIN)
