"""Frames: what is read of a text, and what is written."""

import orjson
import pytest

from custom_components.ocpp_home.csms.wire.frame import (
    Call,
    CallError,
    CallResult,
    CallResultError,
    Frame,
    Malformed,
    MessageId,
    Send,
    Version,
    decode,
    encode,
)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('[2,"1","Heartbeat",{}]', Call("1", "Heartbeat", {})),
        ('[3,"1",{"status":"Accepted"}]', CallResult("1", {"status": "Accepted"})),
        ('[4,"1","NotSupported","no",{"a":1}]', CallError("1", "NotSupported", "no", {"a": 1})),
    ],
)
@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
def test_every_version_has_the_three_message_types(text: str, frame: Frame, version: Version) -> None:
    assert decode(text, version) == frame


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('[5,"1","FormatViolation","what?",{}]', CallResultError("1", "FormatViolation", "what?", {})),
        ('[6,"1","NotifyPeriodicEventStream",{"id":1}]', Send("1", "NotifyPeriodicEventStream", {"id": 1})),
    ],
)
def test_2_1_has_two_more(text: str, frame: Frame) -> None:
    assert decode(text, "2.1") == frame
    for version in ("1.6", "2.0.1"):
        with pytest.raises(Malformed) as caught:
            decode(text, version)
        assert (caught.value.id, caught.value.code) == ("1", "MessageTypeNotSupported")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'[2,"1","Heartbeat",null]', id="payload null"),
        pytest.param(b'[2,"1","Heartbeat",[]]', id="payload []"),
        pytest.param(b'[2,"1","Heartbeat",""]', id="payload empty text"),
        pytest.param(b'[2,"1","Heartbeat"]', id="missing payload"),
        pytest.param(b'[2,"1","Heartbeat",{},7]', id="fifth element"),
        pytest.param(b'["2","1","Heartbeat",{}]', id="type as text"),
        pytest.param(b'[2.0,"1","Heartbeat",{}]', id="type as float"),
        pytest.param(b'\xef\xbb\xbf[2,"1","Heartbeat",{}]', id="BOM"),
        pytest.param(b'[2,"1","Heartbeat",{}]\x00', id="trailing NUL"),
        pytest.param(b'[2,"1","Heart\x00beat",{}]', id="NUL inside"),
        pytest.param(b'[2,"1","Heartbeat",{}]\r\n', id="line end"),
        pytest.param('[2,"1","Heartbeat",{}]'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'[2,"1","Heartbeat",{},]', id="trailing comma"),
        pytest.param('[2,"1","Heartbeat",{}]', id="str"),
    ],
)
def test_a_slip_of_the_station_is_read_as_it_was_meant(data: bytes | str) -> None:
    assert decode(data, "1.6") == Call("1", "Heartbeat", {})


@pytest.mark.parametrize(
    ("data", "payload"),
    [
        pytest.param(b'{"transactionId":,"connectorId":1}', {"connectorId": 1}, id="empty value"),
        pytest.param(b'{"connectorId":1,"transactionId":}', {"connectorId": 1}, id="empty value at the end"),
        pytest.param(b'{"a":NaN}', {"a": None}, id="NaN"),
        pytest.param(b'{"a":"\\ud800"}', {"a": "\ufffd"}, id="lone surrogate"),
        pytest.param(b'{"a":"K\xfcche"}', {"a": "K\ufffdche"}, id="bad UTF-8"),
        pytest.param(b'{"a":1,"a":2}', {"a": 2}, id="duplicate key"),
    ],
)
def test_a_repaired_payload_keeps_what_is_sound(data: bytes, payload: dict[str, object]) -> None:
    assert decode(b'[2,"1","MeterValues",' + data + b"]", "1.6") == Call("1", "MeterValues", payload)


def test_a_truncated_answer_gets_its_brackets_back() -> None:
    assert decode(b'[3,"1",{"configurationKey":[]', "1.6") == CallResult("1", {"configurationKey": []})


