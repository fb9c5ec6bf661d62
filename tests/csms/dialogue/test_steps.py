"""Steps are taken one after another, each failing alone; nothing is tried twice that was refused."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.boot import greet
from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.steps import Step, Steps
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.errors import Offline, Refused
from custom_components.ocpp_home.csms.model.plan import Leg, Plan
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1.charging import Charging
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.remote import Remote
from custom_components.ocpp_home.csms.v1.trigger import Trigger
from tests.csms.peer import Peer, Rejection
from tests.csms.stage import NOW

KEY = VariableKey("", "Interval")


class Chores(Steps):
    """A set-up of steps that are given."""

    mine: tuple[Step, ...] = ()

    def steps(self) -> tuple[Step, ...]:
        return self.mine


@pytest.fixture
def chores(station: Station, call: Caller) -> Chores:
    station.connect("1.6", Commands(Remote(station, call), Configuration(station, call)))
    return Chores(station, lambda: None)


async def test_a_step_that_fails_does_not_keep_the_next_from_being_taken(station: Station, chores: Chores) -> None:
    async def refused() -> None:
        raise Refused("Rejected")

    async def fine() -> None:
        return None

    async def gone() -> None:
        raise Offline("gone")

    chores.mine = (refused, fine, gone, fine)
    with pytest.raises(Offline):
        await chores.run()
    assert chores.done == ["refused", "fine"]
    assert station.counters == {"set-up: refused": 1}


async def test_a_station_that_keeps_booting_is_left_alone(station: Station, chores: Chores) -> None:
    async def step() -> None:
        raise AssertionError

    chores.mine = (step,)
    for _ in range(4):
        greet(station, Identity(), NOW)
    await chores.run()
    assert chores.done == []


async def test_a_variable_is_written_where_it_differs(station: Station, chores: Chores, peer: Peer) -> None:
    peer.answers["ChangeConfiguration"] = {"status": "Accepted"}
    assert not await chores.write(KEY, 30)
    station.variables.put(Variable(KEY, " 30 "))
    assert await chores.write(KEY, 30)
    station.variables.put(Variable(KEY, "10", readonly=True))
    assert not await chores.write(KEY, 30)
    station.variables.put(Variable(KEY, "10", reboot_required=True))
    assert await chores.write(KEY, 30)
    assert peer.asked == []
    station.variables.put(Variable(KEY, "10"))
    assert await chores.write(KEY, 30)
    assert station.variables.text("Interval") == "30"
    assert peer.told("ChangeConfiguration") == [{"key": "Interval", "value": "30"}]


async def test_what_was_refused_is_not_tried_again_by_the_same_firmware(
    station: Station, chores: Chores, peer: Peer
) -> None:
    peer.answers["ChangeConfiguration"] = {"status": "Rejected"}
    station.variables.put(Variable(KEY, "10"))
    for _ in range(2):
        assert not await chores.write(KEY, 30)
    assert len(peer.asked) == 1
    station.identify(Identity(firmware="2"))
    assert not await chores.write(KEY, 30)
    assert len(peer.asked) == 2


async def test_a_write_a_station_does_not_survive_is_tried_twice(station: Station, chores: Chores, peer: Peer) -> None:
    station.variables.put(Variable(VariableKey("Ctrlr", "Interval"), "10"))
    key = VariableKey("Ctrlr", "Interval")
    for tries in (1, 2):
        chores.note("Ctrlr.Interval", ["30", tries, "?"])
        peer.answers["ChangeConfiguration"] = lambda payload: peer.session.ended()
        if tries == 1:
            with pytest.raises(Offline):
                await chores.write(key, 30)
        else:
            assert not await chores.write(key, 30)


async def test_a_configuration_that_was_just_read_is_fresh(station: Station, chores: Chores) -> None:
    assert not chores.fresh()
    station.variables.put(Variable(KEY, "10"))
    assert not chores.fresh()
    chores.note("read", "2999-01-01T00:00:00+00:00")
    assert chores.fresh()


async def test_only_what_a_station_can_be_asked_for_is_triggered(
    station: Station, chores: Chores, peer: Peer, call: Caller
) -> None:
    peer.answers["TriggerMessage"] = {"status": "Accepted"}
    await chores.trigger("MeterValues", [1])
    assert peer.asked == []
    station.require().trigger = Trigger(station, call)
    await chores.trigger("MeterValues", [1, 2])
    assert [payload["connectorId"] for payload in peer.told("TriggerMessage")] == [1, 2]


async def test_what_is_wished_is_applied_and_a_refusal_ends_nothing(
    station: Station, chores: Chores, peer: Peer, call: Caller
) -> None:
    await chores.limits()
    station.evse(1).limits.wish("user", 10)
    station.evse(2)
    station.require().charging = Charging(station, call)
    peer.answers["SetChargingProfile"] = {"status": "Rejected"}
    await chores.limits()
    assert station.counters["set-up: limit"] == 1
    peer.answers["SetChargingProfile"] = Rejection("InternalError")
    peer.session.ended()
    with pytest.raises(Offline):
        await chores.limits()


async def test_a_station_that_is_known_is_given_its_safe_limit_first(
    station: Station, chores: Chores, peer: Peer, call: Caller
) -> None:
    peer.answers["SetChargingProfile"] = {"status": "Accepted"}
    station.settings.safe_limit = 10
    await chores.fallback()
    station.require().charging = Charging(station, call)
    await chores.floor()
    assert peer.asked == [], "nothing is known of it"
    station.evse(1)
    await chores.floor()
    await chores.fallback()
    assert peer.actions() == ["SetChargingProfile"]


@pytest.mark.parametrize(("told", "written"), [("True", []), ("1", []), ("false", ["true"]), ("", ["true"])])
async def test_what_is_on_already_is_not_turned_on(
    station: Station, chores: Chores, peer: Peer, told: str, written: list[str]
) -> None:
    peer.answers["ChangeConfiguration"] = {"status": "Accepted"}
    station.variables.put(Variable(KEY, told))
    await chores.switch(KEY, on=True)
    assert [asked["value"] for asked in peer.told("ChangeConfiguration")] == written


async def test_what_is_on_is_turned_off(station: Station, chores: Chores, peer: Peer) -> None:
    peer.answers["ChangeConfiguration"] = {"status": "Accepted"}
    station.variables.put(Variable(KEY, "TRUE"))
    await chores.switch(KEY, on=False)
    assert [asked["value"] for asked in peer.told("ChangeConfiguration")] == ["false"]


async def test_a_plan_that_stays_with_the_station_is_left_again_after_its_limit(
    station: Station, chores: Chores, peer: Peer, call: Caller
) -> None:
    peer.answers["SetChargingProfile"] = peer.answers["ClearChargingProfile"] = {"status": "Accepted"}
    peer.answers["GetCompositeSchedule"] = {"status": "Rejected"}
    station.require().charging = charging = Charging(station, call)
    station.settings.safe_limit = 10
    evse = station.evse(1)
    evse.limits.wish("sun", 8)
    begin = datetime.now(UTC)
    evse.left.want(Plan((Leg(begin, 7),), begin + timedelta(hours=2)))
    await chores.fallback()
    await chores.limits()
    ids = [asked["csChargingProfiles"]["chargingProfileId"] for asked in peer.told("SetChargingProfile")]
    assert ids[:3] == [10, 101, 301]
    charging.close()
