"""What happens to a 2.x station besides a driver: its energy management, its car's wishes, its network."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from . import transactions, v21_charging, v201_monitoring, v201_security
from .clock import stamp
from .oddities import Payload
from .transactions import ACCEPTED
from .v201_profiles import EXTERNAL, Profile2, installed

if TYPE_CHECKING:
    from .machine import Machine

EXTERNAL_ID = 9_000_000


class Verbs2:
    """Verbs of stations that speak 2.0.1 or 2.1."""

    async def limit_externally(self, amps: float, source: str = "EMS", evse: int = 0) -> None:
        """Somebody else limits the station (K12, K13): it obeys and tells NotifyChargingLimit."""
        machine = _machine(self)
        period = {"startPeriod": 0, "limit": amps}
        schedule = {
            "id": EXTERNAL_ID + evse,
            "startSchedule": stamp(machine.clock.now()),
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [period],
        }
        profile = {
            "id": EXTERNAL_ID + evse,
            "stackLevel": 0,
            "chargingProfilePurpose": EXTERNAL,
            "chargingProfileKind": "Absolute",
            "chargingSchedule": [schedule],
        }
        machine.tick()
        machine.profiles.install(installed(machine, evse, profile, source))
        machine.tick()
        body: Payload = {"chargingLimit": {"chargingLimitSource": source, "isGridCritical": False}}
        machine.note(
            "NotifyChargingLimit", body | {"chargingSchedule": [schedule]} | ({"evseId": evse} if evse else {})
        )
        await machine.settle()

    async def lift_external_limit(self, evse: int = 0) -> None:
        """The limit is gone (K13): ClearedChargingLimit."""
        machine = _machine(self)
        gone = [p for p in machine.profiles.installed if p.purpose == EXTERNAL and p.connector == evse]
        machine.profiles.installed = [p for p in machine.profiles.installed if p not in gone]
        machine.tick()
        source = cast(Profile2, gone[0]).source
        machine.note("ClearedChargingLimit", {"chargingLimitSource": source} | ({"evseId": evse} if evse else {}))
        await machine.settle()

    async def need_energy(self, watt_hours: int, hours: float, evse: int = 1) -> Payload | None:
        """The car tells what it needs until it leaves (K15); the answer to NotifyEVChargingNeeds."""
        machine = _machine(self)
        wishes = {"energyAmount": watt_hours, "evMinCurrent": 6, "evMaxCurrent": 16, "evMaxVoltage": 400}
        needs: Payload = {
            "requestedEnergyTransfer": "AC_three_phase",
            "departureTime": stamp(machine.clock.now() + timedelta(hours=hours)),
            "acChargingParameters": wishes,
        }
        return await machine.ask(
            "NotifyEVChargingNeeds", {"evseId": evse, "maxScheduleTuples": 3, "chargingNeeds": needs}
        )

    async def plan_to_charge(self, schedule: Payload, evse: int = 1) -> Payload | None:
        """The car tells how it will charge (K16); the answer to NotifyEVChargingSchedule."""
        machine = _machine(self)
        body = {"timeBase": stamp(machine.clock.now()), "chargingSchedule": schedule, "evseId": evse}
        return await machine.ask("NotifyEVChargingSchedule", body)

    async def notify_event(self, component: Payload, variable: Payload, value: str, **more: Any) -> None:
        """Tell of any variable, as a hard-wired notification."""
        machine = _machine(self)
        told = {
            "eventId": next(v201_monitoring.watch(machine).events),
            "timestamp": stamp(machine.clock.now()),
            "trigger": "Alerting",
            "actualValue": value,
            "eventNotificationType": "HardWiredNotification",
            "component": component,
            "variable": variable,
            "_severity": 2,
        }
        v201_monitoring.notify(machine, [told | machine.dialect.severity(2) | more])
        await machine.settle()

    async def limit_transaction(self, connector: int = 1, **limit: float) -> None:
        """The driver sets maxEnergy, maxTime, maxCost or maxSoC (2.1 E16); it is told and obeyed."""
        machine = _machine(self)
        transaction = machine.connectors[connector].transaction
        assert transaction is not None, f"connector {connector} has no transaction"
        transaction.limit |= limit
        machine.tick()
        await machine.settle()

    async def hold_back(self) -> None:
        """Keep transaction messages in the queue, for whatever reason, until `let_go`."""
        _machine(self).outbox.held = True

    async def let_go(self) -> None:
        """Deliver what was kept."""
        machine = _machine(self)
        machine.outbox.held = False
        machine.outbox.wake()
        await machine.settle()

    async def choose_with_master_pass(self, tag: str, *connectors: int) -> str:
        """Hold a master pass to a station with a display, and choose what it stops there (C16): all, or these."""
        machine = _machine(self)
        status = await transactions.authorize(machine, tag)
        if status == ACCEPTED and machine.tags.parent(tag) == machine.configuration.text("AuthCtrlr.MasterPassGroupId"):
            for place in machine.outlets:
                if place.transaction is not None and place.number in (connectors or machine.connectors):
                    machine.dialect.stop(machine, place, "Local", tag)
        machine.report_statuses(changed_only=True)
        await machine.settle()
        return status

    async def press_priority(self, connector: int = 1, *, active: bool = True) -> bool:
        """The driver asks for priority charging (2.1 K22); whether the station is able to."""
        machine = _machine(self)
        place = machine.connectors[connector]
        able = v21_charging.has_priority_profile(machine, place)
        if able:
            await v21_charging.give_priority(machine, place, active)
            await machine.settle()
        return able

    async def sign_certificate(self, kind: str = "ChargingStationCertificate") -> Payload | None:
        """Ask for a new certificate (A03)."""
        machine = _machine(self)
        return await machine.ask("SignCertificate", v201_security.request(machine, kind))


def _machine(station: Verbs2) -> Machine:
    return cast("Machine", station)
