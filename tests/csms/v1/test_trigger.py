"""Triggers: all messages, refusals for connector 0, and what is never asked."""

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.remote import Remote
from custom_components.ocpp_home.csms.v1.trigger import Trigger
from tests.csms.peer import Payload, Peer, Rejection

ACCEPTED, REJECTED = {"status": "Accepted"}, {"status": "Rejected"}


@pytest.fixture
def trigger(station: Station, call: Caller) -> Trigger:
    station.connect("1.6", Commands(Remote(station, call), Configuration(station, call)))
    return Trigger(station, call)


@pytest.mark.parametrize(
    "message",
    [
        "BootNotification",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "StatusNotification",
    ],
)
async def test_054_a_message_is_asked_for(trigger: Trigger, peer: Peer, message: str) -> None:
    peer.answers["TriggerMessage"] = ACCEPTED
    await trigger.trigger(message)
    await trigger.trigger(message, 2)
    await trigger.trigger(message, 0)
    assert peer.told("TriggerMessage") == [
        {"requestedMessage": message},
        {"requestedMessage": message, "connectorId": 2},
        {"requestedMessage": message},
    ]


@pytest.mark.parametrize("message", ["LogStatusNotification", "SignChargePointCertificate"])
async def test_some_messages_need_the_extended_trigger(trigger: Trigger, peer: Peer, message: str) -> None:
    peer.answers["ExtendedTriggerMessage"] = ACCEPTED
    await trigger.trigger(message)
    assert peer.asked == [("ExtendedTriggerMessage", {"requestedMessage": message})]


async def test_055_a_refusal_is_told(trigger: Trigger, station: Station, peer: Peer) -> None:
    station.evse(1)
    peer.answers["TriggerMessage"] = REJECTED
    with pytest.raises(Refused, match="Rejected"):
        await trigger.trigger("Heartbeat")
    with pytest.raises(Refused, match="Rejected"):
        await trigger.trigger("MeterValues", 1)
    assert len(peer.asked) == 2


async def test_a_message_the_station_does_not_know_is_not_supported(trigger: Trigger, peer: Peer) -> None:
    peer.answers["TriggerMessage"] = {"status": "NotImplemented"}
    with pytest.raises(Unsupported, match="NotImplemented: MeterValues"):
        await trigger.trigger("MeterValues")


def _only_connectors(payload: Payload) -> Payload:
    return ACCEPTED if "connectorId" in payload else REJECTED


async def test_what_is_refused_for_all_is_asked_of_each_connector(
    trigger: Trigger, station: Station, peer: Peer
) -> None:
    station.evse(1)
    station.evse(2)
    peer.answers["TriggerMessage"] = _only_connectors
    await trigger.trigger("MeterValues")
    assert [payload.get("connectorId") for payload in peer.told("TriggerMessage")] == [None, 1, 2]


async def test_a_station_that_a_boot_trigger_silences_is_not_asked_for_it(
    trigger: Trigger, station: Station, peer: Peer
) -> None:
    station.identify(Identity(vendor="StarCharge"))
    with pytest.raises(Invalid):
        await trigger.trigger("BootNotification")
    assert peer.asked == []


async def test_a_refresh_asks_for_status_and_meter_values(trigger: Trigger, peer: Peer) -> None:
    peer.answers["TriggerMessage"] = ACCEPTED
    await trigger.refresh()
    assert [payload["requestedMessage"] for payload in peer.told("TriggerMessage")] == [
        "StatusNotification",
        "MeterValues",
    ]


@pytest.mark.parametrize("word", ["Rejected", "NotImplemented"])
async def test_a_station_that_will_not_say_one_thing_may_say_the_other(trigger: Trigger, peer: Peer, word: str) -> None:
    peer.answers["TriggerMessage"] = lambda payload: (
        ACCEPTED if payload["requestedMessage"] == "MeterValues" else {"status": word}
    )
    await trigger.refresh()
    assert len(peer.asked) == 2


async def test_a_refresh_without_any_effect_is_told(trigger: Trigger, peer: Peer) -> None:
    peer.answers["TriggerMessage"] = REJECTED
    with pytest.raises(Refused):
        await trigger.refresh()


async def test_a_station_that_knows_no_triggers_is_asked_once(trigger: Trigger, peer: Peer) -> None:
    peer.answers["TriggerMessage"] = Rejection("NotSupported")
    with pytest.raises(Unsupported):
        await trigger.refresh()
    assert len(peer.asked) == 1


async def test_nothing_is_known_of_a_station_that_never_connected(station: Station, call: Caller, peer: Peer) -> None:
    peer.answers["TriggerMessage"] = Rejection("NotSupported")
    with pytest.raises(Unsupported):
        await Trigger(station, call).refresh()
    assert len(peer.asked) == 2
