"""A month of sessions, in which clocks change: the table, the report, the statistics and the stations' own books agree.

Three stations, one of each version, charge by day and by night, often without a network; the price changes every three
hours. What they say goes through the dialects into the ledger at moments that the test sets.
"""

from collections import Counter
import csv
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
import io
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
import pytest

from custom_components.ocpp_home.csms.model.price import Price
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.record.session import Period
from custom_components.ocpp_home.csms.v1.dialect import Dialect as First
from custom_components.ocpp_home.csms.v2.dialect import Dialect as Second
from custom_components.ocpp_home.hub import Hub
from tests.household import VERSIONS, hub_entry, set_up, station_data
from tests.test_statistics import written

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Payload = dict[str, Any]

BERLIN = ZoneInfo("Europe/Berlin")
STEP: Final = timedelta(minutes=30)
REQUESTS: Final = {"1.6": First.REQUESTS, "2.0.1": Second.REQUESTS, "2.1": Second.REQUESTS}


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Entry:
    """A session in a station's own book: what its meter showed, and when."""

    id: str
    course: list[tuple[datetime, int]]

    @property
    def energy(self) -> int:
        return self.course[-1][1] - self.course[0][1]

    def cost(self, prices: list[tuple[datetime, Fraction]]) -> float:
        """What it costs, reckoned by hand; prices change where the meter is read."""
        total = Fraction(0)
        for (begin, low), (_, high) in pairwise(self.course):
            total += Fraction(high - low, 1000) * next(price for at, price in reversed(prices) if at <= begin)
        return float(total)


@dataclass
class Box:
    """A station: its meter, its book, and what it has not been able to say yet."""

    model: Station
    version: str
    register: int = 100_000
    book: list[Entry] = field(default_factory=list)
    waiting: list[tuple[str, Payload]] = field(default_factory=list)
    charging: Entry | None = None
    online: bool = True
    messages: int = 0

    def step(self, now: datetime, number: int) -> None:
        """Half an hour has passed: energy flowed, and people came and went."""
        if self.charging is not None:
            self.register += 1000 + number * 271 % 4321
            if number % 13 == 7:
                self.stop(now)
            else:
                self.measure(now)
        elif number % 19 == 3:
            self.start(now, f"CARD-{number % 3}")
        self.online = number // 96 % 3 != 1
        if self.online:
            self.deliver(now)

    def start(self, now: datetime, card: str) -> None:
        self.charging = Entry(f"{self.version}-{len(self.book)}", [(now, self.register)])
        self.book.append(self.charging)
        if self.version == "1.6":
            self.say("StartTransaction", connectorId=1, idTag=card, meterStart=self.register, timestamp=stamp(now))
        else:
            token = {"idToken": {"idToken": card, "type": "ISO14443"}, "evse": {"id": 1, "connectorId": 1}}
            self.tell("Started", now, "Transaction.Begin", **token)

    def measure(self, now: datetime) -> None:
        assert self.charging is not None
        self.charging.course.append((now, self.register))
        if self.version == "1.6":
            value = {"timestamp": stamp(now), "sampledValue": [{"value": str(self.register)}]}
            self.say("MeterValues", connectorId=1, transactionId=self.charging, meterValue=[value])
        else:
            self.tell("Updated", now, "Sample.Periodic")

    def stop(self, now: datetime) -> None:
        assert self.charging is not None
        self.charging.course.append((now, self.register))
        if self.version == "1.6":
            self.say("StopTransaction", transactionId=self.charging, meterStop=self.register, timestamp=stamp(now))
        else:
            self.tell("Ended", now, "Transaction.End")
        self.charging = None

    def tell(self, kind: str, now: datetime, context: str, **more: Any) -> None:
        """A TransactionEvent."""
        assert self.charging is not None
        self.messages += 1
        value = {"value": self.register, "context": context, "measurand": "Energy.Active.Import.Register"}
        triggers = {"Started": "Authorized", "Updated": "MeterValuePeriodic", "Ended": "StopAuthorized"}
        about = {
            "eventType": kind,
            "timestamp": stamp(now),
            "triggerReason": triggers[kind],
            "seqNo": self.messages,
            "transactionInfo": {"transactionId": self.charging.id},
            "meterValue": [{"timestamp": stamp(now), "sampledValue": [value]}],
        }
        self.say("TransactionEvent", **about, **({} if self.online else {"offline": True}), **more)

    def say(self, action: str, **payload: Any) -> None:
        self.waiting.append((action, payload))

    def deliver(self, now: datetime) -> None:
        """Say what waits, in its order; 1.6 gets the number of a session as the answer to its start."""
        for action, payload in self.waiting:
            meant = payload.get("transactionId")
            request = payload | ({"transactionId": int(meant.id)} if isinstance(meant, Entry) else {})
            answer = REQUESTS[self.version][action](self.model, request, now)
            assert isinstance(answer, dict)
            if action == "StartTransaction":
                begun = next(entry for entry in self.book if stamp(entry.course[0][0]) == request["timestamp"])
                begun.id = str(answer["transactionId"])
        self.waiting = []


