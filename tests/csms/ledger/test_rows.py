from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
import math

import pytest

from custom_components.ocpp_home.csms.ledger.rows import (
    NAMES,
    bindable,
    content_of_orphan,
    content_of_start,
    finite,
    microseconds,
    moment,
    plain,
    save,
    transaction_of,
)
from custom_components.ocpp_home.csms.model.account import Account, Day
from custom_components.ocpp_home.csms.model.errors import LedgerFailed
from custom_components.ocpp_home.csms.model.transaction import Transaction

from .samples import NOON, after, closing, opening

WHOLE = Transaction(
    id="1234567",
    station="garage",
    evse=2,
    connector=1,
    token="CARD",
    started=NOON,
    meter_start=1000.5,
    stopped=after(30),
    meter_stop=5000.0,
    reason="EVDisconnected",
    stop_token="OTHER",
    offline=True,
    orphan=False,
    remote_start=7,
    reservation=8,
    received=after(1),
    stop_received=after(31),
    meter_last=4990.0,
    meter_last_at=after(29),
    peak_power=11000.0,
    card="Blue card",
    person="Ada",
    card_group="Family",
    repaired=True,
    account=Account((Day(date(2026, 5, 1), 3999, 1_200_000, 2000), Day(date(2026, 5, 2), 0)), "EUR"),
    key=3,
)


def test_every_field_of_a_transaction_has_its_column() -> None:
    assert {*NAMES, "points"} == {field.name for field in fields(Transaction)}


def test_a_transaction_comes_back_as_it_was_saved() -> None:
    _, [row] = save(WHOLE, None)

    loaded = transaction_of(row[:-1])

    assert [getattr(loaded, name) for name in NAMES] == [getattr(WHOLE, name) for name in NAMES]
    assert loaded.points is None


def test_flags_come_back_as_booleans_and_what_is_not_known_as_none() -> None:
    _, [row] = save(Transaction("x", "garage", 1, 1, None, None, None, orphan=True), None)

    loaded = transaction_of(row[:-1])

    assert loaded.orphan is True
    assert loaded.offline is False
    assert (loaded.started, loaded.token, loaded.meter_start, loaded.key) == (None, None, None, None)


@pytest.mark.parametrize(
    "when", [NOON, datetime(1970, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_a_moment_comes_back_to_the_microsecond(when: datetime) -> None:
    assert moment(microseconds(when)) == when


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    assert microseconds(NOON.astimezone(timezone(timedelta(hours=5)))) == microseconds(NOON)


def test_a_stored_moment_no_clock_can_show_is_brought_to_the_nearest() -> None:
    assert moment(1 << 62) == datetime.max.replace(tzinfo=UTC)
    assert moment(-(1 << 62)) == datetime.min.replace(tzinfo=UTC)


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert plain("a\ud800b") == "a?b"
    assert plain("grün 🚗\x00") == "grün 🚗\x00"


@pytest.mark.parametrize(("value", "wanted"), [(3, 3.0), (None, None), (math.nan, None), (math.inf, None), (0.5, 0.5)])
def test_what_is_no_number_is_not_known(value: float | None, wanted: float | None) -> None:
    assert finite(value) == wanted
    assert not isinstance(finite(value), int)


@pytest.mark.parametrize("number", [1 << 63, -(1 << 63) - 1])
def test_an_integer_beyond_what_sqlite_holds_is_refused(number: int) -> None:
    with pytest.raises(LedgerFailed, match=str(number)):
        bindable((1, number))


def test_what_sqlite_holds_is_kept() -> None:
    row = (None, 1.5, "text\ud800", (1 << 63) - 1, -(1 << 63))

    assert bindable(row) == (None, 1.5, "text?", (1 << 63) - 1, -(1 << 63))


@pytest.mark.parametrize(
    "change",
    [
        {"evse": 2},
        {"connector": 2},
        {"token": "OTHER"},
        {"token": None},
        {"token": ""},
        {"started": after(0.001)},
        {"meter_start": 1000.5},
        {"meter_start": None},
    ],
)
def test_another_content_is_another_start(change: dict[str, object]) -> None:
    assert content_of_start(opening(**change)) != content_of_start(opening())


@pytest.mark.parametrize(
    "change",
    [
        {"received": NOON},
        {"offline": True},
        {"remote_start": 4},
        {"reservation": 4},
        {"meter_start": 1000},
        {"started": NOON.astimezone(timezone(timedelta(hours=2)))},
    ],
)
def test_what_does_not_come_from_the_message_leaves_the_start_the_same(change: dict[str, object]) -> None:
    assert content_of_start(opening(**change)) == content_of_start(opening())


def test_a_transaction_has_the_content_of_its_start() -> None:
    start = opening()
    transaction = Transaction("1", "garage", start.evse, start.connector, start.token, start.started, start.meter_start)

    assert content_of_start(transaction) == content_of_start(start)


@pytest.mark.parametrize("change", [{"meter_stop": 1}, {"stopped": NOON}, {"reason": "Other"}, {"token": "CARD"}])
def test_another_content_is_another_orphan(change: dict[str, object]) -> None:
    assert content_of_orphan("-1", replace(closing(), **change)) != content_of_orphan("-1", closing())


def test_a_stop_with_another_id_is_another_orphan() -> None:
    assert content_of_orphan("-1", closing()) != content_of_orphan("0", closing())
