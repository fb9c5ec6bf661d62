"""OCPP 2.0.1, Authorization: a master pass at a station with a display (OCPP 2.0.1 ed. 3 - C16)."""

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
from tests.certification.stage import NAME, Dial, admit, ago, books_agree
from tests.simulator import Hardware, ManualClock, Station as Simulated

MASTER = {"AuthCtrlr.MasterPassGroupId": "MASTER"}


@pytest.fixture
async def station(dial: Dial, central: Central, garage: Station) -> Simulated:
    """A station where two cars are charging, and somebody comes with a master pass."""
    station = await dial(version="2.0.1", hardware=Hardware(evses=2), clock=ManualClock(ago(300)), **MASTER)
    listed = {tag: Verdict(Decision.ACCEPTED, group="FAMILY") for tag in ("CARD-1", "CARD-2")}
    admit(central, garage, CHIEF=Verdict(Decision.ACCEPTED, group="MASTER"), **listed)
    await station.start("CARD-1", 1)
    await station.start("CARD-2", 2)
    await station.advance(30)
    return station


def ends(station: Simulated) -> list[tuple[str, str, str]]:
    """Of the transactions that ended: which, why, and by whom."""
    told = [event for event in station.told("TransactionEvent") if event["eventType"] == "Ended"]
    about = [(event["transactionInfo"], event["idToken"]["idToken"]) for event in told]
    return [(info["transactionId"], info["stoppedReason"], card) for info, card in about]


async def test_tc_c_47_stop_with_master_pass_with_ui_all(station: Simulated, garage: Station, ledger: Ledger) -> None:
    assert await station.choose_with_master_pass("CHIEF") == "Accepted"
    recorded = await books_agree(ledger, station)
    assert ends(station) == [(known.id, "MasterPass", "CHIEF") for known in recorded]
    assert [(known.reason, known.stop_token, known.token) for known in recorded] == [
        ("MasterPass", "CHIEF", "CARD-1"),
        ("MasterPass", "CHIEF", "CARD-2"),
    ]
    assert [evse.transaction for evse in garage.evses.values()] == [None, None]


async def test_tc_c_48_stop_with_master_pass_with_ui_specific(
    station: Simulated, garage: Station, ledger: Ledger
) -> None:
    assert await station.choose_with_master_pass("CHIEF", 2) == "Accepted"
    await station.settle()
    second, first = await ledger.transactions(NAME)
    assert ends(station) == [(second.id, "MasterPass", "CHIEF")]
    assert (second.reason, second.stop_token, second.energy) == ("MasterPass", "CHIEF", station.record[1].energy)
    assert (first.active, first.token) == (True, "CARD-1")
    assert [evse.transaction for evse in garage.evses.values()] == [first, None]
