"""Which ways energy may take: the station's switch decides, or what was allowed for a transaction."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2 import authorization, v2x
from custom_components.ocpp_home.csms.v2.der import Grid
from tests.csms.peer import Peer
from tests.csms.stage import NOW
from tests.csms.v2.served import serve


def knows(station: Station, path: str, value: str) -> None:
    component, name = path.split(".")
    station.variables.put(Variable(VariableKey(component, name), value))


@pytest.fixture
def garage(station: Station) -> Station:
    """A station of 2.1 that can give energy back and is allowed to."""
    station.version = "2.1"
    knows(station, "ISO15118Ctrlr.Enabled", "true")
    knows(station, "V2XChargingCtrlr.Enabled", "true")
    knows(station, "V2XChargingCtrlr.SupportedEnergyTransferModes", "AC_three_phase,AC_BPT,by steam")
    return station


def charge(station: Station, number: str) -> None:
    station.evse(1).transaction = station.ledger.start(Opening("CP1", 1, 1, "CARD", NOW, 0.0, number))


def test_q01_fr_01_what_the_station_can_is_allowed(garage: Station) -> None:
    """Q01.FR.01; words nobody knows are not handed on."""
    assert v2x.told(garage) == {"allowedEnergyTransfer": ["AC_three_phase", "AC_BPT"]}


@pytest.mark.parametrize("known", [True, False])
async def test_whoever_may_charge_hears_how(garage: Station, peer: Peer, known: bool) -> None:
    """Q01.FR.01, Q01.FR.08: an answer to Authorize."""
    if not known:
        knows(garage, "V2XChargingCtrlr.SupportedEnergyTransferModes", "")
    serve(peer, garage, authorization.REQUESTS)
    answer = await peer.says("Authorize", {"idToken": {"idToken": "CARD", "type": "ISO14443"}})
    allowed = {"allowedEnergyTransfer": ["AC_three_phase", "AC_BPT"]} if known else {}
    assert answer[2] == {"idTokenInfo": {"status": "Accepted"}} | allowed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("V2XChargingCtrlr.Enabled", "false"),
        ("ISO15118Ctrlr.Enabled", "false"),
        ("V2XChargingCtrlr.SupportedEnergyTransferModes", ""),
    ],
)
def test_q01_fr_08_what_cannot_be_told_is_left_out(garage: Station, path: str, value: str) -> None:
    """Q01.FR.08, Q02.FR.03."""
    knows(garage, path, value)
    assert v2x.told(garage) == {}


def test_a_station_of_2_0_1_is_told_nothing_of_it(garage: Station) -> None:
    garage.version = "2.0.1"
    assert v2x.told(garage) == {}


@pytest.mark.parametrize(
    ("enabled", "transfer", "accepted"),
    [("true", "DC_BPT", True), ("false", "DC_BPT", False), ("", "DC_BPT", True), ("false", "DC", True)],
)
def test_the_switch_of_the_station_decides(station: Station, enabled: str, transfer: str, accepted: Any) -> None:
    knows(station, "V2XChargingCtrlr.Enabled", enabled)
    assert v2x.accepts(station, station.evse(1), transfer) is accepted


async def test_what_is_allowed_for_a_transaction_holds_for_that_one(garage: Station, call: Caller, peer: Peer) -> None:
    """Q02.FR.05."""
    peer.answers["NotifyAllowedEnergyTransfer"] = {"status": "Accepted"}
    evse = garage.evse(1)
    charge(garage, "tx-1")
    await Grid(garage, call).allow("tx-1", ["AC_three_phase"])
    await Grid(garage, call).allow("tx-of-nobody", ["AC_BPT"])
    assert [v2x.accepts(garage, evse, word) for word in ("AC_three_phase", "AC_BPT")] == [True, False]
    charge(garage, "tx-2")
    assert v2x.accepts(garage, evse, "AC_BPT")
    evse.transaction = None
    assert v2x.accepts(garage, evse, "AC_BPT")
