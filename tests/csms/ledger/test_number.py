import pytest

from custom_components.ocpp_home.csms.ledger.number import LARGEST, SMALLEST, is_number, issue, ours


def test_a_number_is_positive_fits_32_bits_and_is_never_small() -> None:
    numbers = [int(issue(lambda _: False)) for _ in range(2000)]

    assert min(numbers) >= SMALLEST == 1048576
    assert max(numbers) <= LARGEST == 2147483647


def test_numbers_do_not_count_up_and_do_not_repeat() -> None:
    numbers = [int(issue(lambda _: False)) for _ in range(200)]

    assert len(set(numbers)) == 200
    assert numbers != sorted(numbers)
    assert max(numbers) - min(numbers) > 1 << 30


def test_a_taken_number_is_not_given_out() -> None:
    asked: list[str] = []

    def taken(number: str) -> bool:
        asked.append(number)
        return len(asked) < 4

    assert issue(taken) == asked[3]


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        ("1048576", True),
        ("2147483647", True),
        ("1048575", False),
        ("2147483648", False),
        ("-1", False),
        ("0", False),
        ("", False),
        ("1" * 5000, False),
        ("1234567x", False),
        ("٣٣٣٣٣٣٣٣", False),
    ],
)
def test_only_numbers_of_this_size_are_ours(text: str, is_ours: bool) -> None:
    assert ours(text) is is_ours


@pytest.mark.parametrize(
    ("text", "number"),
    [("-1", True), ("0", True), ("4711", True), ("", False), ("a1", False), ("--1", False), ("²", False)],
)
def test_an_integer_is_told_from_an_id_of_ocpp_2(text: str, number: bool) -> None:
    assert is_number(text) is number
