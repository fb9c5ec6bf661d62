"""What a start by command brings along is remembered until its transaction comes (OCPP 2.1 ed. 1 - F07)."""

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.starts import KEPT, expect, redeem


def test_it_is_redeemed_once(station: Station) -> None:
    expect(station, 7, {"limit": {"energy": 5}})
    expect(station, 8, {"limit": {"time": 60}})
    expect(station, 7, {"profile": {"id": 1}})
    assert redeem(station, 7) == {"limit": {"energy": 5}, "profile": {"id": 1}}
    assert redeem(station, 7) == {}
    assert redeem(station, None) == {}
    assert redeem(station, 8) == {"limit": {"time": 60}}


def test_it_outlives_a_restart(station: Station, ledger: Ledger) -> None:
    expect(station, 7, {"limit": {"energy": 5}})
    assert redeem(Station("CP1", ledger), 7) == {"limit": {"energy": 5}}


def test_starts_of_which_nothing_came_are_forgotten(station: Station) -> None:
    for number in range(KEPT + 1):
        expect(station, number, {"limit": {"energy": number}})
    assert redeem(station, 0) == {}
    assert redeem(station, KEPT) == {"limit": {"energy": KEPT}}
