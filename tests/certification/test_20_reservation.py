"""OCPP 2.0.1, Reservation (OCPP 2.0.1 ed. 3 - H01 to H04)."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import Reservations
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, TokenType, Verdict
from tests.certification.stage import Dial, Diary, admit, ago, books_agree, until
from tests.simulator import Hardware, ManualClock, Station as Simulated
from tests.simulator.clock import stamp

LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
MINE = Reservation(id=7, evse=1, token="CARD-1", until=LATER, type=TokenType.ISO14443)


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1")


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


async def test_tc_h_01_reserve_a_specific_evse_accepted(
    station: Simulated, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    await hold(garage, diary)
    assert station.asked("ReserveNow") == [
        {
            "id": 7,
            "evseId": 1,
            "expiryDateTime": LATER.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "idToken": {"idToken": "CARD-1", "type": "ISO14443"},
        }
    ]
    assert await station.present_card("CARD-2") == "Invalid"
    await station.start("CARD-1")
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reservation, recorded.token) == (7, "CARD-1")
    assert (garage.evse(1).transaction, garage.evse(1).reservation) == (recorded, None)


async def test_tc_h_07_reservation_ended_not_used(dial: Dial, garage: Station, diary: Diary) -> None:
    station = await dial(version="2.0.1", clock=ManualClock(ago(0)))
    soon = station.clock.now() + timedelta(seconds=30)
    await hold(garage, diary, Reservation(id=7, evse=1, token="CARD-1", until=soon))
    await station.advance(31)
    await until(lambda: diary.data(Kind.RESERVATION))
    assert station.told("ReservationStatusUpdate") == [{"reservationId": 7, "reservationUpdateStatus": "Expired"}]
    assert diary.data(Kind.RESERVATION) == [{"reservation": 7, "status": "Expired"}]
    assert garage.evse(1).reservation is None
    await until(lambda: diary.walk() == ["Available", "Reserved", "Available"])


async def test_tc_h_08_reserve_an_unspecified_evse(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await dial(version="2.0.1", hardware=Hardware(evses=2))
    await reservations(garage).reserve(Reservation(id=8, evse=0, token="CARD-1", until=LATER))
    (asked,) = station.asked("ReserveNow")
    assert (asked["id"], "evseId" in asked) == (8, False)
    assert [evse.reservation for evse in garage.evses.values()] == [None, None], "it is of no EVSE yet"
    await station.start("CARD-1", connector=2)
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reservation, recorded.evse) == (8, 2)


async def test_tc_h_14_as_many_reservations_as_evses(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await reservations(garage).reserve(Reservation(id=8, evse=0, token="CARD-1", until=LATER))
    assert "evseId" not in station.asked("ReserveNow")[0]
    kept = {"connectorStatus": "Reserved", "evseId": 1, "connectorId": 1, "timestamp": stamp(station.clock.now())}
    assert await station.send("StatusNotification", kept) == {}
    assert garage.evse(1).status is Status.RESERVED, "the only EVSE is kept"
    assert await ledger.transactions() == []
    await station.start("CARD-1")
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reservation, recorded.token) == (8, "CARD-1")


async def test_tc_h_15_reserve_a_connector_with_a_specific_type(station: Simulated, garage: Station) -> None:
    wanted = Reservation(id=8, evse=0, token="CARD-1", until=LATER, connector_type="cType2")
    await reservations(garage).reserve(wanted)
    (asked,) = station.asked("ReserveNow")
    assert (asked["connectorType"], "evseId" in asked) == ("cType2", False)


async def test_tc_h_17_cancel_reservation(station: Simulated, garage: Station, diary: Diary) -> None:
    await hold(garage, diary)
    await reservations(garage).cancel(7)
    assert station.asked("CancelReservation") == [{"reservationId": 7}]
    assert garage.evse(1).reservation is None
    await until(lambda: diary.walk() == ["Available", "Reserved", "Available"])
    assert await station.present_card("CARD-2") == "Accepted"


async def test_tc_h_19_use_a_reserved_evse_with_group_id(
    station: Simulated, garage: Station, central: Central, ledger: Ledger, diary: Diary
) -> None:
    family = Verdict(Decision.ACCEPTED, group="FAMILY")
    other = Verdict(Decision.ACCEPTED, group="OTHERS")
    admit(central, garage, **{"CARD-1": family, "CARD-2": family, "CARD-3": other})
    await hold(garage, diary, Reservation(id=9, evse=1, token="CARD-1", until=LATER, group="FAMILY"))
    assert station.asked("ReserveNow")[0]["groupIdToken"] == {"idToken": "FAMILY", "type": "Central"}
    assert await station.present_card("CARD-3") == "Invalid"
    assert (await ledger.transactions(), garage.evse(1).reservation is None) == ([], False)
    await station.start("CARD-2")
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reservation, recorded.token) == (9, "CARD-2")
    assert garage.evse(1).reservation is None


async def test_tc_h_20_reservation_is_cancelled_when_faulted(station: Simulated, garage: Station, diary: Diary) -> None:
    await hold(garage, diary)
    await station.fault()
    assert station.told("ReservationStatusUpdate") == [{"reservationId": 7, "reservationUpdateStatus": "Removed"}]
    assert diary.data(Kind.RESERVATION) == [{"reservation": 7, "status": "Removed"}]
    assert (garage.evse(1).reservation, garage.evse(1).status) == (None, Status.FAULTED)


async def test_tc_h_22_configured_to_reject(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1", **{"ReservationCtrlr.Enabled": "false"})
    with pytest.raises(Refused) as refused:
        await reservations(garage).reserve(MINE)
    assert refused.value.status == "Rejected"
    assert len(station.asked("ReserveNow")) == 1
    assert garage.evse(1).reservation is None
