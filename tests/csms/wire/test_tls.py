"""What a port speaks with whom: the suites that are required, and none that are weak."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
import ssl
import tempfile
import warnings

import pytest

from custom_components.ocpp_home.csms.wire.server import Server
from custom_components.ocpp_home.csms.wire.tls import MOST, Chain, Entrance, tls

from .paper import HOME, agreed, authority, certified, chains, only, served, trusting
from .raw import FrontDesk, serving

TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving(FrontDesk(), entrance=Entrance(served())) as server:
        yield server


def old(version: ssl.TLSVersion) -> ssl.SSLContext:
    """A station of the time before TLS 1.2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return only("ALL:@SECLEVEL=0", version)


@pytest.mark.parametrize(
    "suite",
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
    ],
)
async def test_every_suite_that_is_required_is_spoken(server: Server, suite: str) -> None:
    """A00.FR.306, A00.FR.307, A00.FR.318, A00.FR.409, A00.FR.410, A00.FR.421."""
    assert await agreed(server.port, only(suite)) == ("TLSv1.2", suite)


async def test_the_newest_version_is_spoken_with_who_knows_it(server: Server) -> None:
    assert (await agreed(server.port, trusting()))[0] == "TLSv1.3"


async def test_who_has_a_choice_gets_forward_secrecy(server: Server) -> None:
    suite = (await agreed(server.port, only("AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256")))[1]
    assert suite == "ECDHE-RSA-AES128-GCM-SHA256"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_old_versions_are_refused(server: Server, version: ssl.TLSVersion) -> None:
    """A00.FR.313, A00.FR.315, A00.FR.416, A00.FR.418."""
    with pytest.raises(ssl.SSLError, match=r"(?i)alert protocol version"):
        await agreed(server.port, old(version))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_old_versions_are_spoken_where_the_owner_wants_it(version: ssl.TLSVersion) -> None:
    async with serving(FrontDesk(), entrance=Entrance(served(legacy=True))) as server:
        spoken, suite = await agreed(server.port, old(version))
        assert spoken == {1: "TLSv1", 2: "TLSv1.1"}[version - ssl.TLSVersion.SSLv3]
        assert suite in {"ECDHE-RSA-AES256-SHA", "ECDHE-ECDSA-AES256-SHA"}
        assert (await agreed(server.port, only("AES128-SHA:@SECLEVEL=0")))[1] == "AES128-SHA"
        assert (await agreed(server.port, trusting()))[0] == "TLSv1.3"


@pytest.mark.parametrize(
    "suites", ["AES128-SHA", "AES256-SHA256", "ECDHE-RSA-AES128-SHA256", "ECDHE+CHACHA20", "aNULL", "DHE+AESGCM"]
)
async def test_other_suites_are_refused(server: Server, suites: str) -> None:
    """A00.FR.320, A00.FR.322, A00.FR.423, A00.FR.425."""
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake failure"):
        await agreed(server.port, only(f"{suites}:@SECLEVEL=0"))


@pytest.mark.parametrize("version", [TLS_1_2, TLS_1_3])
async def test_a_certificate_of_the_home_is_taken(server: Server, version: ssl.TLSVersion) -> None:
    for family in ("rsa", "ec"):
        context = trusting(certified(family=family))
        context.minimum_version = context.maximum_version = version
        assert (await agreed(server.port, context))[0] == {TLS_1_2: "TLSv1.2", TLS_1_3: "TLSv1.3"}[version]
    await asyncio.sleep(0.01)
    assert server.counters["no TLS"] == 0


@pytest.mark.parametrize(
    ("chain", "reason"),
    [
        (certified("Elsewhere"), "unable to get local issuer certificate"),
        (certified(ago=timedelta(days=400)), "certificate has expired"),
    ],
    ids=["foreign", "expired"],
)
@pytest.mark.parametrize("version", [TLS_1_2, TLS_1_3])
async def test_a_certificate_that_does_not_count_ends_the_handshake(
    server: Server, caplog: pytest.LogCaptureFixture, chain: Chain, reason: str, version: ssl.TLSVersion
) -> None:
    """A00.FR.403, A00.FR.407."""
    context = trusting(chain)
    context.minimum_version = context.maximum_version = version
    with pytest.raises(ssl.SSLError, match=r"(?i)alert (unknown ca|certificate expired)"):
        await agreed(server.port, context)
    await asyncio.sleep(0.01)
    assert server.counters["no TLS"] == 1
    assert f"certificate verify failed: {reason}" in caplog.text


def test_who_was_turned_away_for_its_certificate_is_asked_for_none_once() -> None:
    asking, unasking = served(), tls(chains())
    entrance = Entrance(asking, unasking=unasking)
    assert entrance.spoken("a", 0.0) is asking
    entrance.unknown("a", 0.0)
    assert entrance.spoken("b", 1.0) is asking
    assert entrance.spoken("a", 599.0) is unasking
    assert entrance.spoken("a", 599.0) is asking
    entrance.unknown("a", 0.0)
    assert entrance.spoken("a", 600.0) is asking


def test_only_so_many_are_remembered() -> None:
    entrance = Entrance(served(), unasking=tls(chains()))
    for number in range(MOST + 1):
        entrance.unknown(str(number), 0.0)
    assert [entrance.spoken(str(number), 1.0) is entrance.unasking for number in (0, 1, MOST)] == [False, True, True]


def test_where_everybody_is_asked_nothing_is_different_for_who_was_turned_away() -> None:
    entrance = Entrance(served())
    entrance.unknown("a", 0.0)
    assert entrance.spoken("a", 1.0) is entrance.context


@pytest.fixture
def temporary(tmp_path: Path) -> Iterator[Path]:
    """The folder in which temporary files are made."""
    usual, tempfile.tempdir = tempfile.tempdir, str(tmp_path)
    yield tmp_path
    tempfile.tempdir = usual


def test_keys_leave_no_file_behind(temporary: Path) -> None:
    tls(chains(), authority(HOME).pem)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("what", ["certificates", "key", "roots"])
def test_what_cannot_be_used_is_an_os_error(what: str) -> None:
    chain = chains()[0]
    parts = {"certificates": chain.certificates, "key": chain.key, "roots": authority(HOME).pem, what: "garbage"}
    with pytest.raises(OSError, match=r"(?i)pem|no start line"):
        tls([Chain(parts["certificates"], parts["key"])], parts["roots"])


def test_a_key_of_another_certificate_is_an_os_error() -> None:
    first, second = chains()
    with pytest.raises(OSError, match=r"(?i)mismatch|no certificate assigned"):
        tls([Chain(first.certificates, second.key)])


def test_without_roots_nobody_is_asked_for_a_certificate() -> None:
    assert tls(chains()).verify_mode is ssl.CERT_NONE
    assert tls(chains(), authority(HOME).pem).verify_mode is ssl.CERT_OPTIONAL


def test_a_key_is_told_to_nobody() -> None:
    assert "PRIVATE" not in repr(chains())
