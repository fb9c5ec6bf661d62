"""A session between a station's messages and the receiver that answers them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from custom_components.ocpp_home.csms.wire import schema
from custom_components.ocpp_home.csms.wire.door import read_head
from custom_components.ocpp_home.csms.wire.frame import Call, Payload, Version
from custom_components.ocpp_home.csms.wire.link import CallRejected, CallTimeout, LinkClosed, Reject
from custom_components.ocpp_home.csms.wire.liveness import Liveness
from custom_components.ocpp_home.csms.wire.replay import Answers
from custom_components.ocpp_home.csms.wire.session import RECENT, Session

from .raw import NOW, Clock, Desk, FrontDesk, handshake

AUTHORIZE = [2, "7", "Authorize", {"idTag": "04A2B3C4"}]


@pytest.fixture(autouse=True, scope="module")
def _schemas() -> None:
    schema.load("1.6")
    schema.load("2.1")


class Wire:
    """The line below a session, as a list."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.pings = 0
        self.close_code = 0
        self.aborted = False

    @property
    def sent(self) -> list[list[object]]:
        return [orjson.loads(text) for text in self.texts]

    def send(self, text: bytes) -> None:
        self.texts.append(text)

    def ping(self) -> None:
        self.pings += 1

    def close(self, code: int, reason: str) -> None:
        self.close_code = code

    def abort(self) -> None:
        self.aborted = True


class Talk:
    """A session, the line below and the desk above it."""

    def __init__(
        self,
        version: Version,
        answers: Answers | None,
        interval: float | None = 30.0,
        silence: float = 85.0,
    ) -> None:
        self.wire = Wire()
        liveness = Liveness(asyncio.get_running_loop().time(), interval, silence)
        answers = answers or Answers(Clock())
        self.session = Session(read_head(handshake()), version, self.wire, answers, liveness)
        self.desk = Desk(self.session, FrontDesk().answers)
        self.session.serve(self.desk)

    def hear(self, message: list[object]) -> None:
        self.session.received(orjson.dumps(message))


class Room:
    """Where talks are held, and ended at the end."""

    def __init__(self) -> None:
        self.talks: list[Talk] = []

    def talk(self, version: Version = "1.6", answers: Answers | None = None, **liveness: float) -> Talk:
        self.talks.append(Talk(version, answers, **liveness))
        return self.talks[-1]


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    room = Room()
    yield room
    for talk in room.talks:
        talk.session.ended()


@pytest.fixture
async def talk(room: Room) -> Talk:
    return room.talk()


