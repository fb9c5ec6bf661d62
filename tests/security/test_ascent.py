"""Stations of every version are led up over real sockets and real TLS, and never locked out."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from custom_components.ocpp_home.csms.security.proof import Profile
from custom_components.ocpp_home.csms.security.steps import Fall
from tests.certification.stage import until
from tests.pki import root
from tests.simulator import Hardware, Oddities, Station as Simulated
from tests.simulator.hardware import Identity

from .arrivals import arrivals
from .stairs import NAME, QUICK, Stairs, stairs

VERSIONS = ["1.6", "2.0.1", "2.1"]
NONE, BASIC, TLS, CLIENT = Profile

type Dial = Callable[..., Awaitable[Simulated]]


@pytest.fixture
async def up(socket_enabled: None) -> AsyncGenerator[Stairs]:
    async with stairs() as made:
        yield made


@pytest.fixture
async def dial(up: Stairs) -> AsyncGenerator[Dial]:
    async with arrivals() as bring:

        async def dialled(version: str, **options: Any) -> Simulated:
            return await bring(Simulated(f"ws://127.0.0.1:{up.port}", NAME, version=version, **options))

        yield dialled


async def falls(up: Stairs, goal: Profile) -> tuple[str, str]:
    with pytest.raises(Fall) as fall:
        await up.ascent(goal).climb()
    return fall.value.reason, fall.value.words


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("family", ["EC", "RSA"])
async def test_a_station_gets_from_nothing_to_a_certificate_of_its_own(
    up: Stairs, dial: Dial, version: str, family: str
) -> None:
    station = await dial(version, hardware=Hardware(Identity(serial=f"S-{version}"), key=family))
    await up.ascent(CLIENT).climb()
    assert (up.profile, up.coming, up.station.proved) == (CLIENT, None, 3)
    assert up.station.certified == f"S-{version}"
    await until(lambda: station.online)
    await station.send("Heartbeat", {})
    station.credentials.password = None
    await station.power_cut()
    await station.power_on()
    assert up.station.proved == 3


@pytest.mark.parametrize("version", VERSIONS)
async def test_after_an_ascent_nothing_less_is_let_in(up: Stairs, dial: Dial, version: str) -> None:
    """OCPP 2.0.1 ed. 3 - A05.FR.07, OCPP 1.6 security whitepaper ed. 3 - A05.FR.09."""
    await dial(version)
    await up.ascent(TLS).climb()
    weaker = Simulated(f"ws://127.0.0.1:{up.port}", NAME, version=version)
    for password in (None, "0123456789abcdef"):
        weaker.credentials.password = password
        with pytest.raises(InvalidStatus, match="401"):
            await weaker.connect()
    await weaker.close()
    assert up.station.proved == 2


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_stops_where_it_is_to(up: Stairs, dial: Dial, version: str) -> None:
    await dial(version)
    await up.ascent(BASIC).climb()
    assert (up.profile, up.station.proved) == (BASIC, 1)
    await up.ascent(TLS).climb()
    assert (up.profile, up.station.proved) == (TLS, 2)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_whose_tls_does_not_work_comes_back_as_it_was(up: Stairs, dial: Dial, version: str) -> None:
    station = await dial(version, oddities=Oddities(no_tls=True))
    assert (await falls(up, TLS))[0] == "came_back"
    assert (up.profile, up.coming, up.station.connected) == (NONE, None, True)
    if version != "1.6":
        assert station.configuration.text("OCPPCommCtrlr.NetworkConfigurationPriority") == "1"
    await station.power_cut()
    await station.power_on()
    assert station.online


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_that_does_not_come_back_is_let_in_when_it_does(up: Stairs, dial: Dial, version: str) -> None:
    station = await dial(version, oddities=Oddities(strands_on_switch=True))
    assert (await falls(up, TLS))[0] == "away"
    assert (up.profile, up.coming, up.station.connected) == (NONE, TLS, False)
    await station.power_cut()
    await station.power_on()
    await until(lambda: up.station.connected)
    assert up.station.proved == 0


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_password_that_is_taken_without_an_answer_is_found_out(up: Stairs, dial: Dial, version: str) -> None:
    await dial(version, oddities=Oddities(silent_on_password=True))
    await up.ascent(TLS).climb()
    assert (up.profile, up.station.proved, up.passwords) == (TLS, 2, (up.offered,))


async def test_a_profile_that_waits_for_a_reboot_is_reached(up: Stairs, dial: Dial) -> None:
    await dial("1.6", oddities=Oddities(profile_needs_reboot=True))
    await up.ascent(CLIENT).climb()
    assert (up.profile, up.station.proved) == (CLIENT, 3)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_that_loses_its_roots_is_not_switched(up: Stairs, dial: Dial, version: str) -> None:
    await dial(version, oddities=Oddities(forgets_roots=True))
    assert (await falls(up, TLS))[0] == "root_missing"


async def test_a_station_that_takes_only_heirs_of_a_root_it_has_is_not_switched(up: Stairs, dial: Dial) -> None:
    station = await dial("1.6", AdditionalRootCertificateCheck="true")
    station.trust.install("CentralSystemRootCertificate", root("Vendor").pem, 9)
    assert await falls(up, TLS) == ("root_refused", "Rejected")


async def test_a_station_with_room_for_one_root_trusts_us_by_that(up: Stairs, dial: Dial) -> None:
    station = await dial("1.6", CertificateStoreMaxLength="1")
    await up.ascent(TLS).climb()
    assert (up.station.proved, len(station.trust.roots)) == (2, 1)


@pytest.mark.parametrize(
    ("version", "oddities", "reason"),
    [
        ("1.6", Oddities(key_answers={"SecurityProfile": "Rejected"}), "switch_refused"),
        ("1.6", Oddities(missing_keys=frozenset({"SecurityProfile"})), "no_profiles"),
        ("1.6", Oddities(key_answers={"AuthorizationKey": "Rejected"}), "password_refused"),
        ("1.6", Oddities(answers={"InstallCertificate": "NotSupported"}), "root_refused"),
        ("2.0.1", Oddities(answers={"SetNetworkProfile": {"status": "Rejected"}}), "switch_refused"),
        ("2.0.1", Oddities(answers={"Reset": {"status": "Rejected"}}), "switch_refused"),
        ("2.1", Oddities(answers={"SetNetworkProfile": {"status": "Failed"}}), "switch_refused"),
    ],
)
async def test_what_a_station_refuses_ends_it_with_nothing_lost(
    up: Stairs, dial: Dial, version: str, oddities: Oddities, reason: str
) -> None:
    station = await dial(version, oddities=oddities)
    assert (await falls(up, TLS))[0] == reason
    assert (up.profile, up.coming) == (NONE, None)
    await until(lambda: up.station.connected)
    await station.send("Heartbeat", {})


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_that_knows_us_by_another_name_says_so(up: Stairs, dial: Dial, version: str) -> None:
    station = await dial(version)
    ascent = up.ascent(TLS, host="localhost")
    station.url = station.url.replace("127.0.0.1", "localhost")
    with pytest.raises(Fall) as fall:
        await ascent.climb()
    assert fall.value.reason == "came_back"
    assert "localhost" in fall.value.words
    assert (up.profile, up.coming) == (NONE, None)


async def test_a_certificate_that_is_not_asked_for_leaves_a_password_over_tls(up: Stairs, dial: Dial) -> None:
    await dial("2.0.1", oddities=Oddities(answers={"TriggerMessage": {"status": "NotImplemented"}}))
    assert (await falls(up, CLIENT))[0] == "certificate_not_asked_for"
    assert (up.profile, up.coming, up.station.proved) == (TLS, None, 2)


async def test_a_car_is_not_stopped(up: Stairs, dial: Dial) -> None:
    station = await dial("1.6")
    await station.start()
    assert (await falls(up, TLS))[0] == "charging"
    assert station.connectors[1].transaction is not None


async def test_a_station_may_be_set_up_before_it_is_waited_for(up: Stairs, dial: Dial) -> None:
    station = await dial("1.6")
    secret = "a password of 24 letters"
    station.credentials.password = secret
    await station.reconnect()
    await up.ascent(BASIC, QUICK).by_hand(secret)
    assert (up.profile, up.station.proved) == (BASIC, 1)


async def test_somebody_sets_a_station_up_by_hand(up: Stairs, dial: Dial) -> None:
    station = await dial("1.6", oddities=Oddities(missing_keys=frozenset({"SecurityProfile"})))
    secret = "a password of 24 letters"

    async def person() -> None:
        await asyncio.sleep(0.05)
        station.credentials.password = secret
        await station.reconnect()

    working = asyncio.ensure_future(person())
    await up.ascent(BASIC, QUICK).by_hand(secret)
    await working
    assert (up.profile, up.station.proved) == (BASIC, 1)