@pytest.mark.parametrize(
    ("data", "kind", "message_id", "code"),
    [
        pytest.param(b'[2,"1",["x"],{}]', 2, "1", "FormatViolation", id="list as action"),
        pytest.param(b'[2,"1",null,{}]', 2, "1", "FormatViolation", id="null action"),
        pytest.param(b'[2,"1","",{}]', 2, "1", "FormatViolation", id="empty action"),
        pytest.param(b'[2,"1"]', 2, "1", "FormatViolation", id="no action"),
        pytest.param(b'[2,"1","Heartbeat","x"]', 2, "1", "FormatViolation", id="text as payload"),
        pytest.param(b'[2,"1","Heartbeat",[1]]', 2, "1", "FormatViolation", id="list as payload"),
        pytest.param(b'[3,"1","x"]', 3, "1", "FormatViolation", id="text as result"),
        pytest.param(b'[2,"1","A",{"x":' + b"9" * 5000 + b"}]", 2, "1", "FormatViolation", id="5 000 digits"),
        pytest.param(b'[2,"1","A",' + b"[" * 40 + b"]" * 40 + b"]", 2, "1", "FormatViolation", id="depth 40"),
        pytest.param(b'[2,"1","A",{"a":{' + b'"b":{' * 40, 2, "1", "FormatViolation", id="truncated call"),
        pytest.param(b'[2,17,"A",{', 2, 17, "FormatViolation", id="truncated call, number as id"),
        pytest.param(b"[" * 100_000, 0, None, "FormatViolation", id="100 000 brackets"),
        pytest.param(b"[" * 50_000, 0, None, "FormatViolation", id="50 000 brackets"),
        pytest.param(b"", 0, None, "FormatViolation", id="empty"),
        pytest.param(b"{", 0, None, "FormatViolation", id="{"),
        pytest.param(b"{}", 0, None, "RpcFrameworkError", id="{}"),
        pytest.param(b"[]", 0, None, "RpcFrameworkError", id="[]"),
        pytest.param(b"null", 0, None, "RpcFrameworkError", id="null"),
        pytest.param(b"[2]", 2, None, "RpcFrameworkError", id="no id"),
        pytest.param(b'[2,{},"Heartbeat",{}]', 2, None, "RpcFrameworkError", id="object as id"),
        pytest.param(b'[2,null,"Heartbeat",{}]', 2, None, "RpcFrameworkError", id="null as id"),
        pytest.param(b'[2,true,"Heartbeat",{}]', 2, None, "RpcFrameworkError", id="true as id"),
        pytest.param(b'[2,"","Heartbeat",{}]', 2, None, "RpcFrameworkError", id="empty id"),
        pytest.param(b'[2,"' + b"x" * 10_000 + b'","A",{}]', 2, None, "RpcFrameworkError", id="10 kB id"),
        pytest.param(b'[9,"1",{}]', 9, "1", "MessageTypeNotSupported", id="unknown type"),
        pytest.param(b'[true,"1",{}]', 0, "1", "MessageTypeNotSupported", id="true as type"),
        pytest.param(b'[[],"1",{}]', 0, "1", "MessageTypeNotSupported", id="list as type"),
    ],
)
def test_what_cannot_be_read_tells_what_it_was(data: bytes, kind: int, message_id: MessageId | None, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        decode(data, "2.0.1")
    assert (caught.value.kind, caught.value.id, caught.value.code) == (kind, message_id, code)
    assert str(caught.value) == caught.value.description


def test_thirty_levels_of_nesting_are_read() -> None:
    text = b'[2,"1","DataTransfer",{"data":' + b"[" * 29 + b"]" * 29 + b',"x":[[],[],[],[]]}]'
    assert isinstance(decode(text, "1.6"), Call)


def test_ids_that_are_numbers_or_too_long_are_echoed_as_they_are() -> None:
    assert decode(b'[2,17,"Heartbeat",{}]', "1.6") == Call(17, "Heartbeat", {})
    assert encode(CallResult(17, {}), "1.6") == b"[3,17,{}]"
    assert decode(b'[2,"' + b"x" * 500 + b'","Heartbeat",{}]', "1.6") == Call("x" * 500, "Heartbeat", {})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('[4,"1"]', CallError("1", "GenericError", "", {})),
        ('[4,"1","Vendor"]', CallError("1", "Vendor", "", {})),
        ('[4,"1","NotSupported",null]', CallError("1", "NotSupported", "", {})),
        ('[4,"1",17,["odd"],"text"]', CallError("1", "17", '["odd"]', {})),
        ('[4,"1","A","b",{"c":1},6]', CallError("1", "A", "b", {"c": 1})),
    ],
)
def test_an_error_is_read_with_two_to_six_elements_of_any_type(text: str, error: CallError) -> None:
    assert decode(text, "1.6") == error


def test_frames_are_written_as_the_specification_shows_them() -> None:
    assert encode(Call("1", "Reset", {"type": "Soft"}), "1.6") == b'[2,"1","Reset",{"type":"Soft"}]'
    assert encode(CallResult("1", {}), "1.6") == b'[3,"1",{}]'
    assert encode(CallError("1", "NotSupported", "x"), "1.6") == b'[4,"1","NotSupported","x",{}]'
    assert encode(CallResultError("1", "TypeConstraintViolation"), "2.1") == b'[5,"1","TypeConstraintViolation","",{}]'
    assert encode(Send("1", "A", {"b": 1}), "2.1") == b'[6,"1","A",{"b":1}]'


@pytest.mark.parametrize(
    ("code", "in_16"),
    [
        ("FormatViolation", "FormationViolation"),
        ("OccurrenceConstraintViolation", "OccurenceConstraintViolation"),
        ("RpcFrameworkError", "FormationViolation"),
        ("ProtocolError", "ProtocolError"),
    ],
)
def test_error_codes_are_spelled_as_the_version_spells_them(code: str, in_16: str) -> None:
    assert orjson.loads(encode(CallError("1", code), "1.6"))[2] == in_16
    assert orjson.loads(encode(CallError("1", code), "2.0.1"))[2] == code


def test_an_error_description_has_at_most_255_characters() -> None:
    assert orjson.loads(encode(CallError("1", "GenericError", "x" * 300), "1.6"))[3] == "x" * 255
