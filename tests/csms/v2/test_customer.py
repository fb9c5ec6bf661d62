"""What a station knows of a customer."""

from asyncio import TaskGroup, sleep

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import CertificateHash, Commands, CustomerReference
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from custom_components.ocpp_home.csms.v2 import customer
from custom_components.ocpp_home.csms.v2.configuration import Configuration
from custom_components.ocpp_home.csms.v2.customer import Customer
from custom_components.ocpp_home.csms.v2.local_list import LocalList
from custom_components.ocpp_home.csms.v2.remote import Remote
from tests.csms.peer import Payload, Peer
from tests.csms.v2.served import serve
from tests.csms.v2.telling import Telling

CARD = CustomerReference(Token("AABBCCDD", TokenType.ISO14443))
NOW = "2026-11-24T12:00:00Z"


async def asked(station: Station, peer: Peer, *texts: str, **flags: bool) -> str:
    """Ask a peer that answers in as many parts as there are texts."""
    serve(peer, station, customer.REQUESTS)
    peer.answers["CustomerInformation"] = {"status": "Accepted"}

    async def answer(number: int) -> None:
        for at, text in enumerate(texts):
            part: Payload = {"data": text, "seqNo": at, "requestId": number, "generatedAt": NOW}
            more = {"tbc": True} if at + 1 < len(texts) else {}
            assert (await peer.says("NotifyCustomerInformation", part | more))[2] == {}

    async with TaskGroup() as group:
        question = group.create_task(Customer(station, Caller(station, peer.session)).information(CARD, **flags))
        while not peer.asked:
            await sleep(0)
        await answer(peer.asked[0][1]["requestId"])
    return question.result()


async def test_what_is_known_comes_in_parts(station: Station, peer: Peer) -> None:
    """N09.FR.01: the report flag is set."""
    assert await asked(station, peer, "last seen ", "at noon") == "last seen at noon"
    assert peer.asked == [
        (
            "CustomerInformation",
            {
                "idToken": {"idToken": "AABBCCDD", "type": "ISO14443"},
                "requestId": 1,
                "report": True,
                "clear": False,
            },
        )
    ]


async def test_what_is_known_is_cleared(station: Station, old_peer: Peer) -> None:
    call = Caller(station, old_peer.session)
    station.connect("2.0.1", Commands(Remote(station, call), Configuration(station, call)))
    assert await asked(station, old_peer, "cleared", report=False, clear=True) == "cleared"
    ((_, request),) = old_peer.asked
    assert (request["report"], request["clear"]) == (False, True)


@pytest.mark.parametrize(
    ("who", "word"),
    [
        (CustomerReference(Token("AABB")), {"idToken": {"idToken": "AABB", "type": "Central"}}),
        (CustomerReference(identifier="Jo"), {"customerIdentifier": "Jo"}),
        (
            CustomerReference(certificate=CertificateHash("SHA384", "aa", "bb", "FFF")),
            {
                "customerCertificate": {
                    "hashAlgorithm": "SHA384",
                    "issuerNameHash": "aa",
                    "issuerKeyHash": "bb",
                    "serialNumber": "FFF",
                }
            },
        ),
    ],
)
@pytest.mark.parametrize("word_of_refusal", ["Rejected", "Invalid"])
async def test_a_customer_has_one_name(
    station: Station, call: Caller, peer: Peer, who: CustomerReference, word: Payload, word_of_refusal: str
) -> None:
    """N09.FR.04, N09.FR.08, N10.FR.08, N10.FR.09: a reference is included, hashes with the algorithm reported."""
    peer.answers["CustomerInformation"] = {"status": word_of_refusal}
    with pytest.raises(Refused, match=word_of_refusal):
        await Customer(station, call).information(who)
    assert peer.asked == [("CustomerInformation", word | {"requestId": 1, "report": True, "clear": False})]


class Cards:
    """A local list that was sent to a station."""

    def __init__(self, station: Station, peer: Peer, version: int) -> None:
        serve(peer, station, customer.REQUESTS)
        call = Caller(station, peer.session)
        self.commands = Commands(Remote(station, call), Configuration(station, call), customer=Customer(station, call))
        self.commands.local_list = LocalList(station, call)
        station.connect("2.1", self.commands)
        Telling(peer, "CustomerInformation", "NotifyCustomerInformation", {"data": "", "seqNo": 0, "generatedAt": NOW})
        peer.answers |= {"GetLocalListVersion": {"versionNumber": version}, "SendLocalList": {"status": "Accepted"}}

    async def clear(self, who: CustomerReference, *, clear: bool = True) -> None:
        assert self.commands.customer is not None
        await self.commands.customer.information(who, clear=clear)


async def test_whoever_is_forgotten_is_on_no_list_either(station: Station, peer: Peer) -> None:
    """N10.FR.02."""
    await Cards(station, peer, version=7).clear(CARD)
    assert peer.actions() == ["CustomerInformation", "GetLocalListVersion", "SendLocalList"]
    gone = [{"idToken": {"idToken": "AABBCCDD", "type": "ISO14443"}}]
    assert peer.told("SendLocalList") == [
        {"versionNumber": 8, "updateType": "Differential", "localAuthorizationList": gone}
    ]


@pytest.mark.parametrize("version", [0, -1])
async def test_where_nobody_is_listed_no_list_is_sent(station: Station, peer: Peer, version: int) -> None:
    await Cards(station, peer, version).clear(CARD)
    assert peer.told("SendLocalList") == []


async def test_a_list_is_left_alone_unless_a_card_is_forgotten(station: Station, peer: Peer) -> None:
    cards = Cards(station, peer, version=7)
    await cards.clear(CARD, clear=False)
    await cards.clear(CustomerReference(identifier="Jo"))
    cards.commands.local_list = None
    await cards.clear(CARD)
    assert set(peer.actions()) == {"CustomerInformation"}


@pytest.mark.parametrize("who", [CustomerReference(), CustomerReference(Token("AABB"), identifier="Jo")])
async def test_nobody_and_two_names_are_not_asked_for(
    station: Station, call: Caller, peer: Peer, who: CustomerReference
) -> None:
    """N09.FR.04, N10.FR.08."""
    with pytest.raises(Invalid, match="one of them only"):
        await Customer(station, call).information(who)
    assert peer.asked == []
