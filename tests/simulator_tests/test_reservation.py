"""Reservations for a group: whose card it is, the station finds out from the central system (OCPP 1.6 ed. 2 - 5.13)."""

from tests.simulator import Station
from tests.simulator_tests.central import Central

ASKED = {"connectorId": 1, "expiryDate": "2026-06-01T12:10:00Z", "idTag": "MINE", "reservationId": 9}


def of(group: str) -> dict[str, dict[str, str]]:
    return {"idTagInfo": {"status": "Accepted", "parentIdTag": group}}


async def test_a_card_of_the_group_redeems_the_reservation(station: Station, central: Central) -> None:
    await central.call("ReserveNow", ASKED | {"parentIdTag": "FAMILY"})
    central.script["Authorize"] = of("FAMILY")
    await station.start("OURS")
    assert central.of("StartTransaction")[0]["reservationId"] == 9


async def test_a_card_of_another_group_is_asked_for_once_and_kept_out(station: Station, central: Central) -> None:
    await central.call("ReserveNow", ASKED | {"parentIdTag": "FAMILY"})
    central.script["Authorize"] = of("OTHERS")
    assert await station.present_card("THEIRS") == "Invalid"
    assert await station.present_card("THEIRS") == "Invalid"
    assert central.of("Authorize") == [{"idTag": "THEIRS"}]


async def test_without_a_group_nobody_else_is_asked_for(station: Station, central: Central) -> None:
    await central.call("ReserveNow", ASKED)
    assert await station.present_card("THEIRS") == "Invalid"
    assert central.of("Authorize") == []
