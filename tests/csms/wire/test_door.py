"""Request heads as stations send them."""

import base64

import pytest

from custom_components.ocpp_home.csms.wire.door import (
    MAX_HEAD,
    MAX_IDENTITY,
    Refused,
    canonical,
    choose,
    head_end,
    read_head,
    version_of,
)
from custom_components.ocpp_home.csms.wire.frame import Version

from .raw import KEY, handshake


@pytest.mark.parametrize(
    ("target", "identity"),
    [
        ("/CP1", "CP1"),
        ("/ocpp/1.6/CP1", "CP1"),
        ("///charger", "charger"),
        ("/ocpp//charger", "charger"),
        ("/ocpp/CP1/", "CP1"),
        ("/ocpp/CP1//", "CP1"),
        ("/ws://1.2.3.4:9000/CP_1/SERIAL", "SERIAL"),
        ("ws://home.local:9000/CP1", "CP1"),
        ("http://home.local:9000/ocpp/CP1", "CP1"),
        ("ws://home.local:9000", ""),
        ("/RDAM%20123", "RDAM 123"),
        ("/RDAM%7C123", "RDAM|123"),
        ("/RDAM|123", "RDAM|123"),
        ("/50%2525", "50%25"),
        ("/RDAM 123", "RDAM 123"),
        ("/CP1 ", "CP1"),
        ("/%20CP1%20", "CP1"),
        ("/Säule", "Säule"),
        ("/S%C3%A4ule", "Säule"),
        ("/S%E4ule", "Säule"),
        ("/00:80:F4:43:0B:34", "00:80:F4:43:0B:34"),
        ("/CP%2F1", "CP/1"),
        ("/CP1?token=x", "CP1"),
        ("/CP1#x", "CP1"),
        ("/ws/webSocket?=SN1", "SN1"),
        ("/", ""),
        ("//", ""),
        ("/%20", ""),
        ("", ""),
    ],
)
def test_the_identity_is_the_last_segment_decoded_once(target: str, identity: str) -> None:
    assert read_head(handshake(target)).identity == identity


@pytest.mark.parametrize(
    "target",
    ["/CP%00", "/CP%0d%0aX", "/CP%7f", "/../../etc/passwd", "/%2e%2e/CP1", "/a/./CP1", "/" + "x" * (MAX_IDENTITY + 1)],
)
def test_an_identity_that_is_none_is_refused(target: str) -> None:
    with pytest.raises(Refused) as caught:
        read_head(handshake(target))
    assert caught.value.status == 400
    assert str(caught.value) == caught.value.reason


@pytest.mark.parametrize("head", [b"\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"12 / HTTP/1.1\r\n\r\n"])
def test_what_is_no_http_is_refused(head: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_head(head)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(handshake().replace(b"\r\n", b"\n"), id="bare LF"),
        pytest.param(b"\r\n" + handshake(), id="empty line first"),
        pytest.param(handshake().replace(b"HTTP/1.1", b"HTTP/1.0"), id="HTTP/1.0"),
        pytest.param(handshake().replace(b" HTTP/1.1", b""), id="no protocol"),
        pytest.param(handshake().replace(b"GET /", b"get  /"), id="small get"),
        pytest.param(handshake().replace(b"Connection: Upgrade\r\n", b""), id="no Connection"),
        pytest.param(handshake().replace(b"Upgrade: websocket\r\n", b""), id="no Upgrade"),
        pytest.param(handshake().replace(b"Host: home\r\n", b""), id="no Host"),
        pytest.param(handshake().replace(b"Sec-WebSocket", b"SEC-WEBSOCKET"), id="large names"),
        pytest.param(handshake().replace(b"Upgrade: websocket", b"Upgrade:WebSocket"), id="no blank"),
        pytest.param(handshake().replace(b"Protocol: ", b"Protocol:\r\n\t"), id="folded"),
        pytest.param(handshake("/CP1", "Origin: file://"), id="Origin"),
        pytest.param(handshake("/CP1", "X-Name: S\xe4ule"), id="UTF-8 in a header"),
        pytest.param(handshake("/CP1", "no colon here"), id="line without colon"),
    ],
)
def test_a_malformed_head_is_understood(head: bytes) -> None:
    assert head_end(head) == len(head)
    request = read_head(head, "10.0.0.7", secure=True)
    assert (request.method, request.identity, request.websocket) == ("GET", "CP1", True)
    assert request.versions == ("1.6",)
    assert (request.peer, request.secure) == ("10.0.0.7", True)


def test_a_head_in_latin_1_is_understood() -> None:
    assert read_head(handshake().replace(b"/CP1", b"/S\xe4ule")).identity == "Säule"


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        ("ocpp1.6", ("1.6",)),
        ("OCPP1.6", ("1.6",)),
        ("ocpp16", ("1.6",)),
        ("ocpp1.6J", ("1.6",)),
        ("ocpp-1.6", ("1.6",)),
        ('"ocpp1.6"', ("1.6",)),
        ("'ocpp1.6'", ("1.6",)),
        ("ocpp2.0.1,ocpp1.6", ("2.0.1", "1.6")),
        ("ocpp2.0.1; ocpp1.6", ("2.0.1", "1.6")),
        ("ocpp2.0.1 ocpp1.6", ("2.0.1", "1.6")),
        ("ocpp1.6,", ("1.6",)),
        ("ocpp201, ocppv2.1", ("2.0.1", "2.1")),
        ("ocpp1.5, ocpp2.0, mqtt", ()),
        ("", ()),
    ],
)
def test_subprotocols_are_read_in_any_spelling(header: str, versions: tuple[Version, ...]) -> None:
    assert read_head(handshake(subprotocol=header)).versions == versions


