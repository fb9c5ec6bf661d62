"""The station notices what the central system does wrong, and a test can wait for what it does right."""

import asyncio
import json

import pytest

from tests.simulator import Station
from tests.simulator_tests.central import Central


async def test_a_clean_conversation_leaves_no_violation(station: Station, central: Central) -> None:
    await station.start()
    await central.call("GetConfiguration", {})
    assert station.violations == []


@pytest.mark.parametrize(
    ("action", "answer", "complaint"),
    [
        ("Heartbeat", {}, 'Heartbeat response: "currentTime" is a required property'),
        ("Heartbeat", {"currentTime": "now"}, "Heartbeat response"),
        ("Heartbeat", {"currentTime": "2026-06-01T12:00:00Z", "more": 1}, "Heartbeat response"),
    ],
)
async def test_a_wrong_answer_is_noted(
    station: Station, central: Central, action: str, answer: dict[str, object], complaint: str
) -> None:
    central.script[action] = answer
    await station.send(action, {})
    assert len(station.violations) == 1
    assert complaint in station.violations[0]


async def test_a_wrong_request_is_noted_and_refused(station: Station, central: Central) -> None:
    assert (await central.call("Reset", {"type": "Gentle"}))[0] == "FormationViolation"
    assert (await central.call("Dance", {}))[0] == "NotImplemented"
    assert [text.split()[0] for text in station.violations] == ["Reset", "Dance"]


async def test_bad_framing_is_noted(station: Station, central: Central) -> None:
    link = central.links[-1]
    for text in ("{", "[2]", json.dumps([3, "unasked", {}]), json.dumps([4, "x", "InternalError"])):
        await link.send(text)
    await central.call("ClearCache", {}, unique="one")
    await central.call("ClearCache", {}, unique="one")
    await central.call("ClearCache", {}, unique="x" * 37)
    assert len(station.violations) == 6


async def test_two_requests_at_once_are_noted(station: Station, central: Central) -> None:
    await asyncio.gather(central.call("ClearCache", {}), central.call("ClearCache", {}))
    assert station.violations == ["ClearCache was sent while another request waits for its answer"]


async def test_remote_start_while_pending_is_noted(station: Station, central: Central) -> None:
    station.registration = "Pending"
    assert await central.call("RemoteStartTransaction", {"idTag": "A"}) == {"status": "Rejected"}
    assert station.violations == ["RemoteStartTransaction is not allowed while Pending"]


async def test_waiting_for_a_request(station: Station, central: Central) -> None:
    await central.call("ClearCache", {})
    await central.call("Reset", {"type": "Soft"})
    assert await station.wait_for("Reset") == {"type": "Soft"}
    with pytest.raises(TimeoutError, match=r"CP1 waited 0.05 s for Reset; it was asked \['ClearCache', 'Reset'\]"):
        await station.wait_for("Reset", 0.05)


async def test_raw_text_goes_out_as_it_is(station: Station, central: Central) -> None:
    await station.send_raw('[2,"raw","Heartbeat",{"nonsense":1}]')
    while "raw" not in central.ids:
        await asyncio.sleep(0.001)
    assert central.received[-1] == ("Heartbeat", {"nonsense": 1})
