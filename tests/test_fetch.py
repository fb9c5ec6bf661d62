"""Fetching from addresses that stations tell: only what is public, small, direct and quick."""

import asyncio
from collections.abc import AsyncGenerator
from hashlib import sha256
import socket

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home import fetch
from custom_components.ocpp_home.csms.model.trust import Unreachable
from custom_components.ocpp_home.fetch import Fetcher, Reach, digest, public

ENOUGH = 64 * 1024


class Names(AbstractResolver):
    """A name server that gives one address for every name."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.address = address
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        return [ResolveResult(hostname=host, host=self.address, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


class Site:
    """A web server that says what it is asked to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.port = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path, await request.read(), dict(request.headers)))
        match request.path:
            case "/long":
                return web.Response(body=b"x" * (ENOUGH + 1))
            case "/elsewhere":
                raise web.HTTPFound(f"http://127.0.0.1:{self.port}/answer")
            case "/slow":
                await asyncio.sleep(0.2)
            case "/cookie":
                response = web.Response(body=b"answer")
                response.set_cookie("who", "you")
                return response
            case "/missing":
                raise web.HTTPNotFound
        return web.Response(body=b"answer")


@pytest.fixture
async def site(socket_enabled: None) -> AsyncGenerator[Site]:
    site = Site()
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", site.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    yield site
    await runner.cleanup()


def fetcher(reach: Reach = Reach.ANYWHERE, names: Names | None = None) -> Fetcher:
    return Fetcher(lambda: reach, names or Names())


async def test_a_question_is_posted_and_the_answer_comes_back(site: Site) -> None:
    assert await fetcher()(f"http://ocsp.example:{site.port}/answer", b"question", ENOUGH) == b"answer"
    [(method, _, body, headers)] = site.asked
    assert (method, body, headers["Content-Type"]) == ("POST", b"question", "application/ocsp-request")
    assert "Cookie" not in headers


async def test_a_list_is_got(site: Site) -> None:
    names = Names()
    assert await fetcher(names=names)(f"http://crl.example:{site.port}/list", None, ENOUGH) == b"answer"
    assert site.asked[0][0] == "GET"
    assert names.asked == ["crl.example"]


async def test_nothing_is_remembered_between_two_questions(site: Site) -> None:
    ask = fetcher()
    for _ in range(2):
        await ask(f"http://ocsp.example:{site.port}/cookie", b"question", ENOUGH)
    assert all("Cookie" not in headers for *_, headers in site.asked)


@pytest.mark.parametrize("host", ["ocsp.example", "127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
async def test_no_address_at_home_is_asked_unless_the_owner_allows_it(site: Site, host: str) -> None:
    with pytest.raises(Unreachable, match=r"private|does not answer"):
        await fetcher(Reach.PUBLIC)(f"http://{host}:{site.port}/answer", b"question", ENOUGH)
    assert site.asked == []


async def test_a_name_that_becomes_another_address_is_looked_at_where_the_socket_is_made(site: Site) -> None:
    """There is no second look at the name between the check and the connection."""
    names = Names()
    with pytest.raises(Unreachable, match="private"):
        await fetcher(Reach.PUBLIC, names)(f"http://ocsp.example:{site.port}/answer", b"question", ENOUGH)
    assert names.asked == ["ocsp.example"]
    assert site.asked == []


async def test_nobody_is_asked_where_the_owner_does_not_want_it(site: Site) -> None:
    with pytest.raises(Unreachable, match="nobody may be asked"):
        await fetcher(Reach.NOWHERE)(f"http://ocsp.example:{site.port}/answer", b"question", ENOUGH)
    assert site.asked == []


@pytest.mark.parametrize(
    ("path", "why"),
    [("long", "too long"), ("elsewhere", "302"), ("missing", "404")],
)
async def test_what_is_long_elsewhere_or_missing_is_not_taken(site: Site, path: str, why: str) -> None:
    with pytest.raises(Unreachable, match=why):
        await fetcher()(f"http://ocsp.example:{site.port}/{path}", b"question", ENOUGH)
    assert len(site.asked) == 1


async def test_what_is_slow_is_not_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", fetch.ClientTimeout(total=0.05))
    with pytest.raises(Unreachable, match="does not answer"):
        await fetcher()(f"http://ocsp.example:{site.port}/slow", b"question", ENOUGH)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://ocsp.example/answer",
        "gopher://ocsp.example/",
        "//ocsp.example/answer",
        "http://user:secret@ocsp.example/",
        "http:///answer",
        "http://[bad/answer",
        "",
    ],
)
async def test_only_http_and_https_are_asked_and_nothing_secret_is_told(url: str) -> None:
    with pytest.raises(Unreachable, match="no address"):
        await fetcher()(url, b"question", ENOUGH)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::c0a8:101", "2002:7f00:1::", "2002:c0a8:101::", "2001:db8::1"),
    ],
)
def test_an_address_that_is_not_of_the_open_internet(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "9.9.9.9", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_an_address_of_the_open_internet(address: str) -> None:
    assert public(address)


async def test_a_file_that_the_owner_names_is_looked_at_wherever_it_is(
    hass: HomeAssistant, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"http://127.0.0.1:{site.port}"
    assert await digest(hass, f"{place}/elsewhere") == sha256(b"answer").digest()
    with pytest.raises(Unreachable, match="404"):
        await digest(hass, f"{place}/missing")
    with pytest.raises(Unreachable, match="no address of http"):
        await digest(hass, "ftp://files.example/firmware.bin")
    with pytest.raises(Unreachable, match="does not answer"):
        await digest(hass, "http://127.0.0.1:1/firmware.bin")
    monkeypatch.setattr(fetch, "LARGEST_FIRMWARE", 1000)
    with pytest.raises(Unreachable, match="too large"):
        await digest(hass, f"{place}/long")
