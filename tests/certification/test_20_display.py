"""OCPP 2.0.1 and 2.1, Display Message: messages are set, told and cleared (OCPP 2.0.1 ed. 3 - O01 to O06)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.blocks import DisplayMessage, Displays
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial
from tests.simulator import Oddities, Station as Simulated
from tests.simulator.v201_core import on_display

FRONT = DisplayMessage(1, "Welcome home", priority="AlwaysFront", state="Idle")
CHARGING = DisplayMessage(2, "Charging by the sun", state="Charging", language="en")


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1")


def displays(garage: Station) -> Displays:
    """The commands for the display."""
    found = garage.require().displays
    assert found is not None
    return found


def written(text: str, number: int = 3, **more: Any) -> dict[str, Any]:
    """A plain message as the station is asked to show it."""
    content = {"format": "UTF8", "content": text}
    return {"message": {"id": number, "priority": "NormalCycle", "message": content} | more}


async def shows(station: Simulated, garage: Station, message: DisplayMessage, **more: Any) -> None:
    """Show a message, and find it among those the station has."""
    await displays(garage).show(message)
    assert station.asked("SetDisplayMessage")[-1] == written(message.text, message.id, **more)
    assert await displays(garage).shown([message.id]) == [message]


async def refused(garage: Station, message: DisplayMessage, word: str) -> None:
    """A message the station does not show, with its word for that."""
    with pytest.raises(Refused) as refusal:
        await displays(garage).show(message)
    assert refusal.value.status == word
    assert await displays(garage).shown([message.id]) == []


async def asked(station: Simulated, garage: Station, **wanted: Any) -> list[DisplayMessage]:
    """Set two messages and ask for some; the request names what is wanted and nothing else."""
    for message in (FRONT, CHARGING):
        await displays(garage).show(message)
    found = await displays(garage).shown(wanted.get("id", ()), **{k: v for k, v in wanted.items() if k != "id"})
    (request,) = station.asked("GetDisplayMessages")
    assert request == {"requestId": request["requestId"]} | wanted
    return found


async def test_tc_o_01_set_display_message(station: Simulated, garage: Station) -> None:
    await shows(station, garage, DisplayMessage(3, "Hello"))


async def test_tc_o_02_get_all_display_messages(station: Simulated, garage: Station) -> None:
    assert await asked(station, garage) == [FRONT, CHARGING]
    assert [told["tbc"] for told in station.told("NotifyDisplayMessages")] == [True, False]


async def test_tc_o_03_get_all_display_messages_none_configured(station: Simulated, garage: Station) -> None:
    assert await displays(garage).shown() == []
    assert len(station.asked("GetDisplayMessages")) == 1
    assert station.told("NotifyDisplayMessages") == []


async def test_tc_o_04_clear_display_message(station: Simulated, garage: Station) -> None:
    await displays(garage).show(FRONT)
    await displays(garage).clear(1)
    assert station.asked("ClearDisplayMessage") == [{"id": 1}]
    assert await displays(garage).shown() == []


async def test_tc_o_05_clear_display_message_unknown_key(station: Simulated, garage: Station) -> None:
    await displays(garage).show(FRONT)
    with pytest.raises(Refused) as refusal:
        await displays(garage).clear(7)
    assert refusal.value.status == "Unknown"
    assert await displays(garage).shown() == [FRONT]


async def test_tc_o_06_set_display_message_specific_transaction(station: Simulated, garage: Station) -> None:
    number = str((await station.start()).id)
    await shows(station, garage, DisplayMessage(3, "Yours", transaction=number), transactionId=number)


async def test_tc_o_07_get_a_specific_display_message_id(station: Simulated, garage: Station) -> None:
    assert await asked(station, garage, id=[2]) == [CHARGING]


async def test_tc_o_08_get_a_specific_display_message_priority(station: Simulated, garage: Station) -> None:
    assert await asked(station, garage, priority="AlwaysFront") == [FRONT]


async def test_tc_o_09_get_a_specific_display_message_state(station: Simulated, garage: Station) -> None:
    assert await asked(station, garage, state="Charging") == [CHARGING]


async def test_tc_o_10_set_display_message_unknown_transaction(station: Simulated, garage: Station) -> None:
    await refused(garage, DisplayMessage(3, "Nobody's", transaction="tx-of-nobody"), "UnknownTransaction")


async def test_tc_o_11_get_a_specific_display_message_unknown_parameters(station: Simulated, garage: Station) -> None:
    assert await asked(station, garage, id=[1], priority="NormalCycle", state="Faulted") == []
    assert station.told("NotifyDisplayMessages") == []


async def test_tc_o_12_replace_display_message(station: Simulated, garage: Station) -> None:
    await displays(garage).show(FRONT)
    await displays(garage).show(replace(FRONT, text="Welcome back"))
    assert await displays(garage).shown() == [replace(FRONT, text="Welcome back")]


async def timed(station: Simulated, garage: Station, *, ends: bool, transaction: str | None = None) -> None:
    """A message that is shown from its begin on, and one that has an end only until then."""
    now = station.clock.now()
    begin, end = now + timedelta(seconds=30), now + timedelta(seconds=60)
    times = {"startDateTime": begin} | ({"endDateTime": end} if ends else {})
    more = {name: f"{at:%Y-%m-%dT%H:%M:%SZ}" for name, at in times.items()}
    more |= {} if transaction is None else {"transactionId": transaction}
    message = DisplayMessage(3, "For a while", begin=begin, end=end if ends else None, transaction=transaction)
    await shows(station, garage, message, **more)
    assert on_display(station) == []
    await station.advance(30)
    assert on_display(station) == ["For a while"]
    await station.advance(30)
    assert await displays(garage).shown() == ([] if ends else [message])
    assert on_display(station) == ([] if ends else ["For a while"])


async def test_tc_o_13_display_message_at_start_time(station: Simulated, garage: Station) -> None:
    await timed(station, garage, ends=False)


async def test_tc_o_14_remove_message_after_end_time(station: Simulated, garage: Station) -> None:
    await timed(station, garage, ends=True)


async def test_tc_o_17_not_supported_priority(dial: Dial, garage: Station) -> None:
    await dial(version="2.0.1", oddities=Oddities(answers={"SetDisplayMessage": {"status": "NotSupportedPriority"}}))
    await refused(garage, FRONT, "NotSupportedPriority")


async def test_tc_o_18_not_supported_state(dial: Dial, garage: Station) -> None:
    await dial(version="2.0.1", oddities=Oddities(answers={"SetDisplayMessage": {"status": "NotSupportedState"}}))
    await refused(garage, CHARGING, "NotSupportedState")


async def test_tc_o_19_not_supported_message_format(station: Simulated, garage: Station) -> None:
    await refused(garage, DisplayMessage(3, "<b>Hello</b>", format="HTML"), "NotSupportedMessageFormat")


@pytest.mark.parametrize("state", ["Charging", "Faulted", "Idle", "Unavailable"])
async def test_tc_o_25_send_specific_state(station: Simulated, garage: Station, state: str) -> None:
    await shows(station, garage, DisplayMessage(3, "Now", state=state), state=state)


async def test_tc_o_26_set_display_message_rejected(station: Simulated, garage: Station) -> None:
    for number in range(10, 20):
        await displays(garage).show(DisplayMessage(number, "One of ten"))
    await refused(garage, DisplayMessage(3, "One too many"), "Rejected")


async def test_tc_o_27_specific_transaction_at_start_time(station: Simulated, garage: Station) -> None:
    await timed(station, garage, ends=False, transaction=str((await station.start()).id))
    await station.stop()
    await station.unplug()
    assert await displays(garage).shown() == [], "it was for the driver of that transaction"


async def test_tc_o_28_specific_transaction_until_end_time(station: Simulated, garage: Station) -> None:
    await timed(station, garage, ends=True, transaction=str((await station.start()).id))


async def test_tc_o_100_unsupported_language(dial: Dial, garage: Station) -> None:
    answer = {"SetDisplayMessage": {"status": "LanguageNotSupported"}}
    station = await dial(version="2.1", oddities=Oddities(answers=answer))
    await refused(garage, replace(CHARGING, language="tlh"), "LanguageNotSupported")
    assert station.asked("SetDisplayMessage")[0]["message"]["message"]["language"] == "tlh"
