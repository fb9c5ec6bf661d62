"""Answers in parts."""

from asyncio import create_task, sleep

import pytest

from custom_components.ocpp_home.csms.model.errors import Unanswered
from custom_components.ocpp_home.csms.model.report import LARGEST, MOST, Reports


async def test_a_report_is_whole_with_its_last_part() -> None:
    reports = Reports()
    with reports.expect(7) as report:
        task = create_task(report.whole(5))
        for number, last in ((0, False), (1, False), (2, True)):
            await sleep(0)
            assert not task.done()
            assert reports.take(7, {"seqNo": number}, last=last)
        assert await task == [{"seqNo": 0}, {"seqNo": 1}, {"seqNo": 2}]


async def test_a_part_that_is_told_twice_counts_once() -> None:
    reports = Reports()
    with reports.expect(7) as report:
        reports.take(7, {"seqNo": 0}, last=False)
        reports.take(7, {"seqNo": 0}, last=False)
        reports.take(7, {"seqNo": 1}, last=True)
        reports.take(7, {"seqNo": 1}, last=False)
        assert await report.whole(5) == [{"seqNo": 0}, {"seqNo": 1}]


async def test_nobody_waits_for_other_reports() -> None:
    reports = Reports()
    assert not reports.take(7, {}, last=True)
    with reports.expect(7) as report, reports.expect(8):
        assert reports.take(8, {}, last=True)
        assert not report.complete
    assert not reports.take(7, {}, last=True)


async def test_a_report_that_stops_is_told() -> None:
    reports = Reports()
    with reports.expect(7) as report:
        reports.take(7, {}, last=False)
        with pytest.raises(Unanswered, match="stopped after 1 parts"):
            await report.whole(0.02)


async def test_a_report_without_end_is_told_and_fills_no_memory() -> None:
    reports = Reports()
    with reports.expect(7) as report:
        for number in range(MOST + 10):
            reports.take(7, {"seqNo": number}, last=False)
        assert len(report.parts) == 1
        with pytest.raises(Unanswered, match="has no end"):
            await report.whole(5)


async def test_a_report_that_is_endless_in_each_part_is_so_too() -> None:
    reports = Reports()
    with reports.expect(7) as report:
        for number in range(20):
            reports.take(7, {"seqNo": number, "data": "x" * (LARGEST // 16)}, last=False)
        assert len(report.parts) < 17
        with pytest.raises(Unanswered, match="has no end"):
            await report.whole(5)


async def test_of_a_report_that_is_not_kept_only_the_last_part_is_there() -> None:
    reports = Reports()
    with reports.expect(7, kept=False) as report:
        for number in range(20):
            reports.take(7, {"seqNo": number, "data": "x" * (LARGEST // 16)}, last=number == 19)
        assert [part["seqNo"] for part in await report.whole(5)] == [19]
        assert report.count == 20
