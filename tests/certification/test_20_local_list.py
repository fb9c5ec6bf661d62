"""OCPP 2.0.1, Local Authorization List Management (OCPP 2.0.1 ed. 3 - D01, D02)."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.model.commands import LocalList
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
from tests.certification.stage import Dial
from tests.simulator import Station as Simulated

CARDS = {
    "04A1B2C3": Verdict(Decision.ACCEPTED, group="FAMILY", expires=datetime(2099, 12, 31, tzinfo=UTC)),
    "CARD-2": Verdict(Decision.BLOCKED),
}
ENTRIES = [
    {
        "idToken": {"idToken": "04A1B2C3", "type": "ISO14443"},
        "idTokenInfo": {
            "status": "Accepted",
            "cacheExpiryDateTime": "2099-12-31T00:00:00Z",
            "groupIdToken": {"idToken": "FAMILY", "type": "Central"},
        },
    },
    {"idToken": {"idToken": "CARD-2", "type": "Central"}, "idTokenInfo": {"status": "Blocked"}},
]


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1")


def listing(garage: Station) -> LocalList:
    """The commands for local lists."""
    local_list = garage.require().local_list
    assert local_list is not None
    return local_list


async def test_tc_d_01_send_local_list_full(station: Simulated, garage: Station) -> None:
    await listing(garage).send(3, CARDS)
    assert station.asked("SendLocalList") == [
        {"versionNumber": 3, "updateType": "Full", "localAuthorizationList": ENTRIES}
    ]
    await station.go_offline()
    assert await station.present_card("CARD-2") == "Invalid"
    assert await station.present_card("04A1B2C3") == "Accepted"
    await station.go_online()
    assert await listing(garage).version() == 3


async def test_tc_d_02_send_local_list_differential_update(station: Simulated, garage: Station) -> None:
    await listing(garage).send(1, CARDS)
    await listing(garage).send(2, {"CARD-3": Verdict(Decision.ACCEPTED)}, full=False)
    added = {"idToken": {"idToken": "CARD-3", "type": "Central"}, "idTokenInfo": {"status": "Accepted"}}
    assert station.asked("SendLocalList")[-1] == {
        "versionNumber": 2,
        "updateType": "Differential",
        "localAuthorizationList": [added],
    }
    assert (sorted(station.tags.listed), await listing(garage).version()) == (["04a1b2c3", "card-2", "card-3"], 2)
    with pytest.raises(Refused) as refusal:
        await listing(garage).send(2, {"CARD-2": None}, full=False)
    assert refusal.value.status == "VersionMismatch"


async def test_tc_d_03_send_local_list_differential_remove(station: Simulated, garage: Station) -> None:
    await listing(garage).send(1, CARDS)
    await listing(garage).send(2, {"04A1B2C3": None}, full=False)
    assert station.asked("SendLocalList")[-1] == {
        "versionNumber": 2,
        "updateType": "Differential",
        "localAuthorizationList": [{"idToken": {"idToken": "04A1B2C3", "type": "ISO14443"}}],
    }
    assert (sorted(station.tags.listed), await listing(garage).version()) == (["card-2"], 2)


async def test_tc_d_04_send_local_list_full_with_empty_list(station: Simulated, garage: Station) -> None:
    await listing(garage).send(1, CARDS)
    await listing(garage).send(2, {})
    assert station.asked("SendLocalList")[-1] == {"versionNumber": 2, "updateType": "Full"}
    assert (station.tags.listed, await listing(garage).version()) == ({}, 0)


async def test_tc_d_08_get_local_list_version(station: Simulated, garage: Station) -> None:
    await listing(garage).send(7, CARDS)
    assert await listing(garage).version() == 7
    assert station.asked("GetLocalListVersion") == [{}]


async def test_tc_d_09_get_local_list_version_no_list_available(station: Simulated, garage: Station) -> None:
    assert await listing(garage).version() == 0
    assert station.asked("GetLocalListVersion") == [{}]