def test_repeated_headers_are_one_list() -> None:
    head = handshake("/CP1", "Sec-WebSocket-Protocol: ocpp2.0.1", "Sec-WebSocket-Protocol:")
    assert read_head(head).versions == ("1.6", "2.0.1")


@pytest.mark.parametrize(
    ("offer", "preference", "chosen"),
    [
        ("ocpp2.0.1, ocpp1.6", None, "ocpp2.0.1"),
        ("ocpp1.6, ocpp2.0.1", None, "ocpp1.6"),
        ("ocpp1.6, ocpp2.0.1", ("2.0.1", "1.6"), "ocpp2.0.1"),
        ("ocpp1.6, ocpp2.0.1", ("1.6",), "ocpp1.6"),
        ("ocpp2.1, OCPP1.6J", None, "OCPP1.6J"),
        ("ocpp2.0.1", ("1.6",), None),
        ("ocpp2.1", None, None),
        ("", None, None),
    ],
)
def test_the_version_is_chosen_by_the_pinned_order_or_the_client_s(
    offer: str, preference: tuple[Version, ...] | None, chosen: str | None
) -> None:
    assert choose(read_head(handshake(subprotocol=offer)), preference, ("1.6", "2.0.1")) == chosen


def test_the_name_of_a_version_is_read_back() -> None:
    assert version_of("OCPP1.6J") == "1.6"
    assert version_of("ocpp2.0") is None


def basic(login: bytes, scheme: str = "Basic") -> str:
    return f"Authorization: {scheme} {base64.b64encode(login).decode()}"


@pytest.mark.parametrize(
    ("target", "header", "username", "password"),
    [
        ("/CP1", basic(b"CP1:secret"), b"CP1", b"secret"),
        ("/CP1", basic(b"CP1:secret", "basic"), b"CP1", b"secret"),
        ("/CP1", basic(b"CP1:se:cret"), b"CP1", b"se:cret"),
        ("/CP1", basic(b"cp1:x"), b"cp1", b"x"),
        ("/CP1", basic(b"other:x"), b"other", b"x"),
        ("/CP1", basic(b"CP1:\x00\xff\x80"), b"CP1", b"\x00\xff\x80"),
        ("/00:80:F4", basic(b"00:80:F4:se:cret"), b"00:80:F4", b"se:cret"),
        ("/CP1", basic(b"CP1:secret").rstrip("="), b"CP1", b"secret"),
        ("/CP1", "Authorization: Basic !!!", b"", b""),
        ("/CP1", "Authorization: Basic A", None, None),
        ("/CP1", "Authorization: Basic", b"", b""),
        ("/CP1", "Authorization: Bearer x", None, None),
        ("/CP1", "X: y", None, None),
    ],
)
def test_basic_credentials_are_bytes_and_split_where_the_identity_ends(
    target: str, header: str, username: bytes | None, password: bytes | None
) -> None:
    request = read_head(handshake(target, header))
    assert (request.username, request.password) == (username, password)
    assert "secret" not in repr(request)


def test_a_station_that_names_itself_only_in_its_login_is_that() -> None:
    assert read_head(handshake("/", basic(b"CP1:x"))).identity == "CP1"


def test_a_head_grows_until_it_ends() -> None:
    head = handshake()
    assert head_end(head[:-1]) == 0
    assert head_end(head + b"more") == len(head)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /" + b"x" * 9000, 414),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * MAX_HEAD, 431),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * MAX_HEAD + b"\r\n", 431),
    ],
)
def test_a_head_that_is_too_large_is_refused(data: bytes, status: int) -> None:
    with pytest.raises(Refused) as caught:
        head_end(data)
    assert caught.value.status == status


def test_a_client_that_speaks_tls_is_refused_at_its_first_byte() -> None:
    with pytest.raises(Refused, match="TLS") as caught:
        head_end(b"\x16\x03\x01\x02\x00\x01")
    assert caught.value.status == 400


def test_a_plain_request_is_none_of_a_websocket() -> None:
    request = read_head(b"POST /soap HTTP/1.1\r\nContent-Length: 12\r\n\r\n")
    assert (request.method, request.websocket, request.body_length) == ("POST", False, 12)


@pytest.mark.parametrize("length", ["-1", "x", "9" * 20, ""])
def test_a_length_that_is_none_counts_as_nothing(length: str) -> None:
    assert read_head(f"POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode()).body_length == 0


def test_the_handshake_is_written_anew() -> None:
    request = read_head(handshake("///CP 1", "Origin: file://"))
    assert canonical(request, "") == (
        b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Key: " + KEY.encode() + b"\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert b"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n" in canonical(request, "permessage-deflate")
