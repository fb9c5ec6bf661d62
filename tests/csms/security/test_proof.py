"""What a station shows proves who it is, or it does not; nothing in between."""

import pytest

from custom_components.ocpp_home.csms.security.password import Hashed, generate
from custom_components.ocpp_home.csms.security.proof import (
    OBJECTIONS,
    Presented,
    Profile,
    Proof,
    Standing,
    judge,
)
from tests.csms.security.shown import NOW, certificate

NAME = "CP1"
OWN, FOREIGN = generate(), generate()
HASHED = Hashed.of(OWN)
COMING = generate()
HASHED_COMING = Hashed.of(COMING)


def login(password: str | None = OWN, username: str | None = NAME, *, secure: bool = False) -> Presented:
    return Presented(
        secure=secure,
        username=None if username is None else username.encode(),
        password=None if password is None else password.encode(),
    )


def shown(der: bytes | None, password: str | None = None) -> Presented:
    secret = None if password is None else password.encode()
    return Presented(secure=True, certificate=der, username=NAME.encode(), password=secret)


def asked(profile: Profile, coming: Profile | None = None) -> Standing:
    return Standing(profile=profile, coming=coming, passwords=(HASHED,), serial="SERIAL-1", organisation="OCPP Home")


def told(standing: Standing, presented: Presented, identity: str = NAME) -> int | str:
    """The profile that was proved, or why none was."""
    proof = judge(standing, presented, identity, NOW)
    assert (proof.profile is None) == (proof.objection in OBJECTIONS)
    return proof.objection if proof.profile is None else int(proof.profile)


PLAIN = {
    "nothing": login(None, None),
    "an empty password": login(""),
    "a wrong password": login(FOREIGN),
    "the password": login(),
    "its digits in capitals": login(OWN.upper()),
    "the password with another name": login(username="CP2"),
    "the password in other letters of its name": login(username="cp1"),
}
SECURE = {
    "nothing": login(None, None, secure=True),
    "a wrong password": login(FOREIGN, secure=True),
    "the password": login(secure=True),
    "the password with another name": login(username="CP2", secure=True),
    "the certificate": shown(certificate()),
    "the certificate and the password": shown(certificate(), OWN),
    "the certificate and a wrong password": shown(certificate(), FOREIGN),
    "the certificate of another": shown(certificate("SERIAL-2")),
    "the certificate of another and the password": shown(certificate("SERIAL-2"), OWN),
}


@pytest.mark.parametrize("what", PLAIN)
def test_with_profile_0_nothing_is_asked(what: str) -> None:
    assert told(Standing(), PLAIN[what]) == 0


def test_with_profile_0_nothing_is_asked_over_tls_either() -> None:
    assert {told(Standing(), presented) for presented in SECURE.values()} == {0}


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("nothing", "password_missing"),
        ("an empty password", "password_missing"),
        ("a wrong password", "password_wrong"),
        ("the password", 1),
        ("its digits in capitals", 1),
        ("the password with another name", "username_wrong"),
        ("the password in other letters of its name", 1),
    ],
)
def test_profile_1_is_the_password_without_tls(what: str, expected: int | str) -> None:
    assert told(asked(Profile.BASIC), PLAIN[what]) == expected


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("nothing", "password_missing"),
        ("a wrong password", "password_wrong"),
        ("the password", "other_profile"),
        ("the certificate", "password_missing"),
        ("the certificate and the password", "other_profile"),
    ],
)
def test_a_stronger_proof_than_profile_1_is_another_profile_and_turned_away(what: str, expected: str) -> None:
    # OCPP 2.0.1 ed. 3 - A00.FR.002
    assert told(asked(Profile.BASIC), SECURE[what]) == expected


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("nothing", "password_missing"),
        ("a wrong password", "password_wrong"),
        ("the password", 2),
        ("the password with another name", "username_wrong"),
        ("the certificate", "password_missing"),
        ("the certificate and the password", 2),
        ("the certificate of another and the password", 2),
    ],
)
def test_profile_2_is_the_password_over_tls(what: str, expected: int | str) -> None:
    assert told(asked(Profile.TLS), SECURE[what]) == expected


@pytest.mark.parametrize("what", PLAIN)
@pytest.mark.parametrize("profile", [Profile.TLS, Profile.CLIENT])
def test_nothing_without_tls_is_strong_enough_for_profiles_2_and_3(profile: Profile, what: str) -> None:
    assert told(asked(profile), PLAIN[what]) == "too_weak"


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("nothing", "certificate_missing"),
        ("the password", "certificate_missing"),
        ("the certificate", 3),
        ("the certificate and the password", 3),
        ("the certificate and a wrong password", 3),
        ("the certificate of another", "certificate_other"),
        ("the certificate of another and the password", "certificate_other"),
    ],
)
def test_profile_3_is_the_stations_own_certificate(what: str, expected: int | str) -> None:
    assert told(asked(Profile.CLIENT), SECURE[what]) == expected