@dataclass
class Town:
    """Home Assistant, its hub, and the stations."""

    hass: HomeAssistant
    hub: Hub
    boxes: list[Box]
    prices: list[tuple[datetime, Fraction]] = field(default_factory=list)

    async def live(self, begin: datetime, steps: int) -> None:
        """Let time pass; in the end everybody has gone, and every station has said what it had to say."""
        for number in range(steps):
            now = begin + STEP * number
            if number % 6 == 0:
                price = Fraction(2000 + number * 37 % 3100, 10_000)
                self.prices.append((now, price))
                self.hub.ledger.price(Price.of(now, "EUR", f"{float(price):.4f}"))
            for index, box in enumerate(self.boxes):
                box.step(now, number + 17 * index)
            if (durable := self.hub.ledger.commit()) is not None:
                await durable
        for box in self.boxes:
            if box.charging is not None:
                box.stop(begin + STEP * steps)
            box.deliver(begin + STEP * steps)


@pytest.fixture
async def town(recorder_mock: Recorder, hass: HomeAssistant) -> Town:
    await hass.config.async_set_time_zone("Europe/Berlin")
    names = {f"CP{version}": version for version in VERSIONS}
    hub = await set_up(hass, hub_entry(*(station_data(name) for name in names)))
    boxes = [Box(hub.stations[name.casefold()], version) for name, version in names.items()]
    for box in boxes:
        box.model.version = box.version
    return Town(hass, hub, boxes)


async def daily(town: Town, statistic: str, period: Period) -> dict[date, float]:
    """What the Energy dashboard shows of each day of a period."""
    begin = datetime.combine(period.first, datetime.min.time(), BERLIN).astimezone(UTC)
    end = datetime.combine(period.last, datetime.max.time(), BERLIN).astimezone(UTC)
    found = await get_instance(town.hass).async_add_executor_job(
        statistics_during_period, town.hass, begin, end, {statistic}, "day", None, {"change"}
    )
    rows: list[Any] = found[statistic]
    return {datetime.fromtimestamp(row["start"], BERLIN).date(): row["change"] for row in rows}


@pytest.mark.parametrize("month", [3, 10])
async def test_in_a_month_in_which_clocks_change_all_books_agree(town: Town, month: int) -> None:
    begin = datetime(2026, month, 1, tzinfo=BERLIN).astimezone(UTC) - timedelta(hours=30)
    await town.live(begin, 48 * 34)
    await written(town.hass, town.hub)
    period = Period.month(2026, month)

    # Every session of the stations' own books is known, to the watt-hour and to the cent.
    known = {(one.transaction.station, str(one.transaction.id)): one for one in await town.hub.records.sessions()}
    told = {(box.model.name, entry.id): entry for box in town.boxes for entry in box.book}
    assert known.keys() == told.keys()
    assert len(told) > 90
    for name, truth in told.items():
        account = known[name].account
        assert account is not None
        assert account.cost is not None
        assert (account.energy, account.currency) == (truth.energy, "EUR")
        assert abs(account.cost / 1e6 - truth.cost(town.prices)) <= 0.0051, name
    assert {"offline" in one.flags for one in known.values()} == {True, False}

    # The table of the month.
    export = await town.hub.records.export(period)
    rows = list(csv.DictReader(io.StringIO(export.csv, newline="")))
    energy: Counter[str] = Counter()
    cents: Counter[str] = Counter()
    for row in rows:
        energy[row["station"]] += int(row["period_energy_wh"])
        cents[row["station"]] += int(row["period_cost"].replace(".", ""))
    through = [row for row in rows if row["energy_wh"] != row["period_energy_wh"]]
    assert through, "no session ran through the end of the month"

    # The report of the same sessions.
    shown = export.html.replace("\u202f", "").replace("\u00a0", " ")
    assert f"<dd>{energy.total() / 1000:.3f} <small>kWh" in shown
    assert f"<dd>{cents.total() / 100:.2f} EUR" in shown

    # The Energy dashboard: the month, and each of its days, the one with 23 or 25 hours too.
    changed = date(2026, month, 29 if month == 3 else 25)
    for station in (box.model.name for box in town.boxes):
        slug = station.lower().replace(".", "_")
        delivered = await daily(town, f"ocpp_home:{slug}_energy", period)
        charged = await daily(town, f"ocpp_home:{slug}_cost", period)
        assert round(sum(delivered.values()) * 1000) == energy[station]
        assert round(sum(charged.values()) * 100) == cents[station]
        days: Counter[date] = Counter()
        coins: Counter[date] = Counter()
        for (name, _), session in known.items():
            for day in session.days(period) if name == station else ():
                days[day.day] += day.energy
                coins[day.day] += day.cost or 0
        assert {day: round(wh * 1000) for day, wh in delivered.items() if round(wh * 1000)} == dict(+days)
        assert {day: round(money * 100) * 10_000 for day, money in charged.items() if round(money * 100)} == dict(
            +coins
        )
        assert changed in delivered
