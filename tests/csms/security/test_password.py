"""A password is known again however a station spells it, and cannot be read from what is kept of it."""

from time import perf_counter

import pytest

from custom_components.ocpp_home.csms.security.password import STRETCH, Hashed, acceptable, generate

HEX = "00A1b2c3d4e5f60718293a4b5c6d7e8f90A1B2C3"
TEXT = "correct-horse:battery.staple"


def test_a_generated_password_suits_every_version_and_no_two_are_alike() -> None:
    made = {generate() for _ in range(100)}
    assert len(made) == 100
    assert all(len(bytes.fromhex(password)) == 20 and acceptable(password) for password in made)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        (HEX, True),
        (TEXT, True),
        ("a" * 16, True),
        ("a" * 15, False),
        ("*-_=:+|@.abcdef0", True),
        ("a" * 40, True),
        ("a" * 41, False),
        ("with blanks in it", False),
        ("zwanzig-Zeichen-ä-ö", False),
        ("sixteen-letters!!", False),
        ("line-breaks-are-bad\n", False),
    ],
)
def test_what_a_station_may_be_given(password: str, good: bool) -> None:
    assert acceptable(password) is good


@pytest.mark.parametrize("set_as", [HEX, HEX.lower(), HEX.upper(), HEX.encode(), bytes.fromhex(HEX)])
@pytest.mark.parametrize("shown", [HEX.encode(), HEX.lower().encode(), HEX.upper().encode(), bytes.fromhex(HEX)])
def test_digits_and_the_bytes_they_mean_are_the_same_password(set_as: str | bytes, shown: bytes) -> None:
    assert Hashed.of(set_as).matches(shown)


def test_a_text_is_matched_as_it_is_and_as_the_digits_of_its_bytes() -> None:
    kept = Hashed.of(TEXT)
    assert kept.matches(TEXT.encode())
    assert kept.matches(TEXT.encode().hex().encode())
    assert kept.matches(TEXT.encode().hex().upper().encode())
    assert not kept.matches(TEXT.upper().encode())


@pytest.mark.parametrize(
    "shown",
    [b"", HEX[:-1].encode(), HEX[:-2].encode(), HEX.encode() + b"00", TEXT.encode() + b"\0", b"\xff" * 20, b"\0"],
)
def test_nothing_else_matches(shown: bytes) -> None:
    assert not Hashed.of(HEX).matches(shown)
    assert not Hashed.of(TEXT).matches(shown)


def test_the_same_password_is_kept_differently_each_time_and_cannot_be_read() -> None:
    one, other = Hashed.of(HEX), Hashed.of(HEX)
    assert one.store() != other.store()
    for kept in (repr(one), str(one.store())):
        assert HEX.lower() not in kept.lower()
    assert "salt" not in repr(one)
    assert "digest" not in repr(one)


def test_what_was_kept_is_the_same_password_again() -> None:
    for password in (HEX, TEXT):
        kept = Hashed.of(password)
        again = Hashed.restored(kept.store())
        assert again == kept
        assert again.matches(password.encode())
        assert not again.matches(b"wrong")


@pytest.mark.parametrize(
    "kept",
    [
        None,
        [],
        "text",
        {"salt": "00", "digest": "00"},
        {"salt": 1, "digest": "00", "rounds": 1},
        {"salt": "xx", "digest": "00", "rounds": 1},
        {"salt": "00", "digest": "00", "rounds": 0},
    ],
)
def test_what_is_no_hash_is_not_taken_for_one(kept: None) -> None:
    with pytest.raises(ValueError, match=r"."):
        Hashed.restored(kept)


def test_what_one_thinks_up_is_stretched_and_what_is_random_need_not_be() -> None:
    assert Hashed.of(TEXT).rounds == STRETCH
    assert Hashed.of("00112233").rounds == STRETCH
    assert Hashed.of(HEX).rounds == 1


def test_what_has_been_proved_is_known_and_nothing_else() -> None:
    assert Hashed.of(HEX).strong
    weak = Hashed.of(TEXT)
    assert not weak.strong
    assert not weak.knows(TEXT.encode())
    assert not weak.matches(b"a guess")
    assert not weak.knows(b"a guess")
    assert weak.matches(TEXT.encode())
    assert weak.knows(TEXT.encode())
    assert not weak.knows(b"a guess")


def test_five_hundred_stations_that_return_at_once_are_known_at_once() -> None:
    weak = Hashed.of(TEXT)
    assert weak.matches(TEXT.encode())
    strong = [Hashed.of(generate()) for _ in range(250)]
    begin = perf_counter()
    for _ in range(250):
        assert weak.matches(TEXT.encode())
    for kept in strong:
        assert not kept.matches(b"\x01" * 20)
    assert perf_counter() - begin < 0.25


def test_what_was_proved_with_one_password_proves_no_other() -> None:
    one, other = Hashed.of(TEXT), Hashed.of("another-long-password")
    assert one.matches(TEXT.encode())
    assert not other.matches(TEXT.encode())
    assert not one.matches(b"another-long-password")


def test_whether_it_has_been_shown_is_known_until_it_is_restored() -> None:
    hashed = Hashed.of("a-password-of-mine")
    assert not hashed.shown
    hashed.matches(b"another-password-1")
    assert not hashed.shown
    hashed.matches(b"a-password-of-mine")
    assert hashed.shown
    assert not Hashed.restored(hashed.store()).shown