async def settle() -> None:
    """Let what is ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


# --- their calls


async def test_a_call_is_answered_before_received_returns(talk: Talk) -> None:
    talk.hear([2, "7", "Heartbeat", {}])
    assert talk.wire.sent == [[3, "7", {"currentTime": NOW}]]
    assert talk.session.identity == "CP1"
    assert talk.session.version == "1.6"


async def test_a_refusal_is_answered_with_its_code(talk: Talk) -> None:
    talk.hear(AUTHORIZE)
    assert talk.wire.sent == [[4, "7", "NotSupported", "Authorize is not supported", {}]]


async def test_a_handler_that_breaks_is_an_internal_error_and_the_next_call_is_answered(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    talk.desk.answers["Authorize"] = lambda call: {"idTagInfo": 1 / 0}
    talk.hear(AUTHORIZE)
    talk.hear([2, "8", "Heartbeat", {}])
    assert talk.wire.sent == [
        [4, "7", "InternalError", "the request could not be handled", {}],
        [3, "8", {"currentTime": NOW}],
    ]
    assert talk.session.counters["internal error"] == 1
    assert "ZeroDivisionError" in caplog.text
    assert "04A2B3C4" not in caplog.text


@pytest.mark.parametrize("answer", [{"currentTime": 7}, {"currentTime": NOW, "x": 1}, {"currentTime": object()}])
async def test_an_answer_that_cannot_be_written_is_an_internal_error(talk: Talk, answer: Payload) -> None:
    talk.desk.answers["Heartbeat"] = lambda call: answer
    talk.hear([2, "7", "Heartbeat", {}])
    assert talk.wire.sent == [[4, "7", "InternalError", "the answer could not be written", {}]]


async def test_before_anybody_serves_calls_are_refused(talk: Talk) -> None:
    session = Session(talk.session.request, "1.6", talk.wire, Answers(Clock()), Liveness(0.0, None))
    session.received(orjson.dumps(AUTHORIZE))
    assert talk.wire.sent == [[4, "7", "InternalError", "not ready", {}]]
    session.ended()


async def test_an_answer_that_takes_time_does_not_stop_the_reading(talk: Talk) -> None:
    outside: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
    talk.desk.answers["DataTransfer"] = lambda call: outside
    talk.hear([2, "7", "DataTransfer", {"vendorId": "v"}])
    talk.hear([2, "8", "Heartbeat", {}])
    outside.set_result({"status": "Accepted"})
    await settle()
    assert [message[1] for message in talk.wire.sent] == ["8", "7"]


@pytest.mark.parametrize(
    ("error", "code"), [(Reject("SecurityError", "no"), "SecurityError"), (KeyError("x"), "InternalError")]
)
async def test_an_answer_that_takes_time_may_fail(talk: Talk, error: Exception, code: str) -> None:
    async def fail() -> Payload:
        raise error

    talk.desk.answers["DataTransfer"] = lambda call: fail()
    talk.hear([2, "7", "DataTransfer", {"vendorId": "v"}])
    await settle()
    assert [message[:3] for message in talk.wire.sent] == [[4, "7", code]]


async def test_a_handler_may_call_the_station_and_wait_for_it(talk: Talk) -> None:

    async def ask(call: Call) -> Payload:
        return await talk.session.call("ClearCache", {})

    talk.desk.answers["DataTransfer"] = ask
    talk.hear([2, "7", "DataTransfer", {"vendorId": "v"}])
    await settle()
    talk.hear([3, str(talk.wire.sent[0][1]), {"status": "Accepted"}])
    await settle()
    assert talk.wire.sent[1] == [3, "7", {"status": "Accepted"}]


# --- durable answers

START = [2, "7", "StartTransaction", {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": NOW}]


async def test_an_answer_waits_until_it_is_durable(talk: Talk) -> None:
    committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    talk.desk.durables.append(committed)
    talk.hear(START)
    await settle()
    assert talk.wire.sent == []
    committed.set_result(None)
    await settle()
    assert [message[:2] for message in talk.wire.sent] == [[3, "7"]]


async def test_what_could_not_be_made_durable_is_an_internal_error_and_may_be_tried_again(talk: Talk) -> None:
    committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    talk.desk.durables.append(committed)
    talk.hear(START)
    committed.set_exception(OSError("disk full"))
    await settle()
    talk.hear(START)
    assert [message[0] for message in talk.wire.sent] == [4, 3]
    assert talk.wire.sent[0][2] == "InternalError"


async def test_an_answer_that_takes_time_waits_for_what_it_recorded_as_well(talk: Talk) -> None:
    outside: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
    committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    talk.desk.answers["DataTransfer"] = lambda call: outside
    talk.desk.durables.append(committed)
    talk.hear([2, "7", "DataTransfer", {"vendorId": "v"}])
    outside.set_result({"status": "Accepted"})
    await settle()
    assert talk.wire.sent == []
    committed.set_result(None)
    await settle()
    assert talk.wire.sent == [[3, "7", {"status": "Accepted"}]]


async def test_an_answer_durable_after_the_end_goes_to_the_next_connection(room: Room) -> None:
    answers = Answers(Clock())
    old, new = room.talk(answers=answers), room.talk(answers=answers)
    committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    old.desk.durables.append(committed)
    old.hear(START)
    old.session.ended()
    new.hear(START)
    committed.set_result(None)
    await settle()
    assert (old.wire.sent, len(new.desk.calls)) == ([], 0)
    assert [message[:2] for message in new.wire.sent] == [[3, "7"]]


async def test_answers_under_way_can_be_abandoned(talk: Talk) -> None:
    outside: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
    talk.desk.answers["DataTransfer"] = lambda call: outside
    talk.hear([2, "7", "DataTransfer", {"vendorId": "v"}])
    await settle()
    talk.session.abandon()
    await settle()
    assert outside.cancelled()
    assert talk.wire.sent == []


# --- messages that are never answered


async def test_a_message_that_wants_no_answer_gets_none(room: Room) -> None:
    talk = room.talk("2.1")
    later: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
    answers: list[Payload | Awaitable[Payload]] = [{}, later]
    talk.desk.answers["NotifyPeriodicEventStream"] = lambda call: answers.pop(0)
    for message_id in ("1", "2"):
        talk.hear([6, message_id, "NotifyPeriodicEventStream", {"id": 1, "pending": 0, "basetime": NOW, "data": []}])
    talk.hear([6, "3", "LogStatusNotification", {"status": "Idle"}])
    later.set_exception(ValueError("x"))
    await settle()
    assert [call.id for call in talk.desk.calls] == ["1", "2", "3"]
    assert talk.wire.sent == []
    assert talk.session.counters["internal error"] == 1


# --- our calls


async def test_a_call_returns_the_station_s_answer(talk: Talk) -> None:
    asking = asyncio.create_task(talk.session.call("ClearCache", {}))
    await settle()
    talk.hear([3, str(talk.wire.sent[0][1]), {"status": "Accepted"}])
    assert await asking == {"status": "Accepted"}


async def test_a_call_raises_the_station_s_refusal(talk: Talk) -> None:
    asking = asyncio.create_task(talk.session.call("ClearCache", {}))
    await settle()
    talk.hear([4, str(talk.wire.sent[0][1]), "NotSupported", "no", {}])
    with pytest.raises(CallRejected, match="NotSupported: no"):
        await asking


async def test_calls_to_a_silent_station_end_at_their_own_deadlines(talk: Talk) -> None:
    loop = asyncio.get_running_loop()
    begin = loop.time()
    results = await asyncio.gather(
        *(talk.session.call("ClearCache", {}, timeout=wait) for wait in (0.06, 0.02, 0.04, 0.02)),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [CallTimeout] * 4
    assert loop.time() - begin < 0.2
    assert len(talk.wire.sent) == 1


async def test_the_end_of_the_connection_ends_calls_at_once(talk: Talk) -> None:
    asking = asyncio.create_task(talk.session.call("ClearCache", {}))
    await settle()
    talk.session.ended()
    with pytest.raises(LinkClosed):
        await asking
    with pytest.raises(LinkClosed):
        await talk.session.call("ClearCache", {})


async def test_a_cancelled_call_leaves_no_trace(talk: Talk) -> None:
    asking = asyncio.create_task(talk.session.call("ClearCache", {}))
    await settle()
    asking.cancel()
    talk.hear([3, str(talk.wire.sent[0][1]), {"status": "Accepted"}])
    await settle()
    assert asking.cancelled()
    talk.hear([2, "8", "Heartbeat", {}])
    assert talk.wire.sent[1][:2] == [3, "8"]


# --- the end


async def test_closing_tells_the_station_and_the_receiver_once(talk: Talk) -> None:
    ends: list[Session] = []
    talk.session.on_end = ends.append
    talk.session.close(1001, "restarting")
    talk.session.close()
    talk.session.ended()
    assert (talk.wire.close_code, talk.desk.ends, ends) == (1001, 1, [talk.session])
    assert talk.session.closed
    talk.hear([2, "7", "Heartbeat", {}])
    assert talk.wire.sent == []


# --- liveness


async def test_a_station_that_answers_pings_stays(room: Room) -> None:
    talk = room.talk(interval=0.02, silence=0.1)
    for _ in range(15):
        await asyncio.sleep(0.01)
        talk.session.heard()
        talk.session.ponged()
    assert talk.session.answers_pings
    assert not talk.session.closed


async def test_a_silent_station_is_pinged_probed_and_given_up(room: Room) -> None:
    talk = room.talk(interval=0.02, silence=0.06)
    await asyncio.sleep(0.1)
    assert (talk.wire.pings, talk.desk.probes, talk.wire.aborted) == (1, 1, True)
    assert [message[2] for message in talk.wire.sent] == ["TriggerMessage"]
    assert talk.session.closed
    assert talk.session.counters["dead"] == 1


async def test_proof_of_life_is_any_traffic(talk: Talk) -> None:
    asking = asyncio.gather(talk.session.alive(1.0), talk.session.alive(1.0))
    await settle()
    assert talk.wire.pings == 2
    talk.session.heard()
    assert await asking == [True, True]
    assert not await talk.session.alive(0.01)


async def test_a_connection_that_ends_while_it_is_probed_is_not_alive(talk: Talk) -> None:
    asking = asyncio.create_task(talk.session.alive(1.0))
    await settle()
    talk.session.ended()
    assert not await asking


# --- what is remembered


async def test_the_times_of_a_session_are_utc(talk: Talk) -> None:
    talk.session.heard()
    assert timedelta() <= datetime.now(UTC) - talk.session.opened_at < timedelta(seconds=5)
    assert talk.session.opened_at <= talk.session.last_seen <= datetime.now(UTC)


async def test_recent_messages_are_kept_without_secrets_and_bounded(talk: Talk) -> None:
    asking = asyncio.create_task(talk.session.call("ChangeConfiguration", {"key": "AuthorizationKey", "value": "pw1"}))
    talk.hear([2, "7", "DataTransfer", {"vendorId": "v", "data": "x" * 5000}])
    await settle()
    recent = talk.session.recent
    assert [direction for _, direction, _ in recent] == ["in", "out", "out"]
    assert len(recent[0][2]) == 1024
    assert '"value":"***"' in recent[2][2]
    assert recent[0][0].tzinfo is UTC
    for number in range(100):
        talk.hear([2, str(number), "Heartbeat", {}])
    assert len(talk.session.recent) == RECENT
    asking.cancel()


async def test_malformed_messages_are_logged_once_a_minute(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    talk.session.identity = "LOUD"
    for _ in range(50):
        talk.session.received(b"{")
    talk.session.received(b'[3,"1",{}]')
    assert talk.session.counters["malformed"] == 50
    assert [line for line in caplog.messages if "LOUD" in line] == ["LOUD: sent a message that is no OCPP"]
