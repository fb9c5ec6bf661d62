"""The ascent: the order of the steps, what becomes of a station that stumbles, and that it is always let in."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.model.errors import Invalid, Offline, Refused, Unanswered, Unsupported
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening, Transaction
from custom_components.ocpp_home.csms.security.ascent import Ascent
from custom_components.ocpp_home.csms.security.proof import Profile
from custom_components.ocpp_home.csms.security.roads import Goal
from custom_components.ocpp_home.csms.security.steps import Fall, Patience, Step
from tests.pki import root

from .panel import ACTIVE, KEY, PASSWORD, PRIORITY, SECRET, Door, Panel

NONE, BASIC, TLS, CLIENT = Profile
ROOTS = (root("One").pem, root("Two").pem)
QUICK = Patience(settle=0.05, link=2.0, linger=0.1, back=2.0, grace=0.1, certificate=0.04, again=0.005)
NO = Refused("Rejected", "not today")
ORGANIZATION = "SecurityCtrlr.OrganizationName"

type Lead = Callable[[Profile], Ascent]


def running(station: Station) -> Transaction:
    return station.ledger.start(Opening(station.name, 1, 1, None, datetime.now(UTC), 0.0))


def goal(profile: Profile) -> Goal:
    return Goal(profile, "wss://home:9000", "ws://home:9000", ROOTS, "Home")


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def panel(station: Station, door: Door) -> Panel:
    """A station of 1.6 that knows security profiles."""
    return Panel(station, door, keys={KEY: "0", "CpoName": ""})


@pytest.fixture
def newer(station: Station, door: Door) -> Panel:
    """A station of 2.0.1 with three slots."""
    return Panel(
        station,
        door,
        "2.0.1",
        {PRIORITY: "1", ACTIVE: "1", ORGANIZATION: ""},
        slots=("1", "2", "3"),
    )


@pytest.fixture
def steps() -> list[Step]:
    return []


@pytest.fixture
def lead(station: Station, door: Door, steps: list[Step]) -> Lead:
    return lambda profile: Ascent(station, door, goal(profile), steps.append, QUICK)


async def falls(ascent: Ascent) -> tuple[str, str, Step]:
    with pytest.raises(Fall) as fall:
        await ascent.climb()
    return fall.value.reason, fall.value.words, fall.value.step


# --- the way up -----------------------------------------------------------------------------------------------------
async def test_a_1_6_station_gets_to_the_top_in_the_order_that_never_locks_it_out(
    panel: Panel, door: Door, lead: Lead, steps: list[Step]
) -> None:
    panel.connect()
    await lead(CLIENT).climb()
    assert (door.profile, door.coming, panel.profile) == (CLIENT, None, 3)
    assert panel.roots == list(ROOTS)
    assert [name for name, _ in panel.written] == [PASSWORD, KEY, "CpoName", KEY]
    assert dict(panel.written)[PASSWORD] == door.password
    assert [value for name, value in panel.written if name == KEY] == ["2", "3"]
    assert door.diary == ["offer", "adopt", "open 2", "open 2", "close 2", "open 3", "open 3", "close 3"]
    top = [Step.CERTIFICATE, Step.SWITCH, Step.RETURN]
    assert steps == [Step.LOOK, Step.ROOTS, Step.PASSWORD, Step.SWITCH, Step.RETURN, *top]


async def test_a_password_alone_needs_no_root(panel: Panel, door: Door, lead: Lead, steps: list[Step]) -> None:
    panel.connect(security=False)
    await lead(BASIC).climb()
    assert (door.profile, panel.roots, Step.ROOTS in steps) == (BASIC, [], False)


async def test_what_is_there_already_is_not_done_again(panel: Panel, door: Door, lead: Lead) -> None:
    panel.profile, door.profile, panel.roots = 1, BASIC, list(ROOTS)
    panel.connect()
    await lead(TLS).climb()
    assert (panel.written, panel.roots) == ([(KEY, "2")], list(ROOTS))
    await lead(CLIENT).climb()
    assert (door.profile, panel.roots) == (CLIENT, list(ROOTS))


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_newer_station_gets_there_by_connections_and_resets(
    newer: Panel, door: Door, lead: Lead, version: str
) -> None:
    newer.version = version
    newer.connect()
    await lead(TLS).climb()
    assert (door.profile, newer.keys[PRIORITY], len(newer.resets)) == (TLS, "2,1", 1)
    connection = newer.connections[2]
    assert (connection.url, connection.security_profile) == ("wss://home:9000", 2)
    carried = version == "2.1"
    assert connection.password == (door.offered if carried else None)
    assert [value for name, value in newer.written if name == SECRET] == ([] if carried else [door.password])
    newer.keys |= {PRIORITY: "2", ACTIVE: "2"}
    await lead(CLIENT).climb()
    assert (door.profile, newer.keys[PRIORITY], newer.connections[1].password) == (CLIENT, "1,2", None)
    assert (ORGANIZATION, "Home") in newer.written


async def test_a_station_of_2_1_with_a_password_is_given_another_with_the_connection(
    newer: Panel, door: Door, lead: Lead
) -> None:
    newer.version, newer.profile, door.profile = "2.1", 1, BASIC
    newer.connect()
    await lead(TLS).climb()
    assert newer.connections[2].password == door.offered
    assert "adopt" not in door.diary, "which one it has will be seen by what it shows"


async def test_a_profile_that_waits_for_a_reboot_gets_one(panel: Panel, door: Door, lead: Lead) -> None:
    panel.reboots = True
    panel.connect()
    await lead(BASIC).climb()
    assert (door.profile, len(panel.resets)) == (BASIC, 1)


async def test_a_station_that_says_yes_and_stays_is_restarted(panel: Panel, door: Door, lead: Lead) -> None:
    panel.stays = True
    panel.fails["reset Soft"] = NO
    panel.connect()
    await lead(BASIC).climb()
    assert (door.profile, len(panel.resets)) == (BASIC, 2)


async def test_a_password_that_is_applied_without_an_answer_is_let_in(panel: Panel, door: Door, lead: Lead) -> None:
    panel.fails[PASSWORD] = Unanswered("nothing came")
    panel.connect()
    await lead(BASIC).climb()
    assert door.profile is BASIC
    assert door.diary == ["offer", "open 1", "open 1", "close 1"], "which one it has will be seen by what it shows"


async def test_a_switch_that_is_not_answered_may_have_been_heard(panel: Panel, door: Door, lead: Lead) -> None:
    panel.connect()
    panel.fails[KEY] = Offline("it left before it answered")
    await lead(BASIC).climb()
    assert door.profile is BASIC


async def test_a_station_that_does_not_tell_its_roots_is_believed(panel: Panel, door: Door, lead: Lead) -> None:
    panel.tells = False
    panel.connect()
    await lead(TLS).climb()
    assert door.profile is TLS


@pytest.mark.parametrize("spelling", ["{:x}", "00{:X}", "0x{:x}", "{:d}", "00:{:X}"])
async def test_a_serial_number_is_known_in_each_spelling(panel: Panel, door: Door, lead: Lead, spelling: str) -> None:
    panel.spelling = spelling
    panel.connect()
    await lead(TLS).climb()
    await lead(CLIENT).climb()
    assert (door.profile, panel.roots) == (CLIENT, list(ROOTS))


async def test_one_root_is_enough(panel: Panel, door: Door, lead: Lead) -> None:
    panel.fails["root 1"] = NO
    panel.connect()
    await lead(TLS).climb()
    assert (door.profile, panel.roots) == (TLS, [ROOTS[0]])


async def test_a_certificate_that_is_not_installed_yet_is_waited_for(panel: Panel, door: Door, lead: Lead) -> None:
    panel.deaf = (2, "no certificate yet")
    panel.connect()
    await lead(CLIENT).climb()
    assert door.profile is CLIENT


async def test_a_station_without_a_name_of_its_owner_gets_a_certificate_too(
    panel: Panel, door: Door, lead: Lead
) -> None:
    panel.fails["CpoName"] = Unsupported("NotSupported: CpoName")
    panel.connect()
    await lead(CLIENT).climb()
    assert door.profile is CLIENT


# --- what ends it before anything has changed -----------------------------------------------------------------------
async def test_nothing_is_begun_while_a_session_runs(panel: Panel, door: Door, lead: Lead, station: Station) -> None:
    panel.connect()
    evse = station.evse(1)
    evse.transaction = running(station)
    assert await falls(lead(TLS)) == ("charging", "", Step.LOOK)
    assert (panel.written, panel.roots, door.diary) == ([], [], [])


async def test_a_session_that_begins_meanwhile_is_not_ended(panel: Panel, door: Door, station: Station) -> None:
    panel.connect()
    evse = station.evse(1)

    def begin(step: Step) -> None:
        evse.transaction = running(station) if step is Step.PASSWORD else None

    assert await falls(Ascent(station, door, goal(BASIC), begin, QUICK)) == ("charging", "", Step.PASSWORD)
    assert (door.profile, door.coming) == (NONE, None)


async def test_a_station_that_is_away_cannot_be_led(lead: Lead) -> None:
    assert (await falls(lead(TLS)))[0] == "offline"


async def test_nobody_is_led_down(panel: Panel, door: Door, lead: Lead) -> None:
    door.profile = TLS
    panel.connect()
    assert (await falls(lead(BASIC)))[0] == "not_better"
    assert (await falls(lead(TLS)))[0] == "not_better"


async def test_a_station_may_not_know_profiles(panel: Panel, newer: Panel, lead: Lead) -> None:
    del panel.keys[KEY]
    panel.connect()
    assert (await falls(lead(BASIC)))[0] == "no_profiles"
    panel.connect(security=False)
    assert (await falls(lead(TLS)))[0] == "no_certificates"
    newer.connect(network=False)
    assert (await falls(lead(BASIC)))[0] == "no_profiles"


async def test_a_newer_station_may_have_no_slot_left(newer: Panel, lead: Lead) -> None:
    newer.slots = ("1",)
    newer.connect()
    assert (await falls(lead(TLS)))[0] == "no_slot"


async def test_a_station_may_not_answer_at_all(panel: Panel, lead: Lead) -> None:
    panel.fails["read"] = Unanswered("nothing came")
    panel.connect()
    assert await falls(lead(TLS)) == ("unanswered", "nothing came", Step.LOOK)
    panel.fails["read"] = Invalid("not valid")
    assert await falls(lead(TLS)) == ("unanswered", "not valid", Step.LOOK)


@pytest.mark.parametrize("tells", [True, False])
async def test_a_root_may_be_refused(panel: Panel, door: Door, lead: Lead, tells: bool) -> None:
    panel.tells = tells
    panel.fails["root 0"] = NO
    panel.connect()
    assert await falls(lead(TLS)) == ("root_refused", "Rejected: not today", Step.ROOTS)
    assert (panel.written, door.diary) == ([], [])


async def test_a_station_may_come_back_without_certificates(panel: Panel, door: Door, station: Station) -> None:
    panel.connect()

    def forget(step: Step) -> None:
        if step is Step.ROOTS:
            station.require().security = None

    assert await falls(Ascent(station, door, goal(TLS), forget, QUICK)) == ("root_refused", "certificates", Step.ROOTS)


async def test_a_root_may_be_accepted_and_not_be_there(panel: Panel, lead: Lead) -> None:
    panel.forgets = True
    panel.connect()
    assert await falls(lead(TLS)) == ("root_missing", "", Step.ROOTS)


async def test_a_password_may_be_refused(panel: Panel, door: Door, lead: Lead) -> None:
    panel.fails[PASSWORD] = NO
    panel.connect()
    assert await falls(lead(TLS)) == ("password_refused", "Rejected: not today", Step.PASSWORD)
    assert (door.diary, door.offered) == (["offer", "withdraw"], None)


async def test_a_certificate_may_not_be_asked_for_or_signed(panel: Panel, door: Door, lead: Lead) -> None:
    panel.profile, door.profile = 2, TLS
    panel.fails["CpoName"] = NO
    panel.connect()
    assert await falls(lead(CLIENT)) == ("organisation_refused", "Rejected: not today", Step.CERTIFICATE)
    panel.fails = {"trigger": NO}
    assert await falls(lead(CLIENT)) == ("certificate_not_asked_for", "Rejected: not today", Step.CERTIFICATE)
    panel.fails, panel.signs = {}, False
    assert await falls(lead(CLIENT)) == ("certificate_not_signed", "", Step.CERTIFICATE)
    assert (door.profile, door.coming) == (TLS, None)


@pytest.mark.parametrize(
    ("notice", "reason"),
    [("certificate_not_signed", "certificate_not_signed"), ("certificate_not_taken", "certificate_refused")],
)
async def test_what_is_noted_of_a_certificate_ends_it(
    panel: Panel, door: Door, lead: Lead, station: Station, notice: str, reason: str
) -> None:
    panel.profile, door.profile, panel.signs = 2, TLS, False
    panel.connect()
    station.notice(notice, reason="of old")
    asyncio.get_running_loop().call_later(0.01, lambda: station.notice(notice, reason="another serial"))
    assert await falls(lead(CLIENT)) == (reason, "another serial", Step.CERTIFICATE)


async def test_a_station_may_say_why_it_does_not_take_its_certificate(
    panel: Panel, door: Door, lead: Lead, station: Station
) -> None:
    panel.profile, door.profile, panel.deaf = 2, TLS, (9, "none")
    panel.connect()
    events = [
        Event(Kind.BOOT, datetime.now(UTC), data={}),
        Event(Kind.SECURITY, datetime.now(UTC), data={"type": "SettingSystemTime", "info": ""}),
        Event(Kind.SECURITY, datetime.now(UTC), data={"type": "InvalidChargePointCertificate", "info": "not ours"}),
    ]
    for event in events:
        asyncio.get_running_loop().call_later(0.008, station.emit, event)
    assert await falls(lead(CLIENT)) == ("certificate_refused", "not ours", Step.SWITCH)
    assert (door.profile, door.coming) == (TLS, None)


async def test_a_switch_may_be_refused(panel: Panel, door: Door, lead: Lead) -> None:
    panel.profile, door.profile, panel.deaf = 2, TLS, (9, "no certificate")
    panel.connect()
    assert await falls(lead(CLIENT)) == ("switch_refused", "Rejected: no certificate", Step.SWITCH)
    assert door.diary == ["open 3", "close 2"]
    panel.deaf, panel.fails[KEY] = (0, ""), Unsupported("NotSupported")
    assert await falls(lead(CLIENT)) == ("no_profiles", "NotSupported", Step.SWITCH)
    panel.fails[KEY] = Invalid("that is no OCPP")
    assert await falls(lead(CLIENT)) == ("unanswered", "that is no OCPP", Step.SWITCH)
    assert (door.profile, door.coming) == (TLS, None)


# --- what ends it on the way ----------------------------------------------------------------------------------------
async def test_a_station_that_comes_back_by_the_old_way_is_let_in_by_that_alone(
    panel: Panel, door: Door, lead: Lead
) -> None:
    panel.able = 1
    panel.connect()
    assert await falls(lead(TLS)) == ("came_back", "", Step.RETURN)
    assert (door.profile, door.coming) == (NONE, None)


async def test_a_station_that_stays_where_it_is_has_not_got_there(panel: Panel, door: Door, lead: Lead) -> None:
    panel.stays = True
    panel.fails |= {"reset Soft": NO, "reset Hard": NO}
    panel.connect()
    assert (await falls(lead(BASIC)))[0] == "stayed"
    assert (door.profile, door.coming) == (NONE, None)


async def test_a_station_that_does_not_trust_us_says_why(
    panel: Panel, door: Door, lead: Lead, station: Station
) -> None:
    panel.able = 1
    panel.connect()

    def tell(part: object) -> None:
        if door.coming is TLS and station.connected:
            data = {"type": "InvalidCentralSystemCertificate", "info": "the name is another"}
            station.emit(Event(Kind.SECURITY, datetime.now(UTC), data=data))

    station.subscribe(tell)
    assert (await falls(lead(TLS)))[:2] == ("came_back", "the name is another")


async def test_a_station_that_stays_is_not_restarted_while_it_charges(
    panel: Panel, door: Door, station: Station
) -> None:
    panel.stays = True
    panel.connect()
    evse = station.evse(1)

    def begin(step: Step) -> None:
        evse.transaction = running(station) if step is Step.RETURN else None

    assert (await falls(Ascent(station, door, goal(BASIC), begin, QUICK)))[0] == "stayed"
    assert panel.resets == []


async def test_the_order_of_a_newer_station_is_restored_when_it_comes_back(
    newer: Panel, door: Door, lead: Lead
) -> None:
    newer.able = 1
    newer.keys[PRIORITY] = "1,3"
    newer.connect()
    assert (await falls(lead(TLS)))[0] == "came_back"
    orders = [value for name, value in newer.written if name == PRIORITY]
    assert orders == ["2,1,3", "1,3"]
    assert "open 2 undo 1,3" in door.diary


async def test_a_station_that_was_given_a_new_password_and_comes_back_keeps_the_old(
    newer: Panel, door: Door, lead: Lead
) -> None:
    newer.version, newer.profile, door.profile, newer.able = "2.1", 1, BASIC, 1
    newer.connect()
    assert (await falls(lead(TLS)))[0] == "came_back"
    assert (door.profile, door.offered) == (BASIC, None)


async def test_a_newer_station_that_may_not_be_restarted_goes_by_the_old_order(
    newer: Panel, door: Door, lead: Lead
) -> None:
    newer.fails |= {"reset Soft": NO, "reset Hard": NO}
    newer.connect()
    assert (await falls(lead(TLS)))[0] == "switch_refused"
    assert newer.keys[PRIORITY] == "1"
    assert (door.profile, door.coming) == (NONE, None)


@pytest.mark.parametrize("kind", ["panel", "newer"])
async def test_a_station_that_does_not_come_back_is_let_in_by_both(
    kind: str, request: pytest.FixtureRequest, door: Door, station: Station
) -> None:
    panel: Panel = request.getfixturevalue(kind)
    panel.connect()
    panel.gone = (2,)
    ascent = Ascent(station, door, goal(TLS), patience=replace(QUICK, back=0.1))
    assert await falls(ascent) == ("away", "", Step.RETURN)
    assert (door.profile, door.coming, door.undo) == (NONE, TLS, "1" if kind == "newer" else None)


async def test_a_password_it_has_had_before_is_kept_whatever_happens(panel: Panel, door: Door, lead: Lead) -> None:
    panel.profile, door.profile, door.password, panel.able = 1, BASIC, "of old", 1
    panel.connect()
    assert (await falls(lead(TLS)))[0] == "came_back"
    assert (door.diary, door.password) == (["open 2", "open 2", "close 1"], "of old")
    panel.able = 2
    await lead(TLS).climb()
    assert (door.diary[3:], door.password) == (["open 2", "open 2", "close 2"], "of old")


async def test_where_stations_trust_us_by_a_root_that_is_not_ours_none_is_installed(
    panel: Panel, door: Door, station: Station
) -> None:
    panel.connect()
    await Ascent(station, door, replace(goal(TLS), roots=()), patience=QUICK).climb()
    assert (door.profile, panel.roots) == (TLS, [])


# --- by hand --------------------------------------------------------------------------------------------------------
async def test_a_station_is_waited_for_that_is_set_up_by_hand(panel: Panel, door: Door, lead: Lead) -> None:
    panel.connect()
    asyncio.get_running_loop().call_later(0.01, panel.leave, 2)
    await lead(TLS).by_hand("0123456789abcdef")
    assert (door.profile, door.coming, door.offered) == (TLS, None, "0123456789abcdef")
    assert "adopt" not in door.diary, "somebody may have left the password as it was"


async def test_who_is_there_already_is_not_set_up_by_hand(panel: Panel, door: Door, lead: Lead) -> None:
    panel.profile, door.profile = 2, TLS
    panel.connect()
    with pytest.raises(Fall, match="not_better"):
        await lead(TLS).by_hand("0123456789abcdef")
    assert (door.profile, door.diary) == (TLS, [])


async def test_who_is_not_set_up_by_hand_is_let_in_as_before(panel: Panel, door: Door, station: Station) -> None:
    panel.connect()
    ascent = Ascent(station, door, goal(TLS), patience=replace(QUICK, back=0.01))
    with pytest.raises(Fall, match="not_called"):
        await ascent.by_hand("0123456789abcdef")
    assert (door.profile, door.coming, door.offered, door.password) == (NONE, None, None, None)


def test_a_fall_says_why_in_the_words_of_the_station() -> None:
    assert str(Fall("root_refused", "Rejected: no room")) == "root_refused: Rejected: no room"
