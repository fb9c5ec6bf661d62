"""The sessions of a period as CSV."""

import csv
from datetime import UTC, date
import hashlib
import io

from hypothesis import given, strategies as st
import pytest

from custom_components.ocpp_home.csms.record import table as room
from custom_components.ocpp_home.csms.record.names import Names
from custom_components.ocpp_home.csms.record.session import Period, Session
from custom_components.ocpp_home.csms.record.table import COLUMNS, checksum, harmless, in_order, table

from .samples import BERLIN, account, after, session

OCTOBER = Period.month(2026, 10)


def rows(*sessions: Session, period: Period = OCTOBER) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table(sessions, period, BERLIN), newline="")))


def test_a_session_is_a_line_with_all_that_is_known_of_it() -> None:
    one = session(
        account((10, 10_000, 305, 2500)),
        card="Blue",
        person="Ada",
        card_group="Family",
        reason="EVDisconnected",
        offline=True,
        signed=2,
        peak=11_040.4,
        meter_stop=11_000.25,
    )

    assert rows(one) == [
        {
            "session": "7",
            "station": "garage",
            "station_name": "garage",
            "evse": "1",
            "evse_name": "",
            "card": "Blue",
            "person": "Ada",
            "group": "Family",
            "begin": "2026-10-10T14:00:00+02:00",
            "end": "2026-10-10T15:00:00+02:00",
            "meter_begin_wh": "1000",
            "meter_end_wh": "11000.25",
            "energy_wh": "10000",
            "cost": "3.05",
            "period_energy_wh": "10000",
            "period_cost": "3.05",
            "period_sun_wh": "2500",
            "currency": "EUR",
            "sun_wh": "2500",
            "peak_w": "11040",
            "reason": "EVDisconnected",
            "flags": "offline",
            "signed_values": "2",
        }
    ]


def test_what_is_not_known_is_empty() -> None:
    [row] = rows(session(None, started=None, meter_start=None, card=None, orphan=True, meter_stop=None))

    assert {name for name, value in row.items() if value} == {
        *("session", "station", "station_name", "evse", "end", "flags", "signed_values")
    }
    assert row["flags"] == "orphan"
    [row] = rows(session(account((10, 100, None, None), currency=None)))
    assert (row["cost"], row["period_cost"], row["currency"], row["energy_wh"]) == ("", "", "", "100")
    [row] = rows(session(None, meter_start=None))
    assert row["meter_end_wh"] == "11000"


def test_a_session_over_the_end_of_a_month_tells_both_the_whole_and_its_part() -> None:
    [row] = rows(
        session(account((9, 400, 12, 40), (10, 600, 18, None))), period=Period(date(2026, 10, 10), date(2026, 10, 31))
    )

    assert (row["energy_wh"], row["cost"], row["sun_wh"]) == ("1000", "0.30", "40")
    assert (row["period_energy_wh"], row["period_cost"], row["period_sun_wh"]) == ("600", "0.18", "")


def test_lines_are_oldest_first_and_only_those_of_the_period() -> None:
    settled = account((10, 1, 1, None))
    early, late = session(settled, id="1"), session(settled, id="3", started=after(5))
    same = session(settled, id="2", station="yard")
    never = session(None, started=None, stopped=None)

    assert in_order([late, same, never, session(account((10, 1, 1, None)), id="1"), early], OCTOBER, UTC)[2:] == [
        same,
        late,
    ]
    assert rows(early, period=Period.month(2026, 9)) == []


def test_the_file_is_as_rfc_4180_says() -> None:
    text = table([session(account((10, 1, 1, None)), person='A "b", c\nd')], OCTOBER, BERLIN)

    assert text.split("\r\n")[0].split(",") == list(COLUMNS)
    assert '"A ""b"", c\nd"' in text
    assert text.endswith("\r\n")


def test_places_bear_the_names_the_owner_gave_them_beside_those_of_the_records() -> None:
    names = Names({"garage": "=Home, left"}, {("garage", 1): "@Front"})
    [row] = csv.DictReader(io.StringIO(table([session(account((10, 1, 1, None)))], OCTOBER, BERLIN, names), newline=""))

    assert [row[name] for name in ("station", "station_name", "evse", "evse_name")] == [
        *("garage", "'=Home, left", "1", "'@Front")
    ]


def test_the_check_sum_is_that_of_the_file() -> None:
    text = table([session(account((10, 1, 1, None)), person="Zoë")], OCTOBER, BERLIN)

    assert checksum(text) == hashlib.sha256(text.encode()).hexdigest() != checksum(text + " ")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "＝1", "＠x"])
def test_no_spreadsheet_takes_a_name_for_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert rows(session(account((10, 1, 1, None)), person=text, station=text))[0]["person"] == f"'{text}"


@pytest.mark.parametrize("text", ["Ada", "", "a=b", "1-2", "0049 +1"])
def test_other_names_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


@given(st.text(max_size=30))
def test_whatever_a_name_is_it_comes_back_from_the_file(name: str) -> None:
    [row] = rows(session(account((10, 1, 1, None)), person=name))

    assert row["person"].removeprefix("'") == harmless(name).removeprefix("'")


def test_every_column_is_documented() -> None:
    lines = [line.split("|")[1] for line in (room.__doc__ or "").splitlines() if line.startswith("|")]

    assert {name for line in lines[2:] for name in line.replace(" ", "").split(",")} == set(COLUMNS)