@pytest.mark.parametrize(
    ("der", "expected"),
    [
        (certificate(days=(-10, -1)), "certificate_expired"),
        (certificate(days=(1, 10)), "certificate_expired"),
        (certificate(number=13), "certificate_revoked"),
        (certificate(organisation="Somebody Else"), "certificate_foreign"),
        (certificate(organisation=""), "certificate_foreign"),
        (certificate(organisation="OCPP Home of the Millers"), 3),
        (certificate(common_name=""), "certificate_other"),
        (certificate(common_name="CP1"), "certificate_other"),
        (certificate(common_name="vendor:SERIAL-1"), 3),
        (b"\x30\x03garbage", "certificate_unreadable"),
    ],
    ids=[
        "over",
        "not yet",
        "revoked",
        "of somebody else",
        "of nobody",
        "ours",
        "nameless",
        "by identity",
        "by vendor and serial",
        "garbage",
    ],
)
def test_a_certificate_counts_while_it_is_valid_ours_and_the_stations(der: bytes, expected: int | str) -> None:
    """A00.FR.404, A00.FR.405."""
    standing = Standing(profile=Profile.CLIENT, serial="SERIAL-1", organisation="OCPP Home", revoked=frozenset({13}))
    assert told(standing, shown(der)) == expected


def test_without_an_organisation_whoever_was_trusted_to_sign_it_is_enough() -> None:
    standing = Standing(profile=Profile.CLIENT, serial="SERIAL-1")
    assert told(standing, shown(certificate(organisation=""))) == 3
    assert told(standing, shown(certificate(organisation="Factory"))) == 3


def test_while_its_serial_number_is_not_known_the_certificate_has_to_name_the_station() -> None:
    standing = Standing(profile=Profile.CLIENT)
    assert told(standing, shown(certificate("CP1"))) == 3
    assert told(standing, shown(certificate("CP12"))) == "certificate_other"


def test_a_certificate_that_was_signed_for_a_station_proves_it_whatever_it_is_called() -> None:
    standing = Standing(profile=Profile.CLIENT, organisation="OCPP Home", signed=frozenset({78}))
    assert told(standing, shown(certificate("SERIAL-1", number=77))) == "certificate_other"
    assert judge(standing, shown(certificate("SERIAL-1", number=78)), NAME, NOW).certified == "SERIAL-1"
    assert told(standing, shown(certificate("SERIAL-1", number=78, days=(-3, -1)))) == "certificate_expired"


def test_the_name_of_a_user_does_not_matter_where_the_owner_says_so() -> None:
    standing = Standing(profile=Profile.BASIC, passwords=(HASHED,), any_username=True)
    assert told(standing, login(username="admin")) == 1
    assert told(standing, login(username=None)) == 1
    assert told(standing, login(FOREIGN, username="admin")) == "password_wrong"


def test_a_station_without_a_password_is_not_let_in_with_one() -> None:
    assert told(Standing(profile=Profile.BASIC), login()) == "password_wrong"


def test_two_passwords_are_known_while_one_is_on_its_way_and_it_is_told_which_was_shown() -> None:
    standing = Standing(profile=Profile.BASIC, passwords=(HASHED, HASHED_COMING))
    assert judge(standing, login(), NAME, NOW) == Proof(profile=Profile.BASIC, password=HASHED)
    assert judge(standing, login(COMING), NAME, NOW) == Proof(profile=Profile.BASIC, password=HASHED_COMING)
    assert told(standing, login(FOREIGN)) == "password_wrong"


def test_what_the_certificate_calls_the_station_is_told() -> None:
    proof = judge(asked(Profile.CLIENT), shown(certificate("acme:SERIAL-1")), NAME, NOW)
    assert proof == Proof(profile=Profile.CLIENT, certified="acme:SERIAL-1")


def test_while_the_profile_changes_both_are_let_in_and_the_stronger_counts() -> None:
    up = asked(Profile.BASIC, Profile.TLS)
    assert told(up, login()) == 1
    assert told(up, login(secure=True)) == 2
    assert told(up, login(None, None)) == "password_missing"
    assert told(up, shown(certificate())) == "password_missing"
    further = asked(Profile.TLS, Profile.CLIENT)
    assert told(further, login(secure=True)) == 2
    assert told(further, shown(certificate(), OWN)) == 3
    assert told(further, login()) == "too_weak"


def test_a_first_password_is_proved_as_soon_as_it_is_shown() -> None:
    first = asked(Profile.NONE, Profile.BASIC)
    assert told(first, login(None, None)) == 0
    assert told(first, login(FOREIGN)) == 0
    assert told(first, login()) == 1


def test_what_was_shown_is_in_no_log() -> None:
    text = repr(login()) + repr(judge(asked(Profile.BASIC), login(), NAME, NOW))
    assert OWN not in text
    assert NAME not in repr(login())
