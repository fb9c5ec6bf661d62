"""Transaction messages: kept, in order, retried as OCPP 1.6 ed. 2 - 3.7.1 demands."""

from collections.abc import Callable

from tests.simulator import Oddities, Station
from tests.simulator_tests.central import ACCEPTED, CRASH, NOW, SILENCE, Central

TRANSACTIONS = ("StartTransaction", "StopTransaction", "MeterValues")


def transactional(central: Central) -> list[str]:
    return [action for action in central.actions if action in TRANSACTIONS]


async def test_what_happened_offline_is_delivered_in_order_with_its_own_times(
    station: Station, central: Central
) -> None:
    await station.go_offline()
    await station.start()
    await station.advance(150)
    await station.stop()
    assert transactional(central) == []
    await station.advance(3600)
    await station.go_online()
    assert transactional(central) == ["StartTransaction", "MeterValues", "MeterValues", "StopTransaction"]
    assert central.of("StartTransaction")[0]["timestamp"] == "2026-06-01T12:00:00.000Z"
    assert central.of("StopTransaction")[0]["timestamp"] == "2026-06-01T12:02:30.000Z"
    number = station.record[0].id
    assert [p["transactionId"] for p in central.of("MeterValues")] == [number, number]
    assert central.of("StopTransaction")[0]["transactionId"] == number
    assert "BootNotification" not in central.actions[3:]


async def test_an_authorization_overtakes_the_queue(station: Station, central: Central) -> None:
    central.script["StartTransaction"] = "InternalError"
    await station.start("A")
    assert await station.present_card("B") == "Invalid"  # of another group
    assert [p["idTag"] for p in central.of("Authorize")] == ["A", "B"]
    assert len(central.of("StartTransaction")) == 1


async def test_a_failed_message_is_repeated_after_growing_pauses_and_then_given_up(
    station: Station, central: Central
) -> None:
    """3.7.1's own example: 3 attempts, 60 s: again after 60 s, again after 120 s, then the next message."""
    central.script["StopTransaction"] = "InternalError"
    await station.start()
    await station.stop()
    await station.advance(59)
    assert len(central.of("StopTransaction")) == 1
    await station.advance(1)
    assert len(central.of("StopTransaction")) == 2
    await station.advance(119)
    assert len(central.of("StopTransaction")) == 2
    await station.advance(1)
    assert len(central.of("StopTransaction")) == 3
    await station.advance(600)
    assert len(central.of("StopTransaction")) == 3
    assert station.record[0].stop_answer is None


async def test_a_start_that_was_never_understood_leaves_number_minus_one(station: Station, central: Central) -> None:
    """Errata 3.18."""
    central.script["StartTransaction"] = "InternalError"
    await station.start()
    await station.advance(200)
    await station.stop()
    assert [p["transactionId"] for p in central.of("MeterValues")] == [-1, -1, -1]
    assert central.of("StopTransaction")[0]["transactionId"] == -1


async def test_nothing_overtakes_a_message_that_waits_for_its_retry(station: Station, central: Central) -> None:
    central.script["StartTransaction"] = ["InternalError", ACCEPTED]
    await station.start()
    await station.advance(59)
    await station.stop()
    assert transactional(central) == ["StartTransaction"]
    await station.advance(2)
    assert transactional(central) == ["StartTransaction", "StartTransaction", "StopTransaction"]
    assert station.record[0].stop_answer == {}


async def test_a_lost_link_is_no_failed_attempt_and_the_same_message_comes_again(
    station: Station, central: Central
) -> None:
    central.script["StartTransaction"] = [CRASH, CRASH, CRASH, CRASH, ACCEPTED]
    await station.plug_in()
    await station.present_card("A")
    for _ in range(4):
        await station.go_online()
    sent = central.of("StartTransaction")
    assert len(sent) == 5
    assert all(message == sent[0] for message in sent)
    assert station.record[0].id == 101


async def test_an_unanswered_message_is_a_failure(station: Station, central: Central) -> None:
    station.message_timeout = 0.05
    central.script["StopTransaction"] = [SILENCE, {}]
    await station.start()
    await station.stop()
    assert station.failures == ["StopTransaction: CP1: StopTransaction was not answered within 0.05 s"]
    await station.advance(60)
    assert station.record[0].stop_answer == {}


async def test_the_power_cut_ends_the_transaction_and_spares_the_queue(station: Station, central: Central) -> None:
    await station.go_offline()
    await station.start("A")
    await station.advance(90)
    await station.power_cut()
    await station.advance(3600)
    await station.power_on()
    assert transactional(central) == ["StartTransaction", "MeterValues", "StopTransaction"]
    stop = central.of("StopTransaction")[0]
    assert (stop["reason"], stop["meterStop"]) == ("PowerLoss", 16 * 690 * 90 // 3600)
    assert central.actions.index("StartTransaction") > len(central.actions) - 1 - central.actions[::-1].index(
        "BootNotification"
    )


async def test_starts_and_stops_can_be_sent_again(build: Callable[..., Station], central: Central) -> None:
    station = build(oddities=Oddities(starts_again="same id", stops_twice=True))
    async with station:
        await station.start()
        await station.stop()
    assert transactional(central) == ["StartTransaction", "StartTransaction", "StopTransaction", "StopTransaction"]
    starts = [
        unique for unique, action in zip(central.ids, central.actions, strict=True) if action == "StartTransaction"
    ]
    stops = [unique for unique, action in zip(central.ids, central.actions, strict=True) if action == "StopTransaction"]
    assert starts[0] == starts[1]
    assert stops[0] != stops[1]
    assert [answer["transactionId"] for answer in station.record[0].start_answers] == [101, 102]


async def test_a_lost_link_is_dialled_again_when_the_station_is_told_so(station: Station, central: Central) -> None:
    station.redial = 0.01
    await station.drop_link()
    await station.start()
    while not central.of("StartTransaction"):
        await station.advance(1)
    assert len(central.links) == 2
    assert central.actions.count("BootNotification") == 1


async def test_the_station_knows_what_it_said_and_what_came_back(station: Station, central: Central) -> None:
    central.script["Authorize"] = "InternalError"
    await station.present_card("A")
    await station.send("Heartbeat", {})
    assert station.told() == [*central.actions]
    assert station.told("Authorize") == [{"idTag": "A"}]
    authorize, heartbeat = station.requests[-2:]
    assert (authorize.answer, heartbeat.answer) == (None, {"currentTime": NOW})
