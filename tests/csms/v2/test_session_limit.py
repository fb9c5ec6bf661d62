"""What a session may come to: stated, told in an answer, confirmed by the station (OCPP 2.1 ed. 1 - E16, F07)."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.admission import Policy
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.price import Price, Pricing
from custom_components.ocpp_home.csms.model.session_limit import LIFTED, NO_LIMIT, SessionLimit, SessionLimits
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2 import session_limit
from custom_components.ocpp_home.csms.v2.remote import Remote
from custom_components.ocpp_home.csms.v2.session_limit import REMEMBERED, Sessions
from tests.csms.peer import Peer
from tests.csms.stage import NOW

EVERY = "maxCost,maxEnergy,maxTime,maxSoC"
TRIGGER = ("TriggerMessage", {"requestedMessage": "TransactionEvent", "evse": {"id": 1}})


@pytest.fixture
def running(station: Station) -> Transaction:
    """A session at a station that holds to every limit and whose cost is known."""
    supports(station, EVERY)
    station.cost = lambda transaction: 1.5
    station.evse(1).transaction = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOW, 0.0, "t1"))
    return station.ledger.active("CP1")[0]


@pytest.fixture
def sessions(station: Station, call: Caller, peer: Peer) -> Sessions:
    peer.answers["TriggerMessage"] = {"status": "Accepted"}
    return Sessions(station, call, Remote(station, call))


def supports(station: Station, words: str) -> None:
    station.variables.put(Variable(VariableKey("TxCtrlr", "SupportedLimits"), words))


def event(seq: int = 1, why: str = "Trigger", state: str = "", **limit: float) -> dict[str, Any]:
    about: dict[str, Any] = {"transactionId": "t1"} | ({"transactionLimit": limit} if limit else {})
    about |= {"chargingState": state} if state else {}
    return {"seqNo": seq, "triggerReason": why, "transactionInfo": about}


# --- by command -----------------------------------------------------------------------------------------------------


async def test_a_limit_is_stated_and_a_message_asked_for_whose_answer_tells_it(
    station: Station, running: Transaction, sessions: Sessions, peer: Peer
) -> None:
    """E16.FR.02."""
    seen: list[object] = []
    station.subscribe(seen.append)
    await sessions.limit("t1", SessionLimit(5, 1000, 3600, 80))
    assert peer.asked == [TRIGGER]
    assert seen == [station.evse(1)]
    told = {"maxCost": 5, "maxEnergy": 1000, "maxTime": 3600, "maxSoC": 80}
    assert session_limit.tell(station, running, event(1)) == {"transactionLimit": told}
    assert session_limit.tell(station, running, event(2)) == {}


@pytest.mark.parametrize("answer", [{"status": "Rejected"}, {"status": "NotImplemented"}])
async def test_a_station_that_does_not_let_itself_be_asked_is_told_all_the_same(
    station: Station, running: Transaction, sessions: Sessions, peer: Peer, answer: dict[str, str]
) -> None:
    peer.answers["TriggerMessage"] = answer
    await sessions.limit("t1", SessionLimit(energy=1000))
    assert session_limit.tell(station, running, event()) == {"transactionLimit": {"maxEnergy": 1000}}


async def test_a_session_whose_place_is_not_known_is_asked_for_without(
    station: Station, running: Transaction, sessions: Sessions, peer: Peer
) -> None:
    station.ledger.start(Opening("CP1", 0, 1, "CARD", NOW, 0.0, "t2"))
    await sessions.limit("t2", SessionLimit(energy=1000))
    assert peer.asked == [("TriggerMessage", {"requestedMessage": "TransactionEvent"})]


@pytest.mark.parametrize("reported", ["", "maxTime", "maxLength, maxSoC"])
async def test_what_the_station_does_not_support_is_not_pretended(
    station: Station, running: Transaction, sessions: Sessions, peer: Peer, reported: str
) -> None:
    """E16.FR.12."""
    supports(station, reported)
    with pytest.raises(Unsupported, match="energy"):
        await sessions.limit("t1", SessionLimit(energy=1000))
    assert sessions.supported == {"": set(), "maxTime": {"time"}}.get(reported, {"time", "soc"})
    assert (peer.asked, session_limit.tell(station, running, event())) == ([], {})


@pytest.mark.parametrize(
    "limit", [SessionLimit(energy=-1), SessionLimit(soc=101), SessionLimit(cost=float("nan")), SessionLimit(time=-5)]
)
async def test_what_is_no_limit_is_not_sent(running: Transaction, sessions: Sessions, limit: SessionLimit) -> None:
    with pytest.raises(Invalid, match="number"):
        await sessions.limit("t1", limit)


async def test_a_session_that_does_not_run_is_not_limited(
    station: Station, running: Transaction, sessions: Sessions
) -> None:
    with pytest.raises(Invalid, match="t9"):
        await sessions.limit("t9", SessionLimit(energy=1))
    station.ledger.stop(running, Closing(NOW, 1))
    with pytest.raises(Invalid, match="t1"):
        await sessions.limit("t1", SessionLimit(energy=1))


async def test_a_cost_nobody_tells_is_no_limit(station: Station, running: Transaction, sessions: Sessions) -> None:
    """E16.FR.11: who limits the cost tells it, unless the station reckons it itself."""
    station.cost = lambda transaction: None
    with pytest.raises(Invalid, match="costs"):
        await sessions.limit("t1", SessionLimit(cost=5))
    with pytest.raises(Invalid, match="costs"):
        await sessions.start(1, Token("CARD"), SessionLimit(cost=5))
    station.variables.put(Variable(VariableKey("TariffCostCtrlr", "Enabled", instance="Tariff"), "true"))
    await sessions.limit("t1", SessionLimit(cost=5))
    assert session_limit.tell(station, running, event()) == {"transactionLimit": {"maxCost": 5}}


async def test_where_the_household_has_a_price_a_start_may_be_limited_by_cost(
    station: Station, sessions: Sessions, peer: Peer
) -> None:
    supports(station, EVERY)
    station.household.pricing = Pricing(Price.of(NOW, "EUR", "0.30"))
    peer.answers["RequestStartTransaction"] = {"status": "Accepted"}
    await sessions.start(1, Token("CARD"), SessionLimit(cost=5))
    assert len(peer.told("RequestStartTransaction")) == 1


async def test_f07_fr_01_a_start_with_limits_is_asked_for(
    station: Station, running: Transaction, sessions: Sessions, peer: Peer
) -> None:
    """F07.FR.01."""
    peer.answers["RequestStartTransaction"] = {"status": "Accepted"}
    await sessions.start(2, Token("CARD"), SessionLimit(energy=1000))
    [asked] = peer.told("RequestStartTransaction")
    assert asked == {"remoteStartId": 1, "evseId": 2, "idToken": {"idToken": "CARD", "type": "Central"}}
    assert session_limit.starts.redeem(station, 1) == {"limit": {"energy": 1000}}


async def test_a_start_that_is_refused_leaves_no_limit(
    station: Station, running: Transaction, sessions: Sessions, peer: Peer
) -> None:
    peer.answers["RequestStartTransaction"] = {"status": "Rejected"}
    with pytest.raises(Refused):
        await sessions.start(2, Token("CARD"), SessionLimit(energy=1000))
    assert session_limit.starts.redeem(station, 1) == {}
    with pytest.raises(Invalid):
        await sessions.start(2, Token("CARD"), SessionLimit(soc=200))


# --- what the station says ------------------------------------------------------------------------------------------


def test_what_the_station_says_is_a_fact(station: Station, running: Transaction) -> None:
    """E16.FR.01."""
    assert session_limit.hear(station, running, event(1, "LimitSet", maxEnergy=1000))
    assert session_limit.hear(station, running, event(2, "LimitSet", maxTime=60, maxSoC=80))
    assert not session_limit.hear(station, running, event(3))
    limits = station.session_limits["t1"]
    assert (limits.reported, limits.wished) == (SessionLimit(None, 1000, 60, 80), NO_LIMIT)
    assert session_limit.tell(station, running, event(3)) == {}


@pytest.mark.parametrize("name", ["cost", "energy", "time", "soc"])
def test_which_limit_has_stopped_the_energy_is_known_until_it_flows_again(
    station: Station, running: Transaction, name: str
) -> None:
    word = {"soc": "SoC"}.get(name, name.capitalize())
    assert session_limit.hear(station, running, event(1, f"{word}LimitReached", "SuspendedEVSE"))
    assert station.session_limits["t1"].reached == name
    session_limit.hear(station, running, event(2))
    assert station.session_limits["t1"].reached == name
    session_limit.hear(station, running, event(3, "ChargingStateChanged", "Charging"))
    assert station.session_limits["t1"].reached is None


def test_e16_fr_08_a_lower_limit_of_the_driver_stays(station: Station, running: Transaction) -> None:
    """E16.FR.08."""
    session_limit.wish(station, running, SessionLimit(energy=1000))
    session_limit.hear(station, running, event(1, "LimitSet", maxEnergy=800))
    assert session_limit.tell(station, running, event(1)) == {}
    session_limit.hear(station, running, event(2, "LimitSet", maxEnergy=1200))
    assert session_limit.tell(station, running, event(2)) == {"transactionLimit": {"maxEnergy": 1000}}


def test_a_limit_is_lifted_by_one_that_does_not_matter(station: Station, running: Transaction) -> None:
    """E16.FR.17."""
    session_limit.wish(station, running, SessionLimit(energy=1000, time=60))
    session_limit.tell(station, running, event(1))
    session_limit.wish(station, running, SessionLimit(time=60))
    assert session_limit.tell(station, running, event(2)) == {"transactionLimit": {"maxEnergy": LIFTED.energy}}
    assert session_limit.tell(station, running, event(3)) == {}


def test_an_answer_that_was_lost_is_given_again(station: Station, running: Transaction) -> None:
    session_limit.wish(station, running, SessionLimit(energy=1000))
    first = session_limit.tell(station, running, event(1))
    assert session_limit.tell(station, running, event(1)) == first == {"transactionLimit": {"maxEnergy": 1000}}
    session_limit.wish(station, running, SessionLimit(energy=1000, soc=80))
    both = {"transactionLimit": {"maxEnergy": 1000, "maxSoC": 80}}
    assert session_limit.tell(station, running, event(1)) == both
    assert session_limit.tell(station, running, {"seqNo": None}) == {}


# --- over time ------------------------------------------------------------------------------------------------------


def test_limits_outlive_a_restart(station: Station, running: Transaction, ledger: Ledger) -> None:
    session_limit.wish(station, running, SessionLimit(energy=1000, soc=80))
    session_limit.tell(station, running, event(4))
    session_limit.hear(station, running, event(5, "LimitSet", maxEnergy=1000))
    later = Station("CP1", ledger)
    supports(later, EVERY)
    limits = SessionLimit(energy=1000, soc=80)
    assert session_limit.limits_of(later, running) == SessionLimits(limits, limits, 4, SessionLimit(energy=1000))
    assert session_limit.tell(later, running, event(6)) == {}


def test_a_wish_that_was_taken_back_is_not_remembered(station: Station, running: Transaction, ledger: Ledger) -> None:
    session_limit.wish(station, running, SessionLimit(energy=1000))
    session_limit.wish(station, running, NO_LIMIT)
    assert session_limit.limits_of(Station("CP1", ledger), running) == SessionLimits()


def test_with_the_session_its_limits_end(station: Station, running: Transaction, ledger: Ledger) -> None:
    session_limit.wish(station, running, SessionLimit(energy=1000))
    station.ledger.stop(running, Closing(NOW, 1))
    assert not session_limit.hear(station, running, event(1, "EnergyLimitReached"))
    assert session_limit.tell(station, running, event(1)) == {}
    assert (station.session_limits, ledger.recall("CP1", "session_limit/1")) == ({}, None)


def test_a_late_message_of_an_old_session_leaves_the_limits_of_the_new_one(
    station: Station, running: Transaction, ledger: Ledger
) -> None:
    station.ledger.stop(running, Closing(NOW, 1))
    new = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOW, 0.0, "t2"))
    session_limit.wish(station, new, SessionLimit(energy=1000))
    session_limit.hear(station, running, event(9))
    assert session_limit.limits_of(Station("CP1", ledger), new).wished == SessionLimit(energy=1000)


def test_limits_of_a_place_that_is_not_known_yet_are_noted(station: Station) -> None:
    supports(station, EVERY)
    nowhere = station.ledger.start(Opening("CP1", 0, 1, "CARD", NOW, 0.0, "t0"))
    session_limit.wish(station, nowhere, session_limit.recalled({"soc": 80.0}))
    assert session_limit.tell(station, nowhere, event()) == {"transactionLimit": {"maxSoC": 80}}


def test_only_the_newest_sessions_are_remembered(station: Station) -> None:
    for number in range(REMEMBERED + 1):
        one = station.ledger.start(Opening("CP1", number, 1, "CARD", NOW, 0.0, f"t{number}"))
        session_limit.limits_of(station, one)
    assert (len(station.session_limits), "t0" in station.session_limits) == (REMEMBERED, False)


# --- by the budget of a card ----------------------------------------------------------------------------------------


def budgeted(station: Station, *, energy: float | None = None, cost: float | None = None) -> None:
    card = Card(Token("CARD"), energy_budget=energy, cost_budget=cost)
    station.household.admit(Cards((card,)), Policy())


def test_a_session_is_limited_to_what_is_left_on_its_card_once(station: Station, running: Transaction) -> None:
    """C17.FR.03."""
    budgeted(station, energy=9000, cost=12)
    told = {"maxCost": 12, "maxEnergy": 9000}
    assert session_limit.tell(station, running, event(1)) == {"transactionLimit": told}
    budgeted(station, energy=5000, cost=8)
    assert session_limit.tell(station, running, event(2)) == {}


async def test_what_somebody_wishes_goes_before_the_budget(
    station: Station, running: Transaction, sessions: Sessions
) -> None:
    budgeted(station, energy=9000)
    await sessions.limit("t1", SessionLimit(energy=20_000))
    assert session_limit.tell(station, running, event(1)) == {"transactionLimit": {"maxEnergy": 20_000}}


def test_where_nobody_tells_the_cost_only_the_energy_is_limited(station: Station, running: Transaction) -> None:
    """E16.FR.11."""
    station.cost = None
    budgeted(station, energy=9000, cost=12)
    assert session_limit.tell(station, running, event(1)) == {"transactionLimit": {"maxEnergy": 9000}}


def test_without_a_card_there_is_no_budget(station: Station) -> None:
    supports(station, EVERY)
    budgeted(station, energy=9000)
    nobodys = station.ledger.start(Opening("CP1", 1, 1, None, NOW, 0.0, "t1"))
    assert session_limit.tell(station, nobodys, event(1)) == {}
