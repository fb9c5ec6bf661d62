"""A total that never falls, out of registers that do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.ocpp_home.csms.model.register import Register

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def run(*values: float, step: int = 30) -> list[float | None]:
    register = Register()
    totals = []
    for index, value in enumerate(values):
        register.read(value, NOON + timedelta(seconds=index * step))
        totals.append(register.total)
    return totals


@pytest.mark.parametrize(
    ("values", "totals"),
    [
        pytest.param((1000, 1010, 1020), [1000, 1010, 1020], id="an honest register"),
        pytest.param(
            (16_000_000, 0, 16_000_050), [16_000_000, 16_000_000, 16_000_050], id="a single zero is passed over"
        ),
        pytest.param(
            (900_000, 100, 150, 200), [900_000, 900_000, 900_150, 900_200], id="a register that began again at zero"
        ),
        pytest.param(
            (900_000, 870_000, 870_100, 870_300), [900_000, 900_000, 900_000, 900_200], id="a register that lost 30 kWh"
        ),
        pytest.param((2_000, 4_294_967_000, 2_010), [2_000, 2_000, 2_010], id="a glitch near 2^32"),
        pytest.param(
            (5_000, 5_000_000, 5_000_040, 5_000_080), [5_000, 5_000, 5_000, 5_040], id="another unit from now on"
        ),
        pytest.param(
            (50_000, 10, 900_000, 50_100), [50_000, 50_000, 50_000, 50_100], id="two glitches that do not agree"
        ),
    ],
)
def test_total_of_a_register(values: tuple[float, ...], totals: list[float]) -> None:
    assert run(*values) == totals


def test_nothing_is_known_before_the_first_value() -> None:
    assert Register().total is None


def test_an_old_value_is_not_read() -> None:
    register = Register()
    register.read(2000, NOON)
    assert register.read(1990, NOON - timedelta(seconds=1)) is False
    assert register.total == 2000


def test_a_long_pause_allows_a_long_way() -> None:
    assert run(1000, 150_000, step=172_800) == [1000, 150_000]


def test_a_new_epoch_is_counted() -> None:
    register = Register()
    for index, value in enumerate((900_000, 100, 150)):
        register.read(value, NOON + timedelta(seconds=index))
    assert register.epochs == 1


@given(st.lists(st.floats(0, 1e10), min_size=1, max_size=30))
def test_the_total_never_falls(values: list[float]) -> None:
    totals = [total for total in run(*values) if total is not None]
    assert all(later >= earlier - 1e-3 for earlier, later in pairwise(totals))


def test_the_total_goes_on_over_a_restart() -> None:
    register = Register()
    for minute, value in enumerate((100_000.0, 5.0, 10.0)):
        register.read(value, datetime(2026, 6, 1, 12, minute, tzinfo=UTC))
    again = Register()
    again.restore(register.state())
    assert again == register
    assert again.total == 100_010


def test_nothing_that_is_no_state_is_restored() -> None:
    register = Register()
    for state in (None, {}, Register().state(), {"last": "x"}, [1]):
        register.restore(state)
    assert register == Register()
