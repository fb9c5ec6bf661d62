"""The remote procedure calls, without a socket and with a clock that goes when it is told to."""

from collections import Counter

from hypothesis import given, settings, strategies as st
import orjson
import pytest

from custom_components.ocpp_home.csms.wire import schema
from custom_components.ocpp_home.csms.wire.frame import Call, Payload, Send, Version
from custom_components.ocpp_home.csms.wire.link import (
    MAX_QUEUE,
    CallFailed,
    CallRejected,
    CallTimeout,
    Link,
    LinkClosed,
    Outcome,
    QueueFull,
    Reject,
    reject_faults,
)
from custom_components.ocpp_home.csms.wire.replay import Answers
from custom_components.ocpp_home.csms.wire.schema import InvalidPayload, UnknownAction

from .raw import NOW, Clock

HEARTBEAT: Payload = {"currentTime": NOW}
METER_VALUES = b'[2,"m1","MeterValues",{"connectorId":1,"meterValue":[]}]'


@pytest.fixture(autouse=True, scope="module")
def _schemas() -> None:
    for version in ("1.6", "2.0.1", "2.1"):
        schema.load(version)


class End:
    """Our end of a connection, and what went over it."""

    def __init__(self, version: Version = "1.6", answers: Answers | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.answers = answers or Answers(self.clock)
        self.texts: list[bytes] = []
        self.outcomes: list[Outcome] = []
        self.link = Link(version, self.clock, self.answers, self.texts.append)

    @property
    def sent(self) -> list[list[object]]:
        return [orjson.loads(text) for text in self.texts]

    def receive(self, message: list[object] | bytes) -> Call | Send | None:
        return self.link.receive(message if isinstance(message, bytes) else orjson.dumps(message))

    def called(self, message: list[object] | bytes) -> Call:
        call = self.receive(message)
        assert isinstance(call, Call)
        return call

    def call(self, action: str = "ClearCache", payload: Payload | None = None, timeout: float = 30.0) -> None:
        self.link.call(action, payload or {}, timeout, self.outcomes.append)


@pytest.fixture
def end() -> End:
    return End()


# --- their calls


def test_a_call_is_handed_on_and_answered_under_its_id(end: End) -> None:
    call = end.called([2, "7", "Heartbeat", {}])
    assert (call.action, call.payload, call.faults) == ("Heartbeat", {}, ())
    end.link.answer(call, HEARTBEAT)
    assert end.sent == [[3, "7", HEARTBEAT]]


def test_a_call_is_refused_under_its_id(end: End) -> None:
    end.link.reject(end.called([2, "7", "Heartbeat", {}]), "SecurityError", "who are you?")
    assert end.sent == [[4, "7", "SecurityError", "who are you?", {}]]


def test_a_call_is_answered_once(end: End) -> None:
    call = end.called([2, "7", "Heartbeat", {}])
    end.link.answer(call, HEARTBEAT)
    end.link.reject(call, "InternalError")
    assert len(end.sent) == 1


def test_an_invalid_answer_is_not_sent_and_leaves_the_call_open(end: End) -> None:
    call = end.called([2, "7", "Heartbeat", {}])
    with pytest.raises(InvalidPayload):
        end.link.answer(call, {"currentTime": 7})
    assert end.sent == []
    end.link.reject(call, "InternalError")
    assert end.sent == [[4, "7", "InternalError", "", {}]]


@pytest.mark.parametrize("number", [2**70, "\ud800"])
def test_what_json_cannot_hold_is_neither_sent_nor_answered(end: End, number: object) -> None:
    call = end.called([2, "7", "StartTransaction", {"connectorId": 1, "idTag": "", "meterStart": 0, "timestamp": NOW}])
    with pytest.raises(InvalidPayload):
        end.link.answer(call, {"transactionId": number, "idTagInfo": {"status": "Accepted"}})
    with pytest.raises(InvalidPayload):
        end.call("RemoteStopTransaction", {"transactionId": number})
    end.link.reject(call, "InternalError")
    assert (end.sent, end.link.deadline) == ([[4, "7", "InternalError", "", {}]], None)


def test_a_call_carries_its_faults_and_they_can_be_refused(end: End) -> None:
    call = end.called([2, "7", "BootNotification", {"chargePointVendor": "V"}])
    with pytest.raises(Reject) as caught:
        reject_faults(call)
    assert caught.value.code == "ProtocolError"
    assert str(caught.value) == "ProtocolError: chargePointModel is required and missing"
    assert str(Reject("NotSupported")) == "NotSupported"
    assert reject_faults(end.called([2, "8", "Heartbeat", {}])) is None


def test_a_repaired_payload_is_handed_on(end: End) -> None:
    call = end.called([2, "7", "StatusNotification", {"connectorId": "1", "status": "available", "errorCode": "Bang"}])
    assert call.payload == {"connectorId": 1, "status": "Available", "errorCode": "Bang"}
    assert call.faults == ()
    assert end.link.counters == {"converted": 2, "unknown word": 1}


def test_an_unknown_action_is_not_implemented(end: End) -> None:
    assert end.receive([2, "7", "TransactionEvent", {}]) is None
    assert end.sent == [[4, "7", "NotImplemented", "OCPP 1.6 has no TransactionEvent", {}]]


def test_their_call_is_answered_while_ours_is_on_its_way(end: End) -> None:
    end.call()
    end.link.answer(end.called([2, "7", "Heartbeat", {}]), HEARTBEAT)
    assert [message[0] for message in end.sent] == [2, 3]


# --- repetitions


def test_a_repeated_call_is_answered_without_being_handled_again(end: End) -> None:
    end.link.answer(end.called(METER_VALUES), {})
    assert end.receive(METER_VALUES) is None
    assert end.sent == [[3, "m1", {}], [3, "m1", {}]]
    assert end.link.counters["repeated call"] == 1


def test_a_call_repeated_while_it_is_being_answered_gets_one_answer(end: End) -> None:
    call = end.called(METER_VALUES)
    assert end.receive(METER_VALUES) is None
    end.link.answer(call, {})
    assert end.sent == [[3, "m1", {}]]


def test_another_call_under_an_id_that_is_being_answered_is_refused(end: End) -> None:
    call = end.called(METER_VALUES)
    assert end.receive([2, "m1", "Heartbeat", {}]) is None
    end.link.answer(call, {})
    assert [message[:3] for message in end.sent] == [[4, "m1", "GenericError"], [3, "m1", {}]]


def test_an_answer_that_comes_after_the_end_goes_to_the_connection_that_asked_again(end: End) -> None:
    call = end.called(METER_VALUES)
    end.link.close()
    new = End(answers=end.answers, clock=end.clock)
    assert new.receive(METER_VALUES) is None
    end.link.answer(call, {})
    assert (end.sent, new.sent) == ([], [[3, "m1", {}]])


def test_a_refused_call_may_be_tried_again(end: End) -> None:
    end.link.reject(end.called(METER_VALUES), "InternalError")
    end.link.answer(end.called(METER_VALUES), {})
    assert [message[0] for message in end.sent] == [4, 3]


# --- malformed messages

CALL_16 = pytest.param("1.6", b'[2,"7",["x"],{}]', [4, "7", "FormationViolation"], id="1.6 list as action")


@pytest.mark.parametrize(
    ("version", "data", "answer"),
    [
        CALL_16,
        pytest.param("2.0.1", b'[2,"7",["x"],{}]', [4, "7", "FormatViolation"], id="2.0.1 list as action"),
        pytest.param("1.6", b'[2,"7","A",{', [4, "7", "FormationViolation"], id="1.6 truncated call"),
        pytest.param("2.1", b'[2,"7","A",{', [4, "7", "FormatViolation"], id="2.1 truncated call"),
        pytest.param(
            "1.6", b'[2,"7","A",{"a":' + b"9" * 5000 + b"}]", [4, "7", "FormationViolation"], id="5 000 digits"
        ),
        pytest.param("1.6", b'[2,{},"A",{}]', None, id="1.6 id is no id"),
        pytest.param("2.0.1", b'[2,{},"A",{}]', [4, "-1", "RpcFrameworkError"], id="2.0.1 id is no id"),
        *[
            pytest.param("1.6", data, None, id=f"1.6 {data[:9]!r}")
            for data in (b"", b"{", b"{}", b"[]", b"[" * 100_000)
        ],
        *[
            pytest.param("2.0.1", data, [4, "-1", "FormatViolation"], id=f"2.0.1 {data[:9]!r}")
            for data in (b"", b"{", b"[" * 100_000)
        ],
        pytest.param("2.0.1", b"{}", [4, "-1", "RpcFrameworkError"], id="2.0.1 {}"),
        pytest.param("2.1", b"[]", [4, "-1", "RpcFrameworkError"], id="2.1 []"),
        pytest.param("1.6", b'[9,"7",{}]', None, id="1.6 unknown type"),
        pytest.param("2.0.1", b'[9,"7",{}]', [4, "7", "MessageTypeNotSupported"], id="2.0.1 unknown type"),
        pytest.param("2.0.1", b'[5,"7","A","",{}]', [4, "7", "MessageTypeNotSupported"], id="2.0.1 type 5"),
        pytest.param("2.1", b'[9,"7",{}]', None, id="2.1 unknown type"),
        pytest.param("2.0.1", b'[3,"7","x"]', None, id="a broken result is never refused"),
        pytest.param("2.0.1", b"[3,{},{}]", None, id="a result without id is never refused"),
        pytest.param("2.0.1", b'[4,null,"A"]', None, id="an error without id is never refused"),
        pytest.param("1.6", b'[5,"7","A","",{}]', None, id="1.6 type 5"),
        pytest.param("1.6", b'[6,"7","A",{}]', None, id="1.6 type 6"),
    ],
)
def test_a_malformed_message_gets_the_answer_of_its_version(
    version: Version, data: bytes, answer: list[object] | None
) -> None:
    end = End(version)
    assert end.receive(data) is None
    assert [message[:3] for message in end.sent] == ([answer] if answer else [])
    assert end.link.counters["malformed"] == 1
    end.link.answer(end.called([2, "8", "MeterValues", {}]), {})
    assert end.sent[-1] == [3, "8", {}]


# --- 2.1 has two more message types


def test_a_message_that_wants_no_answer_is_handed_on() -> None:
    end = End("2.1")
    message = [6, "7", "NotifyPeriodicEventStream", {"id": 1, "pending": 0, "basetime": NOW, "data": []}]
    assert end.receive(message) == Send("7", "NotifyPeriodicEventStream", message[3])
    assert end.receive([6, "8", "StatusNotification", {}]) is None
    assert end.sent == []
    assert end.link.counters["malformed"] == 1


def test_a_station_that_cannot_use_our_answer_is_counted() -> None:
    end = End("2.1")
    assert end.receive([5, "7", "FormatViolation", "what?", {}]) is None
    assert end.sent == []
    assert end.link.counters["answer refused by the station"] == 1


# --- our calls


def test_a_call_brings_its_answer(end: End) -> None:
    end.call("Reset", {"type": "Soft"})
    ((kind, message_id, action, payload),) = end.sent
    assert (kind, action, payload) == (2, "Reset", {"type": "Soft"})
    assert len(str(message_id)) <= 36
    end.receive([3, message_id, {"status": "accepted"}])
    assert end.outcomes == [{"status": "Accepted"}]


def test_ids_are_never_used_twice_on_any_connection() -> None:
    ids = set()
    for _ in range(20):
        end = End()
        for _ in range(5):
            end.call()
            ids.add(end.sent[-1][1])
            end.receive([3, end.sent[-1][1], {"status": "Accepted"}])
    assert len(ids) == 100


def test_one_call_is_on_its_way_and_the_others_wait(end: End) -> None:
    for _ in range(3):
        end.call()
    assert len(end.sent) == 1
    end.receive([3, end.sent[0][1], {"status": "Accepted"}])
    assert len(end.sent) == 2
    end.receive([4, end.sent[1][1], "NotSupported", "no", {"a": 1}])
    assert len(end.sent) == 3
    rejected = end.outcomes[1]
    assert isinstance(rejected, CallRejected)
    assert (rejected.code, rejected.description, rejected.details) == ("NotSupported", "no", {"a": 1})
    assert str(rejected) == "NotSupported: no"


def test_an_error_under_the_id_minus_one_is_the_answer_to_the_one_call_on_its_way(end: End) -> None:
    end.call()
    end.receive([4, "-1", "RpcFrameworkError", "", {}])
    assert isinstance(end.outcomes[0], CallRejected)


def test_only_so_many_calls_wait(end: End) -> None:
    for _ in range(MAX_QUEUE + 1):
        end.call()
    with pytest.raises(QueueFull):
        end.call()
    assert end.outcomes == []


@pytest.mark.parametrize(("action", "error"), [("Reset", InvalidPayload), ("SetVariables", UnknownAction)])
def test_what_breaks_its_schema_is_not_sent(end: End, action: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        end.call(action)
    assert (end.sent, end.outcomes, end.link.deadline) == ([], [], None)


def test_what_could_do_harm_in_a_station_is_not_sent(end: End) -> None:
    with pytest.raises(InvalidPayload, match="GetDiagnostics: location has to begin with"):
        end.call("GetDiagnostics", {"location": "file:///etc/passwd"})
    assert (end.sent, end.outcomes, end.link.deadline) == ([], [], None)


def test_the_deadline_includes_the_waiting(end: End) -> None:
    end.call(timeout=30.0)
    end.call(timeout=10.0)
    assert end.link.deadline == end.clock.now + 10.0
    end.clock.now += 10.0
    end.link.expire()
    assert [type(outcome) for outcome in end.outcomes] == [CallTimeout]
    assert end.link.deadline == end.clock.now + 20.0
    end.clock.now += 20.0
    end.link.expire()
    assert len(end.outcomes) == 2
    assert end.link.deadline is None
    assert (len(end.sent), end.link.counters["time-out"]) == (1, 2)


def test_four_calls_to_a_silent_station_end_together(end: End) -> None:
    for _ in range(4):
        end.call(timeout=0.5)
    end.clock.now += 0.5
    end.link.expire()
    assert [type(outcome) for outcome in end.outcomes] == [CallTimeout] * 4


def test_after_a_time_out_the_next_call_goes_out_and_the_late_answer_is_dropped(end: End) -> None:
    end.call(timeout=1.0)
    end.call(timeout=9.0)
    end.clock.now += 1.0
    end.link.expire()
    late, current = (message[1] for message in end.sent)
    end.receive([3, late, {"status": "Rejected"}])
    end.receive([3, current, {"status": "Accepted"}])
    assert isinstance(end.outcomes[0], CallTimeout)
    assert end.outcomes[1] == {"status": "Accepted"}
    assert end.link.counters["late or unknown answer"] == 1


def test_fifty_thousand_unasked_answers_are_dropped(end: End) -> None:
    for number in range(50_000):
        end.receive(b'[3,"%d",{}]' % number)
    end.call()
    end.receive([3, end.sent[0][1], {"status": "Accepted"}])
    assert end.outcomes == [{"status": "Accepted"}]
    assert end.link.counters["late or unknown answer"] == 50_000


def test_an_answer_that_is_cut_off_fails_that_call_at_once(end: End) -> None:
    end.call("GetConfiguration")
    end.receive(f'[3,"{end.sent[0][1]}",{{"configurationKey":[{{"key":'.encode())
    assert isinstance(end.outcomes[0], CallRejected)
    assert end.link.counters["unusable answer"] == 1
    end.call()
    assert len(end.sent) == 2


def test_an_answer_without_what_is_required_fails_the_call(end: End) -> None:
    end.call()
    end.receive([3, end.sent[0][1], {}])
    assert str(end.outcomes[0]) == "ProtocolError: the answer is unusable: status is required and missing"
    assert len(end.sent) == 1


def test_2_1_tells_the_station_that_its_answer_is_unusable() -> None:
    end = End("2.1")
    end.call()
    end.receive([3, end.sent[0][1], {}])
    assert end.sent[1][:3] == [5, end.sent[0][1], "OccurrenceConstraintViolation"]


def test_a_cancelled_call_is_not_sent_and_hears_nothing(end: End) -> None:
    first = end.link.call("ClearCache", {}, 30.0, end.outcomes.append)
    second = end.link.call("ClearCache", {}, 30.0, end.outcomes.append)
    end.link.cancel(second)
    end.link.cancel(first)
    assert end.link.deadline == end.clock.now + 30.0
    end.receive([3, end.sent[0][1], {"status": "Accepted"}])
    assert (len(end.sent), end.outcomes, end.link.deadline) == (1, [], None)
    end.link.cancel(first)


def test_the_end_of_the_connection_fails_what_waits_at_once(end: End) -> None:
    end.call()
    end.call()
    end.link.close()
    end.link.close()
    assert [type(outcome) for outcome in end.outcomes] == [LinkClosed, LinkClosed]
    with pytest.raises(LinkClosed):
        end.call()
    assert len(end.sent) == 1


def test_nothing_is_sent_after_the_end(end: End) -> None:
    call = end.called([2, "7", "Heartbeat", {}])
    end.link.close()
    end.link.answer(call, HEARTBEAT)
    end.receive([2, "8", "Nonsense", {}])
    assert end.sent == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["call", "answer", "refuse", "stale", "wait", "their call", "close"]), max_size=60))
def test_whatever_happens_each_call_resolves_exactly_once_and_one_is_on_its_way(steps: list[str]) -> None:
    end = End()
    outcomes = Counter[int]()
    made = 0
    for step in steps:
        open_ids = [message[1] for message in end.sent if message[0] == 2]
        match step:
            case "call":
                number = made
                try:
                    end.link.call("ClearCache", {}, 5.0, lambda outcome, number=number: outcomes.update([number]))
                    made += 1
                except CallFailed:
                    pass
            case "answer" if open_ids:
                end.receive([3, open_ids[-1], {"status": "Accepted"}])
            case "refuse" if open_ids:
                end.receive([4, open_ids[-1], "GenericError", "", {}])
            case "stale" if open_ids:
                end.receive([3, open_ids[0], {"status": "Rejected"}])
            case "wait":
                end.clock.now += 2.0
                end.link.expire()
            case "their call":
                end.link.answer(end.called([2, f"t{len(end.texts)}", "Heartbeat", {}]), HEARTBEAT)
            case "close":
                end.link.close()
        assert sum(message[0] == 2 for message in end.sent) <= outcomes.total() + 1
    end.link.close()
    assert outcomes == Counter(range(made))
