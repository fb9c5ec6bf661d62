from custom_components.ocpp_home.csms.ledger.index import WINDOW, Index
from custom_components.ocpp_home.csms.model.transaction import Transaction

from .samples import NOON, after


def transaction(number: int, station: str = "garage", *, ended: bool = False) -> Transaction:
    stopped = after(number) if ended else None
    return Transaction(str(number), station, 1, 1, "CARD", NOON, 0, stopped=stopped, key=number)


def test_a_transaction_is_found_by_its_station_and_id_or_content() -> None:
    index = Index()
    mine, theirs = transaction(1), transaction(1, "yard")
    index.add(mine, "content")
    index.add(theirs, "content")

    assert index.by_id("garage", "1") is mine
    assert index.by_id("yard", "1") is theirs
    assert index.by_content("garage", "content") is mine
    assert index.by_content("yard", "content") is theirs
    assert index.of("garage") == [mine]
    assert index.holds("1")


def test_what_is_not_there_is_not_found() -> None:
    index = Index()
    index.add(transaction(1), None)

    assert index.by_id("garage", "2") is None
    assert index.by_id("yard", "1") is None
    assert index.by_content("garage", "content") is None
    assert index.by_content("yard", "content") is None
    assert index.of("yard") == []
    assert not index.holds("2")


def test_what_was_dropped_is_gone_by_every_road() -> None:
    index = Index()
    kept, dropped = transaction(1), transaction(2, ended=True)
    index.add(kept, "one")
    index.add(dropped, "two")

    index.drop(dropped)

    assert index.by_id("garage", "2") is None
    assert index.by_content("garage", "two") is None
    assert list(index) == [(kept, "one")]
    index.drop(kept)
    assert list(index) == []
    assert index.of("garage") == []


def test_a_transaction_without_content_can_be_dropped() -> None:
    index = Index()
    index.add(only := transaction(1), None)

    index.drop(only)

    assert not index.holds("1")


def test_the_ended_ones_used_longest_ago_go_first() -> None:
    index = Index()
    ended = [transaction(number, ended=True) for number in range(WINDOW + 3)]
    for one in ended:
        index.add(one, None)
    index.touch(ended[0])

    index.trim(lambda key: False)

    assert index.of("garage") == [ended[0], *ended[4:]]


def test_running_and_not_yet_durable_ones_stay() -> None:
    index = Index()
    running = [transaction(number) for number in range(WINDOW + 3)]
    for one in running:
        index.add(one, None)
    ended = [transaction(10_000 + number, ended=True) for number in range(WINDOW + 3)]
    for one in ended:
        index.add(one, None)

    index.trim(lambda key: key == 10_001)

    assert index.of("garage") == [*running, ended[1], *ended[3:]]


def test_one_whose_end_was_undone_stays() -> None:
    index = Index()
    ended = [transaction(number, ended=True) for number in range(WINDOW + 1)]
    for one in ended:
        index.add(one, None)
    ended[0].stopped = None

    index.trim(lambda key: False)

    assert index.by_id("garage", "0") is ended[0]


def test_what_a_transaction_was_first_written_with_is_known() -> None:
    index = Index()
    first, second = transaction(1), transaction(1, "yard")
    index.add(first, "content")
    index.add(second, None)

    assert (index.content(first), index.content(second)) == ("content", None)


def test_a_transaction_is_found_by_its_row() -> None:
    index = Index()
    index.add(first := transaction(1), None)
    index.add(transaction(2), None)

    assert [index.by_key("garage", 1), index.by_key("garage", 3), index.by_key("yard", 1)] == [first, None, None]
