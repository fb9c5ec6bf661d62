"""After a limit was set one looks whether it is kept, and whether other profiles leave less of it."""

from datetime import UTC, datetime

from custom_components.ocpp_home.csms.dialogue.pen import Limit
from custom_components.ocpp_home.csms.dialogue.vigil import LOOK, LOOKS, OFTEN, Vigil
from custom_components.ocpp_home.csms.dialogue.ways import DEFAULT, Method
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.v1.charging import Pen
from tests.csms.v1.bench import Desk, desk
from tests.simulator import Oddities
from tests.simulator.profiles import Profile

ASKED = "GetCompositeSchedule"


class Watcher:
    """A vigil over the station of a desk; time passes at once, and a look may bring a reading along."""

    def __init__(self, table: Desk, *, readings: tuple[tuple[Quantity, float], ...] = ()) -> None:
        self.table, self.now, self.looks, self.readings = table, 0.0, 0, readings
        self.vigil = Vigil(table.station, Pen(table.station, table.call), self.pause, lambda: self.now)

    async def pause(self, seconds: float) -> None:
        assert seconds == LOOK
        self.now += seconds
        self.looks += 1
        readings = [Reading(quantity, amps, datetime.now(UTC)) for quantity, amps in self.readings]
        self.table.station.evse(1).meter.update(readings)

    async def keep(self, amps: float = 16.0) -> bool | None:
        return await self.vigil.keep(Limit(self.table.station.evse(1), Method(DEFAULT), amps))


def limit(table: Desk, amps: float) -> None:
    """Let somebody else limit what the station gives."""
    period = {"startPeriod": 0, "limit": amps}
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [period], "startSchedule": "2026-01-01T00:00:00Z"}
    kinds = {"chargingProfilePurpose": "ChargePointMaxProfile", "chargingProfileKind": "Absolute"}
    payload = {"chargingProfileId": 900, "stackLevel": 0, "chargingSchedule": schedule} | kinds
    table.simulated.profiles.install(Profile(0, datetime.now(UTC), payload))


async def test_what_others_leave_is_noted_where_no_reading_tells_it_and_not_asked_too_often() -> None:
    async with desk() as table:
        limits, told = table.station.evse(1).limits, list[object]()
        leave = table.station.subscribe(lambda part: told.append(limits.ceiling))
        watcher = Watcher(table)
        limit(table, 8)
        assert await watcher.keep() is None
        assert watcher.looks == LOOKS
        assert limits.ceiling == 8
        assert told == [8]
        assert await watcher.keep(8.5) is None
        assert limits.ceiling is None, "that is the same but for what a reading may be off"
        begun = len(table.asked(ASKED))
        watcher.now -= LOOKS * LOOK - OFTEN / 2
        await watcher.keep()
        assert len(table.asked(ASKED)) == begun
        leave()


async def test_a_station_that_does_not_tell_is_asked_once() -> None:
    async with desk(Oddities(answers={ASKED: "NotImplemented"})) as table:
        watcher = Watcher(table)
        for _ in range(3):
            assert await watcher.keep() is None
        assert len(table.asked(ASKED)) == 1
        assert table.station.evse(1).limits.ceiling is None


async def test_nothing_is_asked_of_a_pause_nor_where_a_reading_tells_what_is_offered() -> None:
    async with desk() as table:
        limit(table, 8)
        assert await Watcher(table, readings=((Quantity.CURRENT_IMPORT, 0.0),)).keep(0) is True
        assert await Watcher(table, readings=((Quantity.CURRENT_OFFERED, 8.0),)).keep() is True
        assert table.asked(ASKED) == []


async def test_a_station_that_gives_more_does_not_keep_to_its_limit() -> None:
    async with desk() as table:
        assert await Watcher(table, readings=((Quantity.CURRENT_IMPORT, 16.0),)).keep(10) is False


async def test_a_connection_that_ends_is_no_word_of_the_station() -> None:
    async with desk(Oddities(closes_on=frozenset({ASKED}))) as table:
        limits = table.station.evse(1).limits
        limits.ceiling = 8
        assert await Watcher(table).keep() is None
        assert limits.ceiling == 8
