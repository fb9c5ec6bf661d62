"""OCPP 1.6, Local Auth List Management (OCPP 1.6 ed. 2 - 3.5.2, 5.10, 5.15)."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.model.commands import LocalList
from custom_components.ocpp_home.csms.model.errors import Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
from tests.certification.stage import Dial
from tests.simulator import Oddities, Station as Simulated

WITHOUT_LISTS = {"SupportedFeatureProfiles": "Core"}
CARDS = {
    "CARD-1": Verdict(Decision.ACCEPTED, group="FAMILY", expires=datetime(2099, 12, 31, tzinfo=UTC)),
    "CARD-2": Verdict(Decision.BLOCKED),
}
ENTRIES = [
    {
        "idTag": "CARD-1",
        "idTagInfo": {"status": "Accepted", "parentIdTag": "FAMILY", "expiryDate": "2099-12-31T00:00:00Z"},
    },
    {"idTag": "CARD-2", "idTagInfo": {"status": "Blocked"}},
]


def listing(garage: Station) -> LocalList:
    """The commands for local lists, which every station has that did not say otherwise."""
    local_list = garage.require().local_list
    assert local_list is not None
    return local_list


async def test_tc_042_1_list_version_not_supported(dial: Dial, garage: Station) -> None:
    station = await dial(**WITHOUT_LISTS)
    with pytest.raises(Unsupported):
        await listing(garage).version()
    assert station.asked("GetLocalListVersion") == [{}]


async def test_tc_042_2_list_version_empty(station: Simulated, garage: Station) -> None:
    assert await listing(garage).version() == 0
    assert station.asked("GetLocalListVersion") == [{}]


async def test_tc_043_1_send_list_not_supported(dial: Dial, garage: Station) -> None:
    station = await dial(**WITHOUT_LISTS)
    with pytest.raises(Unsupported, match="NotSupported"):
        await listing(garage).send(1, CARDS)
    assert len(station.asked("SendLocalList")) == 1
    assert station.tags.listed == {}


async def test_tc_043_3_send_list_failed(dial: Dial, garage: Station) -> None:
    station = await dial(oddities=Oddities(answers={"SendLocalList": {"status": "Failed"}}))
    with pytest.raises(Refused) as refusal:
        await listing(garage).send(1, CARDS)
    assert refusal.value.status == "Failed"
    assert len(station.asked("SendLocalList")) == 1
    assert await listing(garage).version() == 0


async def test_tc_043_4_send_list_full(station: Simulated, garage: Station) -> None:
    await listing(garage).send(3, CARDS)
    assert station.asked("SendLocalList") == [
        {"listVersion": 3, "updateType": "Full", "localAuthorizationList": ENTRIES}
    ]
    assert await listing(garage).version() == 3
    await station.go_offline()
    assert await station.present_card("CARD-2") == "Invalid"
    assert await station.present_card("CARD-1") == "Accepted"
    await station.go_online()
    await listing(garage).send(4, {})
    assert station.asked("SendLocalList")[-1] == {"listVersion": 4, "updateType": "Full"}
    assert (station.tags.listed, await listing(garage).version()) == ({}, 0)


async def test_tc_043_5_send_list_differential(station: Simulated, garage: Station) -> None:
    await listing(garage).send(1, CARDS)
    changes = {"CARD-1": None, "CARD-3": Verdict(Decision.ACCEPTED)}
    await listing(garage).send(2, changes, full=False)
    assert station.asked("SendLocalList")[-1] == {
        "listVersion": 2,
        "updateType": "Differential",
        "localAuthorizationList": [{"idTag": "CARD-1"}, {"idTag": "CARD-3", "idTagInfo": {"status": "Accepted"}}],
    }
    assert (sorted(station.tags.listed), await listing(garage).version()) == (["card-2", "card-3"], 2)
    with pytest.raises(Refused) as refusal:
        await listing(garage).send(2, {"CARD-2": None}, full=False)
    assert refusal.value.status == "VersionMismatch"
    assert sorted(station.tags.listed) == ["card-2", "card-3"]
