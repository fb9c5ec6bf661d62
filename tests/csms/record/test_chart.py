"""The energy of each day as bars."""

from datetime import date
import re
import xml.etree.ElementTree as ET

from custom_components.ocpp_home.csms.record.chart import chart
from custom_components.ocpp_home.csms.record.session import Period, Session
from custom_components.ocpp_home.csms.record.words import Speech

from .samples import account, session

SAY = Speech({"each_day": "<Energy>"})
OCTOBER = Period.month(2026, 10)


def bars(*sessions: Session, period: Period = OCTOBER) -> list[tuple[str, float, float]]:
    drawn = ET.fromstring(chart(SAY, sessions, period))
    return [(bar.attrib["class"], float(bar.attrib["y"]), float(bar.attrib["height"])) for bar in drawn.iter("rect")]


def test_the_highest_day_is_as_tall_as_can_be_and_the_sun_lies_below() -> None:
    both = [session(account((3, 600, 1, 250), (4, 500, 1, None))), session(account((3, 400, 1, 250)))]

    assert bars(*both) == [
        ("from-grid", 12, 36),
        ("from-sun", 48, 36),
        ("from-grid", 48, 36),
        ("from-sun", 84, 0),
    ]


def test_every_day_has_its_number_and_the_highest_its_energy() -> None:
    figure = chart(SAY, [session(account((3, 1500, 1, 500)))], OCTOBER)

    assert re.findall(r">(\d+)</text>", figure) == [str(day) for day in range(1, 32)]
    assert "1.500 kWh</text>" in figure
    assert "&lt;Energy&gt;" in figure
    assert "Sun</span>" in figure


def test_where_nobody_knows_of_the_sun_colours_need_no_words() -> None:
    assert "Sun" not in chart(SAY, [session(account((3, 1500, 1, None)))], OCTOBER)


def test_there_is_no_chart_of_nothing_of_one_day_or_of_a_year() -> None:
    one = session(account((3, 1500, 1, None)))
    third = date(2026, 10, 3)

    assert chart(SAY, [], OCTOBER) == ""
    assert chart(SAY, [one], Period(third, third)) == ""
    assert chart(SAY, [one], Period(third, date(2027, 10, 2))) == ""
