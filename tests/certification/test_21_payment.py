"""OCPP 2.1, Ad hoc payment: terminals in the station and beside it, and QR codes (OCPP 2.1 ed. 1 - C17 to C25)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.blocks import Payments, Sessions, Visit
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.session_limit import SessionLimit
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token, TokenType
from custom_components.ocpp_home.csms.model.transaction import Transaction
from tests.certification.stage import Dial, Diary, ago, books_agree, until
from tests.simulator import Hardware, ManualClock, Station as Simulated, Terminal

PRICE = 0.40  # EUR per kWh
TEMPLATE = "https://pay.example/{chargingstationid}/{evse}/{totp}/{version}"
RECEIPTS = "https://receipts.example"


@pytest.fixture
async def station(dial: Dial, garage: Station) -> Simulated:
    """A station with a terminal, at which a kWh has its price."""
    station = await dial(version="2.1", hardware=Hardware(terminal=True), clock=ManualClock(ago(4000)))
    await garage.require().configuration.read()
    garage.cost = price
    return station


@pytest.fixture
def terminal(station: Simulated) -> Terminal:
    return Terminal(station)


def price(transaction: Transaction) -> float:
    """What a session costs."""
    return round((transaction.energy or 0.0) / 1000 * PRICE, 2)


def payments(garage: Station) -> Payments:
    """The commands for payments."""
    found = garage.require().payments
    assert found is not None
    return found


def sessions(garage: Station) -> Sessions:
    """The commands for sessions with a limit."""
    found = garage.require().sessions
    assert found is not None
    return found


async def set_up(garage: Station, **values: str) -> None:
    """Write variables of the terminal."""
    for name, value in values.items():
        await garage.require().configuration.write(f"PaymentCtrlr.{name}", value)


async def paid_for(station: Simulated, terminal: Terminal) -> Any:
    """A session that was paid for at the terminal and has ended."""
    await station.plug_in()
    assert await terminal.pay("psp-1") == "Accepted"
    await station.advance(1800)
    running = await station.stop()
    await station.unplug()
    return running


def answers(station: Simulated, kind: str) -> list[Any]:
    """The answers to the TransactionEvents of a kind."""
    told = [told for told in station.requests if told.action == "TransactionEvent"]
    return [one.answer for one in told if one.payload["eventType"] == kind]


# --- prepaid cards --------------------------------------------------------------------------------------------------
def household(central: Central, budget: float) -> None:
    """One card charges here, for so much in a month."""
    card = Card(Token("CARD-1", TokenType.ISO14443), cost_budget=budget)
    central.household.admit(Cards((card,)), Policy(Unknown.REFUSE))


async def test_tc_c_103_prepaid_card(station: Simulated, garage: Station, central: Central, ledger: Ledger) -> None:
    """C17.FR.01, C17.FR.03: the session ends where the money does, and the next one does not begin."""
    household(central, 2.0)
    await station.start()
    answer = next(told.answer for told in station.requests if told.action == "Authorize")
    assert answer is not None
    assert answer["idTokenInfo"]["status"] == "Accepted"
    assert datetime.fromisoformat(answer["idTokenInfo"]["cacheExpiryDateTime"]) <= datetime.now(UTC)
    assert answers(station, "Started")[0]["transactionLimit"] == {"maxCost": 2.0}
    await station.advance(1800)
    assert [one for one in answers(station, "Updated") if one and "transactionLimit" in one] == []
    await station.stop()
    await station.unplug()
    (recorded,) = await books_agree(ledger, station)
    assert 2.0 <= price(recorded) < 2.3
    await station.plug_in()
    assert await station.present_card("CARD-1") == "NoCredit"


async def test_tc_c_104_prepaid_card_without_credit(station: Simulated, central: Central, ledger: Ledger) -> None:
    """C17.FR.02."""
    household(central, 0.0)
    await station.plug_in()
    assert await station.present_card("CARD-1") == "NoCredit"
    (answer,) = [told.answer for told in station.requests if told.action == "Authorize"]
    assert answer is not None
    assert datetime.fromisoformat(answer["idTokenInfo"]["cacheExpiryDateTime"]) <= datetime.now(UTC)
    assert await books_agree(ledger, station) == []


# --- a terminal in the station --------------------------------------------------------------------------------------
async def test_tc_c_108_vat_number_validation(terminal: Terminal) -> None:
    """C18.FR.10: of the number and the EVSE that were asked about; nobody here can vouch for it (C18.FR.09)."""
    assert await terminal.check_vat("NL812345678B01", 1) == {
        "vatNumber": "NL812345678B01",
        "evseId": 1,
        "status": "Rejected",
    }
    assert await terminal.check_vat("NL812345678B01") == {"vatNumber": "NL812345678B01", "status": "Rejected"}


async def test_tc_c_113_cancelation_after_start(
    station: Simulated, terminal: Terminal, diary: Diary, ledger: Ledger
) -> None:
    """C20.FR.03, C20.FR.05."""
    await station.plug_in()
    assert await terminal.pay("psp-1") == "Accepted"
    assert station.told("Authorize")[-1]["idToken"] == {"idToken": "psp-1", "type": "DirectPayment"}
    assert await terminal.cancel() == {}
    (ended,) = answers(station, "Ended")
    assert ended["totalCost"] == 0
    (settled,) = diary.data(Kind.SETTLEMENT)
    assert (settled["status"], settled["amount"], settled["reference"]) == ("Canceled", 0.0, "psp-1")
    (recorded,) = await books_agree(ledger, station)
    assert settled["transaction"] == recorded.id


async def test_tc_c_117_settled_by_csms(
    station: Simulated, terminal: Terminal, garage: Station, diary: Diary, ledger: Ledger
) -> None:
    """C21.FR.05: what is to be settled is told with the end of the session, and the station settles nothing."""
    await set_up(garage, SettlementByCSMS="true", ReceiptByCSMS="true", ReceiptServerUrl=RECEIPTS)
    running = await paid_for(station, terminal)
    assert await terminal.settle(running, 1.0) is None
    assert station.told("NotifySettlement") == []
    (recorded,) = await books_agree(ledger, station)
    (ended,) = diary.data(Kind.SESSION_ENDED)
    assert (ended["token"], ended["energy"]) == ("psp-1", recorded.energy)
    assert answers(station, "Ended")[0]["totalCost"] == price(recorded) > 1
    assert station.configuration.text("PaymentCtrlr.ReceiptServerUrl") == RECEIPTS


async def test_tc_c_118_settled_by_the_station_receipt_by_csms(
    station: Simulated, terminal: Terminal, garage: Station, diary: Diary
) -> None:
    """C21.FR.02, C21.FR.03."""
    await set_up(garage, ReceiptByCSMS="true", ReceiptServerUrl=RECEIPTS)
    running = await paid_for(station, terminal)
    cost = answers(station, "Ended")[0]["totalCost"]
    assert await terminal.settle(running, cost) == {"receiptUrl": RECEIPTS}
    (settled,) = diary.data(Kind.SETTLEMENT)
    assert settled == {
        "status": "Settled",
        "amount": cost,
        "reference": "psp-1",
        "transaction": running.id,
        "receipt": None,
    }


async def unsettled(station: Simulated, terminal: Terminal, diary: Diary, status: str) -> None:
    """A bank does not pay; the owner hears of it, and there is no receipt."""
    running = await paid_for(station, terminal)
    assert await terminal.settle(running, 12.5, status) == {}
    (settled,) = diary.data(Kind.SETTLEMENT)
    assert (settled["status"], settled["amount"], settled["transaction"]) == (status, 12.5, running.id)
    assert settled["receipt"] is None


async def test_tc_c_119_settlement_failed(
    station: Simulated, terminal: Terminal, garage: Station, diary: Diary
) -> None:
    """C22: also where a receipt of ours would be told."""
    await set_up(garage, ReceiptByCSMS="true", ReceiptServerUrl=RECEIPTS)
    await unsettled(station, terminal, diary, "Failed")


async def test_tc_c_120_settlement_rejected(
    station: Simulated, terminal: Terminal, garage: Station, diary: Diary
) -> None:
    """C22."""
    await unsettled(station, terminal, diary, "Rejected")


# --- a terminal beside the station ----------------------------------------------------------------------------------
async def bought(station: Simulated, garage: Station, limit: SessionLimit, evse: int | None = 1) -> Any:
    """Somebody has paid elsewhere; the session that was begun for him (C24.FR.01, C25.FR.23)."""
    await station.plug_in()
    await sessions(garage).start(evse, Token("psp-7", TokenType.DIRECT_PAYMENT), limit)
    await until(lambda: station.connectors[1].transaction)
    await station.settle()
    asked = station.asked("RequestStartTransaction")[-1]
    assert asked["idToken"] == {"idToken": "psp-7", "type": "DirectPayment"}
    assert asked.get("evseId") == evse
    return station.connectors[1].transaction


def told_limits(station: Simulated) -> list[Any]:
    """The limits the station says it holds to."""
    events = [event["transactionInfo"] for event in station.told("TransactionEvent")]
    return [about["transactionLimit"] for about in events if "transactionLimit" in about]


async def test_tc_c_125_stand_alone_terminal_central_cost(
    station: Simulated, garage: Station, diary: Diary, ledger: Ledger
) -> None:
    """C24.FR.01, C24.FR.02; what is to be settled (C24.FR.10) is told with the end of the session."""
    running = await bought(station, garage, SessionLimit(cost=20))
    assert answers(station, "Started")[0]["transactionLimit"] == {"maxCost": 20}
    await station.advance(600)
    assert told_limits(station) == [{"maxCost": 20}]
    await station.stop()
    await station.unplug()
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.id, recorded.token) == (running.id, "psp-7")
    assert answers(station, "Ended")[0]["totalCost"] == price(recorded) > 0
    assert diary.data(Kind.SESSION_ENDED)[0]["token"] == "psp-7"


async def test_tc_c_126_stand_alone_terminal_local_cost(station: Simulated, garage: Station, ledger: Ledger) -> None:
    """C24.FR.02: the station reckons the cost; no other is told, for nobody here knows it."""
    garage.cost = None
    assert garage.variables.flag("Enabled", "TariffCostCtrlr", instance="Tariff") is True
    await bought(station, garage, SessionLimit(cost=20))
    assert answers(station, "Started")[0]["transactionLimit"] == {"maxCost": 20}
    await station.advance(600)
    await station.stop()
    await station.unplug()
    (recorded,) = await books_agree(ledger, station)
    assert recorded.energy is not None
    assert "totalCost" not in answers(station, "Ended")[0]


# --- QR codes -------------------------------------------------------------------------------------------------------
async def test_tc_c_131_qr_code(station: Simulated, terminal: Terminal, garage: Station, ledger: Ledger) -> None:
    """C25.FR.07, C25.FR.09, C25.FR.21, C25.FR.23, C25.FR.24, C25.FR.59."""
    await payments(garage).offer_web_payment(TEMPLATE)
    visit = payments(garage).visit(terminal.address(1, maxenergy=2000))
    assert visit == Visit(1, SessionLimit(energy=2000))
    assert visit.evse is not None
    await payments(garage).web_payment_started(visit.evse, 120)
    assert station.asked("NotifyWebPaymentStarted") == [{"evseId": 1, "timeout": 120}]
    await bought(station, garage, SessionLimit(cost=20, energy=visit.limit.energy), visit.evse)
    assert answers(station, "Started")[0]["transactionLimit"] == {"maxCost": 20, "maxEnergy": 2000}
    await station.advance(1800)
    running = station.record[0]
    assert 2000 <= station.connectors[1].meter.register - running.meter_start < 2100, "no more than was paid for"
    await station.stop()
    await station.unplug()
    (recorded,) = await books_agree(ledger, station)
    assert recorded.token == "psp-7"


async def test_tc_c_132_qr_code_with_invalid_parameters(
    station: Simulated, terminal: Terminal, garage: Station
) -> None:
    """C25.FR.09: nobody is sent on to pay, and the station hears of nothing."""
    await payments(garage).offer_web_payment(TEMPLATE)
    good = terminal.address(1)
    wrong = [good.replace("Garage", "Cellar"), terminal.address(9), terminal.address(1, maxenergy="lots"), good[:-3]]
    for url in wrong:
        with pytest.raises(Invalid):
            payments(garage).visit(url)
    assert payments(garage).visit(good) == Visit(1)
    assert not {"NotifyWebPaymentStarted", "RequestStartTransaction"} & set(station.asked())


async def test_tc_c_133_qr_code_with_invalid_totp(station: Simulated, terminal: Terminal, garage: Station) -> None:
    """C25.FR.07, C25.FR.08: what was photographed an hour ago, or made up, is not valid."""
    await payments(garage).offer_web_payment(TEMPLATE)
    assert payments(garage).visit(terminal.address(1, late=-30)) == Visit(1)
    for url in (terminal.address(1, late=-3600), "https://pay.example/Garage/1/aaaaaaaa/v1"):
        with pytest.raises(Refused) as refusal:
            payments(garage).visit(url)
        assert refusal.value.status == "InvalidTotp"
    assert not {"NotifyWebPaymentStarted", "RequestStartTransaction"} & set(station.asked())
