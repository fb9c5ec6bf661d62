"""What a variable has beside its actual value."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.errors import Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2 import keys
from custom_components.ocpp_home.csms.v2.attributes import Attributes
from tests.csms.peer import Payload, Peer

PLACE = {"component": {"name": "Led", "evse": {"id": 1}}, "variable": {"name": "Brightness"}}
KEY = VariableKey("Led", "Brightness", 1)


@pytest.fixture
def attributes(station: Station, call: Caller) -> Attributes:
    return Attributes(station, call)


def answers(peer: Peer, status: str, **more: Any) -> None:
    result: Payload = PLACE | {"attributeType": "Target", "attributeStatus": status} | more
    peer.answers["SetVariables"] = {"setVariableResult": [result]}


async def test_a_target_is_written_and_noted(station: Station, attributes: Attributes, peer: Peer) -> None:
    station.variables.put(Variable(KEY, "20", attributes=(("MinSet", "10"), ("Target", "20"))))
    answers(peer, "Accepted")
    assert await attributes.write("led.brightness@1", "Target", "80") is False
    asked = PLACE | {"component": {"name": "led", "evse": {"id": 1}}, "variable": {"name": "brightness"}}
    assert peer.told("SetVariables") == [
        {"setVariableData": [asked | {"attributeType": "Target", "attributeValue": "80"}]}
    ]
    known = station.variables.get("Brightness", "Led", 1)
    assert known is not None
    assert (known.value, known.attributes) == ("20", (("MinSet", "10"), ("Target", "80")))


async def test_a_target_may_wait_for_a_reboot(station: Station, attributes: Attributes, peer: Peer) -> None:
    answers(peer, "RebootRequired")
    assert await attributes.write(KEY.path, "Target", "80") is True
    assert station.notices["reboot_required", 0].data == {"key": KEY.path}
    assert station.variables.get("Brightness", "Led", 1) is None


@pytest.mark.parametrize("status", ["UnknownComponent", "UnknownVariable", "NotSupportedAttributeType"])
async def test_what_a_variable_does_not_have_is_not_supported(attributes: Attributes, peer: Peer, status: str) -> None:
    answers(peer, status)
    with pytest.raises(Unsupported, match=f"{status}: Target of Led.Brightness@1"):
        await attributes.write(KEY.path, "Target", "80")


async def test_a_refusal_is_told_in_the_words_of_the_station(attributes: Attributes, peer: Peer) -> None:
    answers(peer, "Rejected", attributeStatusInfo={"reasonCode": "TooHigh", "additionalInfo": "at most 50"})
    with pytest.raises(Refused, match="Rejected: TooHigh, at most 50"):
        await attributes.write(KEY.path, "Target", "80")


async def test_an_answer_about_something_else_is_no_consent(attributes: Attributes, peer: Peer) -> None:
    answers(peer, "Accepted", variable={"name": "Colour"})
    with pytest.raises(Refused, match="no result"):
        await attributes.write(KEY.path, "Target", "80")
    answers(peer, "Accepted", attributeType="MaxSet")
    with pytest.raises(Refused, match="no result"):
        await attributes.write(KEY.path, "Target", "80")


async def test_the_target_of_a_password_is_not_kept(station: Station, attributes: Attributes, peer: Peer) -> None:
    key = VariableKey("SecurityCtrlr", "BasicAuthPassword")
    station.variables.put(Variable(key, None))
    answers(peer, "Accepted", **keys.both(key))
    await attributes.write(key.path, "Target", "hunter2hunter2hu")
    known = station.variables.known[key.fold]
    assert known.attributes == ()


async def test_an_attribute_is_read_where_there_is_one(station: Station, attributes: Attributes, peer: Peer) -> None:
    """B06."""
    station.variables.put(Variable(KEY, "20", attributes=(("MinSet", "10"),)))
    other, none, odd = (VariableKey("Led", name) for name in ("Colour", "Nothing", "Odd"))
    told = [
        PLACE | {"attributeType": "Target", "attributeStatus": "Accepted", "attributeValue": "80"},
        keys.both(other) | {"attributeType": "Target", "attributeStatus": "Accepted"},
        keys.both(none) | {"attributeType": "Target", "attributeStatus": "NotSupportedAttributeType"},
        keys.both(odd) | {"attributeStatus": "Accepted", "attributeValue": "the actual one"},
    ]
    peer.answers["GetVariables"] = {"getVariableResult": told}
    found = await attributes.read([key.path for key in (KEY, other, none, odd, KEY)], "Target")
    assert peer.told("GetVariables") == [
        {"getVariableData": [keys.both(key) | {"attributeType": "Target"} for key in (KEY, other, none, odd)]}
    ]
    assert [(one.key.path, dict(one.attributes)) for one in found] == [
        (KEY.path, {"MinSet": "10", "Target": "80"}),
        (other.path, {"Target": None}),
    ]
    assert list(station.variables.known.values()) == found[:1]
