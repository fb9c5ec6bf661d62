"""OCPP 1.6, Remote Trigger (OCPP 1.6 ed. 2 - 5.17)."""

from functools import partial

import pytest

from custom_components.ocpp_home.csms.model.commands import Trigger
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, Diary, until
from tests.simulator import Oddities, Station as Simulated

KINDS = (
    *("BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "Heartbeat"),
    *("MeterValues", "StatusNotification"),
)


def triggers(garage: Station) -> Trigger:
    """The commands that make a station speak."""
    trigger = garage.require().trigger
    assert trigger is not None
    return trigger


def more_than(station: Simulated, kind: str, count: int) -> bool:
    """Whether the station has said something more often."""
    return station.told().count(kind) > count


async def test_tc_054_trigger_message(station: Simulated, garage: Station, diary: Diary) -> None:
    await station.start()
    assert garage.evse(1).meter.total(Quantity.POWER) is None
    for kind in KINDS:
        said = station.told().count(kind)
        number = 1 if kind in {"MeterValues", "StatusNotification"} else None
        await triggers(garage).trigger(kind, number)
        expected = {"requestedMessage": kind} | ({"connectorId": number} if number else {})
        assert station.asked("TriggerMessage")[-1] == expected
        await until(partial(more_than, station, kind, said))
        await station.settle()
        assert station.requests[-1].answer is not None
    assert len(diary.data(Kind.BOOT)) == 2
    assert (garage.firmware_status, garage.log_status) == ("Idle", "Idle")
    assert (diary.data(Kind.FIRMWARE), diary.data(Kind.LOG)) == ([], [])
    assert garage.evse(1).meter.total(Quantity.POWER) == 11_040
    assert garage.evse(1).status is Status.CHARGING


async def test_tc_055_trigger_message_rejected(dial: Dial, garage: Station) -> None:
    station = await dial(oddities=Oddities(answers={"TriggerMessage": {"status": "Rejected"}}))
    with pytest.raises(Refused) as refusal:
        await triggers(garage).trigger("MeterValues", 1)
    assert refusal.value.status == "Rejected"
    assert station.asked("TriggerMessage") == [{"requestedMessage": "MeterValues", "connectorId": 1}]
    assert station.told("MeterValues") == []
