"""OCPP 2.0.1, Transactions: where they start and where they stop (OCPP 2.0.1 ed. 3 - E01 to E07, E09, E10, E15)."""

from typing import Any

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
from custom_components.ocpp_home.csms.model.transaction import Transaction
from tests.certification.stage import NAME, Dial, Diary, admit, ago, books_agree, until
from tests.simulator import ManualClock, Station as Simulated
from tests.simulator.car import Car

CABLE, CARD = "CablePluggedIn", "Authorized"


async def points(dial: Dial, start: str = "PowerPathClosed", stop: str = "Authorized", **keys: str) -> Simulated:
    """A station whose transactions start and stop at these points."""
    return await dial(
        version="2.0.1",
        clock=ManualClock(ago(300)),
        **{"TxCtrlr.TxStartPoint": start, "TxCtrlr.TxStopPoint": stop} | keys,
    )


def events(station: Simulated) -> list[Any]:
    """The TransactionEvents that were told, in order."""
    return station.told("TransactionEvent")


def told(station: Simulated) -> list[tuple[str, str]]:
    """What kind of event was told, and why."""
    return [(event["eventType"], event["triggerReason"]) for event in events(station)]


async def one(station: Simulated, garage: Station, ledger: Ledger, *, active: bool) -> Transaction:
    """The only transaction, as everybody has it."""
    await station.settle()
    if active:
        (recorded,), (own,) = await ledger.transactions(NAME), station.record
        known = (recorded.id, recorded.evse, recorded.started, recorded.meter_start, recorded.token)
        assert known == (str(own.id), 1, own.started, own.meter_start, own.id_tag or None)
    else:
        (recorded,) = await books_agree(ledger, station)
    assert (recorded.active, recorded.orphan) == (active, False)
    assert garage.evse(1).transaction is (recorded if active else None)
    assert [event["seqNo"] for event in events(station)] == list(range(len(events(station))))
    return recorded


async def starts_with_both(station: Simulated, garage: Station, ledger: Ledger) -> None:
    """A transaction starts when there are cable and card, not before."""
    await station.plug_in()
    assert events(station) == []
    assert await station.present_card("CARD-1") == "Accepted"
    assert (await one(station, garage, ledger, active=True)).token == "CARD-1"
    assert told(station)[0] == ("Started", CARD)


async def starts_with_cable(station: Simulated, garage: Station, ledger: Ledger) -> None:
    """A transaction starts with the cable, and the card is told later."""
    await station.plug_in()
    assert (await one(station, garage, ledger, active=True)).token is None
    assert told(station)[0] == ("Started", CABLE)
    assert await station.present_card("CARD-1") == "Accepted"
    assert (await one(station, garage, ledger, active=True)).token == "CARD-1"
    assert ("Updated", CARD) in told(station)


async def test_tc_e_01_start_power_path_closed(dial: Dial, garage: Station, ledger: Ledger) -> None:
    await starts_with_both(await points(dial, "PowerPathClosed"), garage, ledger)


async def test_tc_e_02_start_energy_transfer(dial: Dial, garage: Station, ledger: Ledger) -> None:
    await starts_with_both(await points(dial, "EnergyTransfer"), garage, ledger)


async def test_tc_e_03_cable_plugin_first(dial: Dial, garage: Station, ledger: Ledger, diary: Diary) -> None:
    await starts_with_both(await points(dial), garage, ledger)
    assert diary.walk() == ["Available", "Preparing", "Charging"]


