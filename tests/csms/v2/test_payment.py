"""Paying at a station, and swapping batteries."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.blocks import Visit
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.errors import Refused, Unsupported
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Settings, Station
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2 import payment
from custom_components.ocpp_home.csms.v2.configuration import Configuration
from custom_components.ocpp_home.csms.v2.payment import Payments
from custom_components.ocpp_home.csms.v2.remote import Remote
from custom_components.ocpp_home.csms.v2.web_payment import one_time_password
from tests.csms.peer import Payload, Peer
from tests.csms.stage import NOW
from tests.csms.v2.served import serve

CARD = Token("AABBCCDD", TokenType.ISO14443)


async def test_a_settlement_is_an_event(station: Station, peer: Peer, events: list[Event]) -> None:
    """C20.FR.05, C21.FR.02, C21.FR.04: the receipt is the station's."""
    serve(peer, station, payment.REQUESTS)
    told: Payload = {
        "pspRef": "ref-1",
        "status": "Settled",
        "settlementAmount": 12.5,
        "settlementTime": "2026-06-01T12:00:00Z",
        "transactionId": "tx-1",
        "receiptUrl": "https://example.com/1",
    }
    assert (await peer.says("NotifySettlement", told))[2] == {}
    ((kind, data),) = [(event.kind, event.data) for event in events]
    assert kind is Kind.SETTLEMENT
    assert data == {
        "status": "Settled",
        "amount": 12.5,
        "reference": "ref-1",
        "transaction": "tx-1",
        "receipt": "https://example.com/1",
    }


@pytest.mark.parametrize(
    ("status", "ours", "answer"),
    [
        ("Settled", "true", {"receiptUrl": "https://receipts.example"}),
        ("Settled", "false", {}),
        ("Failed", "true", {}),
    ],
)
async def test_a_station_is_told_where_the_receipt_is(
    station: Station, peer: Peer, status: str, ours: str, answer: Payload
) -> None:
    """C21.FR.03."""
    serve(peer, station, payment.REQUESTS)
    for name, value in (("ReceiptServerUrl", "https://receipts.example"), ("ReceiptByCSMS", ours)):
        station.variables.put(Variable(VariableKey("PaymentCtrlr", name), value))
    told = {"pspRef": "ref-1", "status": status, "settlementAmount": 1.0, "settlementTime": "2026-06-01T12:00:00Z"}
    assert (await peer.says("NotifySettlement", told))[2] == answer


@pytest.mark.parametrize("place", [{}, {"evseId": 2}])
async def test_c18_fr_10_no_vat_number_is_vouched_for(station: Station, peer: Peer, place: Payload) -> None:
    """C18.FR.09, C18.FR.10: the answer is about the same EVSE."""
    serve(peer, station, payment.REQUESTS)
    answer = await peer.says("VatNumberValidation", {"vatNumber": "NL01"} | place)
    assert answer[2] == {"vatNumber": "NL01", "status": "Rejected"} | place


async def test_a_vat_number_that_is_too_long_is_answered_too(station: Station, peer: Peer) -> None:
    serve(peer, station, payment.REQUESTS)
    answer = await peer.says("VatNumberValidation", {"vatNumber": "NL" * 20}, odd=True)
    assert answer[2] == {"vatNumber": "NL" * 10, "status": "Rejected"}


async def test_a_swapped_battery_is_an_event(station: Station, peer: Peer, events: list[Event]) -> None:
    """S01, S02, S03."""
    serve(peer, station, payment.REQUESTS)
    batteries = [{"evseId": number, "serialNumber": f"B{number}", "soC": 80, "soH": 99} for number in (3, 4)]
    told = {
        "batteryData": batteries,
        "eventType": "BatteryIn",
        "idToken": {"idToken": "AABBCCDD", "type": "ISO14443"},
        "requestId": 5,
    }
    assert (await peer.says("BatterySwap", told))[2] == {}
    (event,) = events
    assert (event.kind, event.evse) == (Kind.BATTERY, 3)
    assert event.data == {"type": "BatteryIn", "request": 5, "token": "AABBCCDD", "batteries": "B3, B4"}


def test_a_swap_may_say_little(station: Station, events: list[Event]) -> None:
    assert payment.battery_swap(station, {"eventType": "BatteryOut"}, NOW) == {}
    assert (events[0].evse, events[0].data["token"], events[0].data["batteries"]) == (0, None, "")


def test_of_a_swap_of_endless_batteries_the_first_are_named(station: Station, events: list[Event]) -> None:
    batteries = [{"serialNumber": f"B{number}"} for number in range(1000)]
    payment.battery_swap(station, {"eventType": "BatteryIn", "batteryData": batteries}, NOW)
    assert events[0].data["batteries"] == ", ".join(f"B{number}" for number in range(payment.BATTERIES))


async def test_an_address_to_pay_at_is_offered_and_visited(station: Station, call: Caller) -> None:
    """C25.FR.01, C25.FR.07."""
    station.connect("2.1", Commands(Remote(station, call), Configuration(station, call)))
    with pytest.raises(Unsupported):
        await Payments(station, call).offer_web_payment("https://x.example/{chargingstationid}/{totp}/{version}")
    station.keep("web payment", {"template": "https://x.example/{chargingstationid}/{totp}/{version}", "secret": "s"})
    password = one_time_password("s", datetime.now(UTC).timestamp())
    assert Payments(station, call).visit(f"https://x.example/CP1/{password}/v1") == Visit()


async def test_somebody_pays_elsewhere(station: Station, call: Caller, peer: Peer) -> None:
    """C25.FR.21."""
    peer.answers["NotifyWebPaymentStarted"] = {}
    await Payments(station, call).web_payment_started(1, 60)
    assert peer.asked == [("NotifyWebPaymentStarted", {"evseId": 1, "timeout": 60})]


async def test_a_battery_is_asked_for(station: Station, call: Caller, peer: Peer) -> None:
    """S02.FR.01, S02.FR.02, S02.FR.04."""
    peer.answers["RequestBatterySwap"] = {"status": "Accepted"}
    assert await Payments(station, call).swap_battery(CARD) == 1
    asked = {"requestId": 1, "idToken": {"idToken": "AABBCCDD", "type": "ISO14443"}}
    assert peer.asked == [("RequestBatterySwap", asked)]
    peer.answers["RequestBatterySwap"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await Payments(station, call).swap_battery(CARD)


async def test_s02_fr_03_never_for_somebody_who_may_not_charge(station: Station, call: Caller, peer: Peer) -> None:
    """S02.FR.03."""
    station.settings = Settings(policy=Policy(Unknown.REFUSE))
    with pytest.raises(Refused, match="Invalid"):
        await Payments(station, call).swap_battery(CARD)
    assert peer.asked == []
