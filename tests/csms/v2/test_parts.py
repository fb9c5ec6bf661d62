"""Reports in several requests, and reports nobody asked for."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2 import parts


async def test_a_report_ends_with_the_part_that_is_not_continued(station: Station) -> None:
    with station.reports.expect(3) as report:
        parts.take(station, {"requestId": 3, "seqNo": 0, "tbc": True})
        assert not report.complete
        parts.take(station, {"requestId": 3, "seqNo": 1})
        assert [part["seqNo"] for part in await report.whole(1)] == [0, 1]


def test_a_report_nobody_asked_for_is_counted(station: Station) -> None:
    parts.take(station, {"requestId": 9, "seqNo": 0})
    parts.take(station, {"seqNo": 0})
    assert station.counters == {"report nobody asked for": 2}


@pytest.mark.parametrize(
    ("part", "found"),
    [({"data": [{"id": 1}, "odd", {}]}, [{"id": 1}, {}]), ({"data": {"id": 1}}, []), ({"data": None}, []), ({}, [])],
)
def test_a_part_holds_documents(part: dict[str, Any], found: list[dict[str, Any]]) -> None:
    assert parts.documents(part, "data") == found
