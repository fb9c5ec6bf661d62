"""What a station can be asked to say (OCPP 2.0.1 ed. 3 - F06)."""

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.evse import Connector
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.v2.trigger import CustomTrigger, Trigger
from tests.csms.peer import Peer
from tests.csms.stage import NOW


@pytest.fixture
def trigger(station: Station, call: Caller, peer: Peer) -> Trigger:
    peer.answers["TriggerMessage"] = {"status": "Accepted"}
    return Trigger(station, call)


async def test_a_message_is_asked_of_the_station_or_an_evse(trigger: Trigger, peer: Peer) -> None:
    """F06.FR.01."""
    await trigger.trigger("Heartbeat", 1)
    await trigger.trigger("MeterValues", 1)
    await trigger.trigger("MeterValues")
    assert peer.told("TriggerMessage") == [
        {"requestedMessage": "Heartbeat"},
        {"requestedMessage": "MeterValues", "evse": {"id": 1}},
        {"requestedMessage": "MeterValues"},
    ]


async def test_statuses_are_asked_for_connector_by_connector(station: Station, trigger: Trigger, peer: Peer) -> None:
    """F06.FR.13."""
    station.evse(1).connectors[2] = Connector(2)
    station.evse(2)
    await trigger.trigger("StatusNotification")
    await trigger.trigger("StatusNotification", 2)
    await trigger.trigger("StatusNotification", 1, 2)
    places = [told["evse"] for told in peer.told("TriggerMessage")]
    assert [(place["id"], place["connectorId"]) for place in places] == [(1, 1), (1, 2), (2, 1), (2, 1), (1, 2)]


async def test_what_was_agreed_to_is_expected(trigger: Trigger, peer: Peer) -> None:
    """B02.FR.09."""
    await trigger.trigger("SignV2GCertificate")
    await trigger.trigger("MeterValues", 1)
    peer.answers["TriggerMessage"] = {"status": "Rejected"}
    with pytest.raises(Refused):
        await trigger.trigger("Heartbeat")
    assert trigger.expected == {"SignCertificate", "MeterValues"}


async def test_a_refusal_is_an_error(station: Station, trigger: Trigger, peer: Peer) -> None:
    peer.answers["TriggerMessage"] = {"status": "NotImplemented"}
    with pytest.raises(Unsupported):
        await trigger.trigger("Heartbeat")
    peer.answers["TriggerMessage"] = {"status": "Rejected"}
    with pytest.raises(Refused):
        await trigger.trigger("Heartbeat")
    station.identify(Identity(vendor="StarCharge"))
    with pytest.raises(Invalid):
        await trigger.trigger("BootNotification")


async def test_a_trigger_of_the_vendor_is_asked_for_by_its_name(call: Caller, peer: Peer) -> None:
    """OCPP 2.1 - F06.FR.20."""
    peer.answers["TriggerMessage"] = {"status": "Accepted"}
    await CustomTrigger(call).custom("Selftest")
    await CustomTrigger(call).custom("Selftest", 2)
    asked = {"requestedMessage": "CustomTrigger", "customTrigger": "Selftest"}
    assert peer.told("TriggerMessage") == [asked, asked | {"evse": {"id": 2}}]
    peer.answers["TriggerMessage"] = {"status": "NotImplemented"}
    with pytest.raises(Unsupported, match="Selftest"):
        await CustomTrigger(call).custom("Selftest")


async def test_a_refresh_asks_for_the_status_and_what_is_measured(
    station: Station, trigger: Trigger, peer: Peer
) -> None:
    evse = station.evse(1)
    await trigger.refresh()
    evse.transaction = station.ledger.start(Opening("CP1", 1, 1, "A", NOW, 0, id="t1"))
    await trigger.refresh()
    asked = [told["requestedMessage"] for told in peer.told("TriggerMessage")]
    assert asked == ["StatusNotification", "MeterValues", "StatusNotification", "TransactionEvent"]


async def test_of_a_refresh_one_part_may_be_refused(station: Station, trigger: Trigger, peer: Peer) -> None:
    station.evse(1)
    peer.answers["TriggerMessage"] = lambda asked: {
        "status": "Accepted" if asked["requestedMessage"] == "MeterValues" else "Rejected"
    }
    await trigger.refresh()
    peer.answers["TriggerMessage"] = {"status": "Rejected"}
    with pytest.raises(Refused):
        await trigger.refresh()
