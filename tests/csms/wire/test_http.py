"""Plain HTTP answers."""

import asyncio

import pytest

from custom_components.ocpp_home.csms.wire.door import read_head
from custom_components.ocpp_home.csms.wire.http import Body, Response, greeting, plain


def test_a_response_is_written_with_its_length() -> None:
    assert Response(200, b"abc", "text/xml", {"X-Name": "y"}).render() == (
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\nContent-Type: text/xml\r\nX-Name: y\r\n\r\nabc"
    )


def test_a_plain_answer_is_one_line_of_text() -> None:
    text = plain(404, "unknown", {"Retry-After": "5"}).render()
    assert text.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert b"\r\nRetry-After: 5\r\n" in text
    assert text.endswith(b"\r\n\r\nunknown\n")


@pytest.mark.parametrize(
    ("head", "status"),
    [("GET / HTTP/1.1", 200), ("HEAD / HTTP/1.1", 200), ("GET /CP1 HTTP/1.1", 426), ("POST / HTTP/1.1", 426)],
)
def test_a_visitor_is_told_what_this_is(head: str, status: int) -> None:
    response = greeting(read_head(f"{head}\r\n\r\n".encode()))
    assert response.status == status
    assert b"This is an OCPP endpoint" in response.body


class Pipe(asyncio.Transport):
    """A transport that knows whether it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


async def test_a_body_ends_where_its_length_says() -> None:
    body = Body(Pipe(), 5)
    body.feed(b"ab")
    body.feed(b"")
    body.feed(b"cdefgh")
    body.feed(b"more")
    assert await body.reader.read() == b"abcde"


async def test_a_body_of_no_length_is_empty() -> None:
    body = Body(Pipe(), 0)
    body.feed(b"")
    assert await body.reader.read() == b""


async def test_a_body_that_nobody_reads_slows_the_peer_down() -> None:
    pipe = Pipe()
    body = Body(pipe, 1_000_000)
    body.feed(bytes(500_000))
    assert not pipe.reading
    assert len(await body.reader.read(500_000)) == 500_000
    assert pipe.reading