async def test_tc_e_04_authorization_first(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await points(dial)
    assert await station.present_card("CARD-1") == "Accepted"
    assert events(station) == []
    await station.plug_in()
    assert (await one(station, garage, ledger, active=True)).token == "CARD-1"
    assert told(station)[0] == ("Started", CABLE)


async def test_tc_e_09_start_ev_connected(dial: Dial, garage: Station, ledger: Ledger) -> None:
    await starts_with_cable(await points(dial, "EVConnected"), garage, ledger)


async def test_tc_e_10_start_authorized_local(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await points(dial, "Authorized")
    assert await station.present_card("CARD-1") == "Accepted"
    assert (await one(station, garage, ledger, active=True)).token == "CARD-1"
    assert told(station)[0] == ("Started", CARD)
    await station.plug_in()
    await one(station, garage, ledger, active=True)
    assert ("Updated", CABLE) in told(station)


async def test_tc_e_11_start_data_signed(dial: Dial, garage: Station, ledger: Ledger) -> None:
    await starts_with_both(await points(dial, "DataSigned"), garage, ledger)


async def test_tc_e_12_start_parking_bay_occupied(dial: Dial, garage: Station, ledger: Ledger) -> None:
    await starts_with_cable(await points(dial, "ParkingBayOccupancy"), garage, ledger)


async def stops_by_card(station: Simulated, garage: Station, ledger: Ledger) -> None:
    """The card that started a transaction ends it."""
    await station.start()
    await station.advance(60)
    assert await station.present_card("CARD-1") == "Accepted"
    recorded = await one(station, garage, ledger, active=False)
    assert (recorded.reason, recorded.token) == ("Local", "CARD-1")
    assert recorded.energy is not None
    assert recorded.energy > 0
    assert told(station)[-1] == ("Ended", "StopAuthorized")


async def test_tc_e_07_stop_power_path_closed_local(dial: Dial, garage: Station, ledger: Ledger) -> None:
    await stops_by_card(await points(dial, stop="PowerPathClosed"), garage, ledger)


async def test_tc_e_08_stop_energy_transfer_stop_authorized(dial: Dial, garage: Station, ledger: Ledger) -> None:
    await stops_by_card(await points(dial, stop="EnergyTransfer"), garage, ledger)


async def test_tc_e_15_stop_authorized_local(dial: Dial, garage: Station, ledger: Ledger) -> None:
    await stops_by_card(await points(dial, stop="Authorized"), garage, ledger)


async def test_tc_e_14_stop_ev_disconnected_station_side(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await points(dial, stop="EVConnected")
    await station.start()
    assert await station.present_card("CARD-1") == "Accepted"
    await one(station, garage, ledger, active=True)
    assert ("Updated", "StopAuthorized") in told(station)
    await station.unplug()
    recorded = await one(station, garage, ledger, active=False)
    assert recorded.reason == "Local"
    assert told(station)[-1][0] == "Ended"


async def test_tc_e_19_stop_parking_bay_unoccupied(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await points(dial, "ParkingBayOccupancy", "ParkingBayOccupancy")
    await station.start()
    assert await station.present_card("CARD-1") == "Accepted"
    await one(station, garage, ledger, active=True)
    await station.unplug()
    await one(station, garage, ledger, active=False)


async def test_tc_e_20_stop_ev_disconnected_ev_side(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await points(dial, stop="EVConnected")
    await station.start()
    await station.unplug()
    recorded = await one(station, garage, ledger, active=False)
    assert recorded.reason == "EVDisconnected"
    assert told(station)[-1] == ("Ended", "EVCommunicationLost")


async def test_tc_e_17_stop_deauthorized_ev_side_disconnect(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await points(dial, stop="Authorized")
    await station.start()
    await station.unplug()
    recorded = await one(station, garage, ledger, active=False)
    assert recorded.reason == "EVDisconnected"


async def test_tc_e_16_stop_deauthorized_invalid_id_token(
    dial: Dial, central: Central, garage: Station, ledger: Ledger
) -> None:
    station = await points(dial, stop="Authorized")
    await station.start()
    await station.stop()
    await station.unplug()
    admit(central, garage, **{"CARD-1": Verdict(Decision.INVALID)})
    await station.go_offline()
    await station.start()
    await station.go_online()
    await until(lambda: told(station)[-1] == ("Ended", "Deauthorized"))
    await station.settle()
    _, recorded = await books_agree(ledger, station)
    assert (recorded.reason, recorded.active) == ("DeAuthorized", False)


async def test_tc_e_21_stop_authorized_remote(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await points(dial)
    running = await station.start()
    await garage.require().remote.stop(str(running.id))
    await until(lambda: garage.evse(1).transaction is None)
    assert station.asked("RequestStopTransaction") == [{"transactionId": running.id}]
    recorded = await one(station, garage, ledger, active=False)
    assert recorded.reason == "Remote"
    assert told(station)[-1] == ("Ended", "RemoteStop")


async def test_tc_e_22_stop_energy_transfer_stopped_suspended_ev(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await points(dial, stop="EnergyTransfer")
    await station.start(car=Car(soc=0.9999, taper_from=1.0))
    await one(station, garage, ledger, active=True)
    await station.advance(60)
    recorded = await one(station, garage, ledger, active=False)
    assert (recorded.reason, recorded.token) == ("StoppedByEV", "CARD-1")
    assert told(station)[-1] == ("Ended", "ChargingStateChanged")
    assert garage.evse(1).status is Status.FINISHING


async def test_tc_e_26_disconnect_on_ev_side_suspends(
    dial: Dial, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    station = await points(dial, stop="Authorized", **{"TxCtrlr.StopTxOnEVSideDisconnect": "false"})
    await station.start()
    await station.unplug()
    await one(station, garage, ledger, active=True)
    last = events(station)[-1]
    assert (last["triggerReason"], last["transactionInfo"]["chargingState"]) == ("EVCommunicationLost", "Idle")
    assert garage.evse(1).plugged is False
    await station.plug_in()
    await one(station, garage, ledger, active=True)
    assert ("Updated", CABLE) in told(station)
    assert garage.evse(1).plugged is True
    assert diary.walk()[-1] == "Charging"


async def test_tc_e_39_stop_deauthorized_timeout(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await points(dial, "Authorized", **{"TxCtrlr.EVConnectionTimeOut": "20"})
    await station.present_card("CARD-1")
    await station.advance(30)
    recorded = await one(station, garage, ledger, active=False)
    assert recorded.reason == "Timeout"
    assert told(station)[-1] == ("Ended", "EVConnectTimeout")


async def test_tc_e_53_seq_no_0_at_start_of_transaction(dial: Dial, garage: Station, ledger: Ledger) -> None:
    station = await points(dial)
    for _ in range(2):
        await station.start()
        await station.stop()
        await station.unplug()
    recorded = await books_agree(ledger, station)
    assert [one.active for one in recorded] == [False, False]
    assert [event["seqNo"] for event in events(station) if event["eventType"] == "Started"] == [0, 0]
    assert garage.evse(1).transaction is None
