"""What a car that plans by itself is told: the limit of now, and what comes after it (OCPP 2.0.1 ed. 3 - K15).

What comes after it is the plan that lies in the station for when nobody leads it: it is never above the safe limit, so
that a schedule which nobody renews is as safe as one that ends.
"""

from dataclasses import replace
from datetime import datetime
from math import inf

from ..dialogue import ways
from ..dialogue.pen import Limit
from ..dialogue.ways import ABSOLUTE, PAST, TX
from ..model.plan import Leg, Plan
from ..model.station import Station
from ..wire.frame import Payload
from . import profiles


def course(station: Station, limit: Limit, now: datetime) -> Plan | None:
    """A limit with what comes after it; None where the car has not asked, or nothing is known of later.

    K15.FR.07: of no more periods than the car and the station take.
    """
    needs, lying = limit.evse.needs, limit.evse.left.confirmed
    if needs is None or lying is None or limit.method.purpose != TX:
        return None
    most = min(profiles.offer(station).periods, inf if needs.tuples is None else needs.tuples)
    changes = (leg.begin for leg in lying.legs if leg.begin > now)
    turn = next(changes, None) if limit.lease is None else now + limit.lease
    rest = None if turn is None else lying.since(turn)
    if turn is None or rest is None or most < 2:
        return None
    first, *others = rest.fitted(int(most) - 1).legs
    legs = Leg(now - PAST, limit.amps, limit.phases), replace(first, begin=max(first.begin, turn)), *others
    return Plan(legs, lying.end)


def profile(station: Station, limit: Limit, plan: Plan) -> Payload:
    """The working profile that follows it; it has a begin and an end whatever kind other limits have."""
    number = profiles.lowest(station) + ways.profile_id(limit.evse.id, TX)
    made = profiles.planned(station, limit.evse, replace(limit.method, kind=ABSOLUTE), plan)
    return {**made, "id": number, "chargingSchedule": [each | {"id": number} for each in made["chargingSchedule"]]}
