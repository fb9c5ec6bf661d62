"""OCPP 1.6, Reservation (OCPP 1.6 ed. 2 - 3.11, 5.1, 5.13)."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import Reservations
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
from tests.certification.stage import Dial, Diary, admit, books_agree, until
from tests.simulator import Hardware, Oddities, Station as Simulated

LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
MINE = Reservation(id=7, evse=1, token="CARD-1", until=LATER)


def reservations(garage: Station) -> Reservations:
    """The commands for reservations."""
    found = garage.require().reservations
    assert found is not None
    return found


async def hold(garage: Station, diary: Diary, reservation: Reservation = MINE) -> None:
    """Reserve the first EVSE and wait until the station says that it is."""
    await reservations(garage).reserve(reservation)
    assert garage.evse(1).reservation == reservation
    await until(lambda: diary.walk()[-1] == "Reserved")


async def test_tc_046_reservation_of_a_connector_transaction(
    station: Simulated, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    await hold(garage, diary)
    assert station.asked("ReserveNow") == [
        {
            "connectorId": 1,
            "expiryDate": LATER.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "idTag": "CARD-1",
            "reservationId": 7,
        }
    ]
    assert await station.present_card("CARD-2") == "Invalid"
    await station.start("CARD-1")
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reservation, recorded.token) == (7, "CARD-1")
    assert (garage.evse(1).transaction, garage.evse(1).reservation) == (recorded, None)
    assert diary.walk()[:2] == ["Available", "Reserved"]
    assert diary.walk()[-1] == "Charging"


async def test_tc_047_reservation_of_a_connector_expires(station: Simulated, garage: Station, diary: Diary) -> None:
    soon = Reservation(id=7, evse=1, token="CARD-1", until=station.clock.now() + timedelta(seconds=30))
    await hold(garage, diary, soon)
    await station.advance(31)
    assert diary.walk() == ["Available", "Reserved", "Available"]
    assert garage.evse(1).reservation is None
    assert await station.present_card("CARD-2") == "Accepted"


async def refusal(station: Simulated, garage: Station) -> str:
    """Reserve in vain; the station's word."""
    with pytest.raises(Refused) as refused:
        await reservations(garage).reserve(MINE)
    assert len(station.asked("ReserveNow")) == 1
    assert garage.evse(1).reservation is None
    assert garage.evse(1).status is not Status.RESERVED
    return refused.value.status


async def test_tc_048_1_reservation_faulted(station: Simulated, garage: Station) -> None:
    await station.fault()
    assert await refusal(station, garage) == "Faulted"


async def test_tc_048_2_reservation_occupied(station: Simulated, garage: Station) -> None:
    await station.plug_in()
    assert await refusal(station, garage) == "Occupied"


async def test_tc_048_3_reservation_unavailable(station: Simulated, garage: Station) -> None:
    assert await garage.require().remote.availability(1, operative=False)
    await until(lambda: garage.evse(1).status is Status.UNAVAILABLE)
    assert station.asked("ChangeAvailability") == [{"connectorId": 1, "type": "Inoperative"}]
    assert await refusal(station, garage) == "Unavailable"


async def test_tc_048_4_reservation_rejected(dial: Dial, garage: Station) -> None:
    station = await dial(oddities=Oddities(answers={"ReserveNow": {"status": "Rejected"}}))
    assert await refusal(station, garage) == "Rejected"


async def test_tc_049_reservation_of_the_charge_point(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await dial(hardware=Hardware(connectors=2))
    await reservations(garage).reserve(Reservation(id=8, evse=0, token="CARD-1", until=LATER))
    assert [(asked["connectorId"], asked["reservationId"]) for asked in station.asked("ReserveNow")] == [(0, 8)]
    assert [evse.reservation for evse in garage.evses.values()] == [None, None], "it is of no EVSE yet"
    await station.start("CARD-1", connector=2)
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reservation, recorded.evse) == (8, 2)
    assert garage.evse(2).transaction is recorded


async def test_tc_051_cancel_reservation(station: Simulated, garage: Station, diary: Diary) -> None:
    await hold(garage, diary)
    await reservations(garage).cancel(7)
    assert station.asked("CancelReservation") == [{"reservationId": 7}]
    assert garage.evse(1).reservation is None
    await until(lambda: diary.walk() == ["Available", "Reserved", "Available"])
    assert await station.present_card("CARD-2") == "Accepted"


async def test_tc_052_cancel_reservation_rejected(station: Simulated, garage: Station, diary: Diary) -> None:
    await hold(garage, diary)
    with pytest.raises(Refused) as refused:
        await reservations(garage).cancel(99)
    assert refused.value.status == "Rejected"
    assert station.asked("CancelReservation") == [{"reservationId": 99}]
    assert (garage.evse(1).reservation, garage.evse(1).status) == (MINE, Status.RESERVED)


async def test_tc_053_reservation_with_parent_id_tag(
    station: Simulated, garage: Station, central: Central, ledger: Ledger, diary: Diary
) -> None:
    admit(
        central,
        garage,
        **{
            "CARD-1": Verdict(Decision.ACCEPTED, group="FAMILY"),
            "CARD-2": Verdict(Decision.ACCEPTED, group="FAMILY"),
            "CARD-3": Verdict(Decision.ACCEPTED, group="OTHERS"),
        },
    )
    await hold(garage, diary, Reservation(id=9, evse=1, token="CARD-1", until=LATER, group="FAMILY"))
    assert station.asked("ReserveNow")[0]["parentIdTag"] == "FAMILY"
    assert await station.present_card("CARD-3") == "Invalid"
    assert (await ledger.transactions(), garage.evse(1).reservation is None) == ([], False)
    await station.start("CARD-2")
    answers = [one.answer for one in station.requests if one.action == "Authorize"]
    assert answers[-1] == {"idTagInfo": {"status": "Accepted", "parentIdTag": "FAMILY"}}
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reservation, recorded.token) == (9, "CARD-2")
    assert (garage.evse(1).transaction, garage.evse(1).reservation) == (recorded, None)
