"""One TCP connection: handshakes and frames as stations really send them, over a real socket."""

import asyncio
from collections.abc import AsyncIterator
import socket
import ssl
import time
import zlib

from cryptography import x509
import orjson
import pytest

from custom_components.ocpp_home.csms.wire.connection import MAX_HANDSHAKE_BODY, MAX_MESSAGE, Patience
from custom_components.ocpp_home.csms.wire.door import Request
from custom_components.ocpp_home.csms.wire.frame import Payload
from custom_components.ocpp_home.csms.wire.http import Response
from custom_components.ocpp_home.csms.wire.link import LinkClosed
from custom_components.ocpp_home.csms.wire.server import MAX_WAITING_PER_PEER, Admission, Server
from custom_components.ocpp_home.csms.wire.tls import Entrance, tls

from .paper import agreed, certified, chains, served, trusting
from .raw import KEY, NOW, FrontDesk, Peer, frame, handshake, serving

HEARTBEAT = [2, "h", "Heartbeat", {}]
ALIVE = [3, "h", {"currentTime": NOW}]


@pytest.fixture
def front() -> FrontDesk:
    return FrontDesk()


@pytest.fixture
async def server(front: FrontDesk) -> AsyncIterator[Server]:
    async with serving(front, patience=Patience(head=0.2, unread=0.2, close=0.2, linger=0.1)) as server:
        yield server


async def settle(seconds: float = 0.02) -> None:
    await asyncio.sleep(seconds)


# --- the handshake

HEADS = [
    pytest.param(handshake(), "CP1", id="ordinary"),
    pytest.param(
        handshake().replace(b"Connection: Upgrade", b"Connection: keep-alive, Upgrade"), "CP1", id="keep-alive"
    ),
    pytest.param(handshake().replace(b"Connection: Upgrade", b"connection: upgrade"), "CP1", id="small letters"),
    pytest.param(handshake().replace(b"Connection: Upgrade\r\n", b""), "CP1", id="no Connection"),
    pytest.param(handshake().replace(b"Upgrade: websocket\r\n", b""), "CP1", id="no Upgrade"),
    pytest.param(handshake().replace(b"Host: home\r\n", b""), "CP1", id="no Host"),
    pytest.param(handshake().replace(b"Sec-WebSocket-Version: 13\r\n", b""), "CP1", id="no version"),
    pytest.param(handshake().replace(b"HTTP/1.1", b"HTTP/1.0"), "CP1", id="HTTP/1.0"),
    pytest.param(handshake().replace(b"\r\n", b"\n"), "CP1", id="bare LF"),
    pytest.param(handshake("/CP 1"), "CP 1", id="raw space"),
    pytest.param(handshake("/Säule"), "Säule", id="raw UTF-8"),
    pytest.param(handshake("/RDAM%20123"), "RDAM 123", id="percent-encoded"),
    pytest.param(handshake().replace(b"Protocol: ", b"Protocol:\r\n "), "CP1", id="folded header"),
    pytest.param(handshake("///charger"), "charger", id="///id"),
    pytest.param(handshake("/ws://1.2.3.4:9000/CP_1/SERIAL"), "SERIAL", id="whole URL in the path"),
    pytest.param(handshake("/CP1/"), "CP1", id="trailing slash"),
    pytest.param(handshake("/ws/webSocket?=sn"), "sn", id="identity in the query"),
    pytest.param(handshake("/CP1", "Origin: file://"), "CP1", id="Origin file://"),
    pytest.param(handshake("/CP1", "Sec-WebSocket-Extensions: permessage-deflate; x=y"), "CP1", id="bad extension"),
    pytest.param(handshake("/CP1", "Sec-WebSocket-Extensions: ;;,="), "CP1", id="broken extension"),
    pytest.param(handshake("/CP1", "Authorization: Basic !!"), "CP1", id="broken Basic"),
    pytest.param(handshake("/CP1", "Content-Length: 4") + b"body", "CP1", id="a body"),
    pytest.param(b"\r\n" + handshake(), "CP1", id="empty line first"),
]

SUBPROTOCOLS = [
    "ocpp1.6",
    "OCPP1.6",
    "ocpp16",
    "ocpp1.6J",
    '"ocpp1.6"',
    "ocpp2.0.1; ocpp1.6",
    "ocpp2.0.1,ocpp1.6",
    "ocpp1.6,",
]


@pytest.mark.parametrize(("head", "identity"), HEADS)
async def test_a_station_is_let_in_however_it_shakes_hands(
    server: Server, front: FrontDesk, head: bytes, identity: str
) -> None:
    peer = await Peer.enter(server.port, head)
    assert (peer.status, peer.subprotocol) == (101, "ocpp1.6")
    peer.say(HEARTBEAT)
    assert await peer.hear() == ALIVE
    assert front.identities == [identity]
    peer.leave()


@pytest.mark.parametrize("offer", SUBPROTOCOLS)
async def test_a_subprotocol_is_chosen_as_the_client_spelled_it(server: Server, offer: str) -> None:
    peer = await Peer.enter(server.port, handshake(subprotocol=offer))
    assert peer.status == 101
    assert peer.subprotocol in offer
    peer.say(HEARTBEAT)
    assert await peer.hear() == ALIVE
    peer.leave()


@pytest.mark.parametrize("offer", [None, ""])
async def test_a_station_that_offers_no_subprotocol_speaks_1_6(server: Server, offer: str | None) -> None:
    peer = await Peer.enter(server.port, handshake(subprotocol=offer))
    assert (peer.status, peer.subprotocol) == (101, None)
    peer.say(HEARTBEAT)
    assert await peer.hear() == ALIVE
    peer.leave()


REFUSALS = [
    pytest.param(handshake("/"), 404, id="no identity"),
    pytest.param(handshake("/CP%00"), 400, id="%00"),
    pytest.param(handshake("/../../etc/passwd"), 400, id=".."),
    pytest.param(handshake().replace(KEY.encode(), b"short"), 400, id="short key"),
    pytest.param(handshake().replace(f"Sec-WebSocket-Key: {KEY}\r\n".encode(), b""), 400, id="no key"),
    pytest.param(handshake().replace(b"Version: 13", b"Version: 8"), 400, id="old websocket"),
    pytest.param(handshake().replace(b"GET", b"POST"), 405, id="POST"),
    pytest.param(handshake("/CP1", "Transfer-Encoding: chunked"), 400, id="chunked body"),
    pytest.param(handshake("/CP1", f"Content-Length: {MAX_HANDSHAKE_BODY + 1}"), 400, id="long body"),
    pytest.param(handshake("/" + "x" * 9000), 414, id="9 kB path"),
    pytest.param(handshake("/CP1", *["X-Header: " + "y" * 100] * 200), 431, id="200 headers"),
    pytest.param(b"\x16\x03\x01\x00\xa5\x01\r\n\r\n", 400, id="no HTTP"),
    pytest.param(b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411, id="chunked post"),
    pytest.param(b"GET / HTTP/1.1\r\n\r\n", 200, id="a browser"),
    pytest.param(b"GET /CP1 HTTP/1.1\r\n\r\n", 426, id="no websocket"),
]


@pytest.mark.parametrize(("head", "status"), REFUSALS)
async def test_who_cannot_be_let_in_is_told_why(server: Server, front: FrontDesk, head: bytes, status: int) -> None:
    peer = await Peer.enter(server.port, head)
    assert peer.status == status
    assert (await peer.reader.read()).strip()
    assert (front.desks, server.sessions) == ([], {})
    peer.leave()


async def test_a_head_may_come_byte_by_byte(server: Server) -> None:
    peer = await Peer.dial(server.port)
    head = handshake("/CP1", "Content-Length: 4") + b"body"
    for byte in head[:-1]:
        peer.writer.write(bytes([byte]))
        await asyncio.sleep(0)
    await peer.ask(head[-1:])
    assert peer.status == 101
    peer.leave()


async def test_a_message_may_come_together_with_the_head(server: Server) -> None:
    peer = await Peer.enter(server.port, handshake() + frame(orjson.dumps(HEARTBEAT)))
    assert await peer.hear() == ALIVE
    peer.leave()


async def test_a_body_of_the_handshake_may_come_late(server: Server) -> None:
    peer = await Peer.dial(server.port)
    peer.writer.write(handshake("/CP1", "Content-Length: 4"))
    await settle()
    await peer.ask(b"body" + frame(orjson.dumps(HEARTBEAT)))
    assert await peer.hear() == ALIVE
    peer.leave()


async def test_who_does_not_finish_its_head_is_sent_away(server: Server) -> None:
    peer = await Peer.dial(server.port)
    begin = time.monotonic()
    peer.writer.write(b"GET /CP1 HTTP/1.1\r\n")
    assert (await peer.ask(b"A: b\r\n")).startswith("HTTP/1.1 408 ")
    assert 0.1 < time.monotonic() - begin < 1.0
    peer.leave()


# --- frames

MALFORMED = [
    pytest.param(b"", None, id="empty"),
    pytest.param(b"{", None, id="{"),
    pytest.param(b"{}", None, id="{}"),
    pytest.param(b"[]", None, id="[]"),
    pytest.param(b'[2,"1",["x"],{}]', [4, "1", "FormationViolation"], id="list as action"),
    pytest.param(b"[" * 100_000, None, id="100 000 brackets"),
    pytest.param(
        b'[2,"1","DataTransfer",{"data":' + b"[" * 50_000 + b"]" * 50_000 + b"}]",
        [4, "1", "FormationViolation"],
        id="100 kB of depth",
    ),
    pytest.param(b'[2,"1","A",{"x":' + b"9" * 5000 + b"}]", [4, "1", "FormationViolation"], id="5 000 digits"),
    pytest.param(b'[2,"1","Heartbeat"]', [3, "1"], id="missing payload"),
    pytest.param(b'[2,"1","Heartbeat",{},5]', [3, "1"], id="fifth element"),
    pytest.param(b'["2","1","Heartbeat",{}]', [3, "1"], id="type as text"),
    pytest.param(b'\xef\xbb\xbf[2,"1","Heartbeat",{}]', [3, "1"], id="BOM"),
    pytest.param(b'[2,"1","Heartbeat",{}]\x00', [3, "1"], id="trailing NUL"),
    pytest.param(b'[2,"1","Heartbeat",null]', [3, "1"], id="payload null"),
    pytest.param(b'[2,"1","Heartbeat",[]]', [3, "1"], id="payload []"),
    pytest.param(b'[2,"1","DataTransfer",{"vendorId":"K\xfcche"}]', [3, "1"], id="bad UTF-8"),
    pytest.param('[2,"1","Heartbeat",{}]'.encode("utf-16"), [3, "1"], id="UTF-16"),
    pytest.param(
        b'[2,"1","MeterValues",{"connectorId":1,"transactionId":,"meterValue":[]}]', [3, "1"], id="empty value"
    ),
    pytest.param(b'[2,"1","MeterValues",{"connectorId":"1","meterValue":[]}]', [3, "1"], id="connector as text"),
    pytest.param(b'[2,"1","MeterValues",{"connectorId":1.0,"meterValue":[]}]', [3, "1"], id="connector as float"),
    pytest.param(b'[2,"1","Nonsense",{}]', [4, "1", "NotImplemented"], id="unknown action"),
    pytest.param(b'[2,"1","Reset",{"type":"Soft"}]', [4, "1", "NotSupported"], id="known, unsupported action"),
    pytest.param(b'[2,"1","BootNotification",{}]', [4, "1", "ProtocolError"], id="incomplete payload"),
    pytest.param(b'[2,17,"Heartbeat",{}]', [3, 17], id="number as id"),
    pytest.param(b'[2,null,"Heartbeat",{}]', None, id="null as id"),
    pytest.param(b'[2,"' + b"x" * 10_000 + b'","Heartbeat",{}]', None, id="10 kB id"),
    pytest.param(b'[3,"1",{}]', None, id="unasked result"),
    pytest.param(b'[4,"1"]', None, id="unasked error"),
    pytest.param(b'[5,"1","A","",{}]', None, id="type 5"),
    pytest.param(b'[9,"1",{}]', None, id="unknown type"),
]


@pytest.mark.parametrize("opcode", [1, 2])
@pytest.mark.parametrize(("data", "answer"), MALFORMED)
async def test_a_malformed_message_never_ends_a_connection_nor_disturbs_another(
    server: Server, data: bytes, answer: list[object] | None, opcode: int
) -> None:
    other = await Peer.enter(server.port, handshake("/OTHER"))
    peer = await Peer.enter(server.port)
    peer.say(*[data] * 3, opcode=opcode)
    other.say(HEARTBEAT)
    begin = time.monotonic()
    assert await other.hear() == ALIVE
    assert time.monotonic() - begin < 0.5
    peer.say(HEARTBEAT)
    heard = [await peer.hear()]
    while heard[-1] != ALIVE:
        heard.append(await peer.hear())
    assert {orjson.dumps(message[: len(answer or [])]) for message in heard[:-1]} == (
        {orjson.dumps(answer)} if answer else set()
    )
    for station in (peer, other):
        station.leave()


async def test_fifty_thousand_unasked_answers_disturb_nobody(server: Server, front: FrontDesk) -> None:
    other = await Peer.enter(server.port, handshake("/OTHER"))
    peer = await Peer.enter(server.port)
    flood = b"".join(frame(b'[3,"%d",{"x":"%s"}]' % (number, b"y" * 1000)) for number in range(50_000))
    sending = asyncio.create_task(_write(peer, flood))
    slowest = 0.0
    for _ in range(20):
        begin = time.monotonic()
        other.say(HEARTBEAT)
        assert await other.hear() == ALIVE
        slowest = max(slowest, time.monotonic() - begin)
    await sending
    peer.say(HEARTBEAT)
    assert await peer.hear() == ALIVE
    asking = asyncio.create_task(front.desks[1].session.call("ClearCache", {}))
    peer.say([3, (await peer.hear())[1], {"status": "Accepted"}])
    assert await asking == {"status": "Accepted"}
    assert slowest < 0.5
    for station in (peer, other):
        station.leave()


async def _write(peer: Peer, data: bytes) -> None:
    peer.writer.write(data)
    await peer.writer.drain()


async def test_a_message_may_come_in_fragments_of_one_byte(server: Server) -> None:
    peer = await Peer.enter(server.port)
    data = orjson.dumps(HEARTBEAT)
    peer.writer.write(frame(data[:1], 1, fin=False))
    for byte in data[1:-1]:
        peer.writer.write(frame(bytes([byte]), 0, fin=False))
    peer.writer.write(frame(b"", 9) + frame(data[-1:], 0))
    assert [(await peer.next_frame())[0] for _ in range(2)] == [10, 1]
    peer.say(HEARTBEAT)
    assert await peer.hear() == ALIVE
    peer.leave()


async def test_many_messages_in_one_packet_are_answered_in_order(server: Server) -> None:
    peer = await Peer.enter(server.port)
    peer.writer.write(b"".join(frame(orjson.dumps([2, str(n), "Heartbeat", {}])) for n in range(500)))
    assert [(await peer.hear())[1] for _ in range(500)] == [str(n) for n in range(500)]
    peer.leave()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(frame(b"x" * (MAX_MESSAGE + 1)), 1009, id="too large"),
        pytest.param(bytes([0x81, 0xFF]) + (2**63 - 1).to_bytes(8), 1009, id="length 2^63 - 1"),
        pytest.param(frame(b"x" * MAX_MESSAGE, fin=False) + frame(b"x", 0), 1009, id="too large in fragments"),
        pytest.param(bytes([0x81, 0x02]) + b"{}", 1002, id="unmasked"),
        pytest.param(bytes([0xF1, 0x80]) + bytes(4), 1002, id="reserved bits"),
        pytest.param(bytes([0xC1, 0x82]) + bytes(4) + b"{}", 1002, id="compressed without agreement"),
        pytest.param(frame(b"x", 0), 1002, id="continuation of nothing"),
        pytest.param(frame(b"x" * 126, 9), 1002, id="long ping"),
        pytest.param(frame(b"x", 5), 1002, id="reserved opcode"),
        pytest.param(frame(b"\x03", 8), 1002, id="broken close"),
    ],
)
async def test_what_breaks_websocket_itself_ends_only_this_connection(
    server: Server, front: FrontDesk, data: bytes, code: int
) -> None:
    other = await Peer.enter(server.port, handshake("/OTHER"))
    peer = await Peer.enter(server.port)
    peer.writer.write(data)
    assert await peer.closed() == code
    await settle()
    assert (front.desks[0].ends, front.desks[1].ends) == (0, 1)
    other.say(HEARTBEAT)
    assert await other.hear() == ALIVE
    for station in (peer, other):
        station.leave()


async def test_a_station_may_say_goodbye(server: Server, front: FrontDesk) -> None:
    peer = await Peer.enter(server.port)
    peer.say((1000).to_bytes(2), opcode=8)
    assert await peer.closed() == 1000
    assert (front.desks[0].ends, server.sessions) == (1, {})
    peer.leave()


async def test_a_station_may_vanish(server: Server, front: FrontDesk) -> None:
    peer = await Peer.enter(server.port)
    asking = asyncio.create_task(front.desks[0].session.call("ClearCache", {}))
    await peer.hear()
    peer.writer.transport.abort()
    with pytest.raises(LinkClosed):
        await asking
    assert (front.desks[0].ends, server.sessions) == (1, {})


async def test_after_the_end_nothing_is_sent(server: Server, front: FrontDesk) -> None:
    peer = await Peer.enter(server.port)
    session = front.desks[0].session
    session.close(1001, "restarting")
    assert not await session.alive(0.01)
    peer.say(HEARTBEAT)
    assert await peer.closed() == 1001
    peer.leave()


async def test_who_does_not_answer_our_goodbye_is_dropped(server: Server, front: FrontDesk) -> None:
    peer = await Peer.enter(server.port)
    front.desks[0].session.close()
    assert (await peer.next_frame())[0] == 8
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await peer.next_frame()
    peer.leave()


async def test_pings_are_answered_and_pongs_are_remembered(server: Server, front: FrontDesk) -> None:
    peer = await Peer.enter(server.port)
    peer.say(b"abc", opcode=9)
    assert await peer.next_frame() == (10, b"abc")
    asking = asyncio.create_task(front.desks[0].session.alive(1.0))
    opcode, data = await peer.next_frame()
    assert opcode == 9
    assert not front.desks[0].session.answers_pings
    peer.say(data, opcode=10)
    assert await asking
    assert front.desks[0].session.answers_pings
    peer.leave()


# --- compression


def deflated(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-12)
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"


async def test_compression_is_agreed_on_and_used(server: Server) -> None:
    peer = await Peer.enter(server.port, handshake("/CP1", OFFER))
    assert "Sec-WebSocket-Extensions: permessage-deflate" in peer.head
    data = deflated(orjson.dumps(HEARTBEAT))
    peer.writer.write(bytes([0xC1, 0x80 | len(data)]) + bytes(4) + data)
    _, answer = await peer.next_frame()
    assert orjson.loads(zlib.decompressobj(wbits=-12).decompress(answer + b"\x00\x00\xff\xff")) == ALIVE
    peer.leave()


async def test_compression_can_be_switched_off_for_a_station(server: Server, front: FrontDesk) -> None:
    front.admission = Admission(compression=False)
    peer = await Peer.enter(server.port, handshake("/CP1", OFFER))
    assert "permessage-deflate" not in peer.head
    peer.leave()


async def test_a_deflate_bomb_is_not_unpacked(server: Server) -> None:
    peer = await Peer.enter(server.port, handshake("/CP1", OFFER))
    bomb = deflated(bytes(20_000_000))
    peer.writer.write(bytes([0xC1, 0xFE]) + len(bomb).to_bytes(2) + bytes(4) + bomb)
    assert await peer.closed() == 1009
    peer.leave()


# --- a peer that does not read


async def test_a_peer_that_never_reads_is_dropped_and_others_are_answered(server: Server, front: FrontDesk) -> None:
    other = await Peer.enter(server.port, handshake("/OTHER"))
    with socket.create_connection(("127.0.0.1", server.port)) as deaf:
        deaf.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(deaf, handshake("/DEAF"))
        await settle()
        long: Payload = {"status": "Accepted", "data": "x" * 60_000}
        front.answers["DataTransfer"] = lambda call: long
        calls = b"".join(frame(orjson.dumps([2, str(n), "DataTransfer", {"vendorId": "v"}])) for n in range(500))
        sending = asyncio.create_task(loop.sock_sendall(deaf, calls))
        async with asyncio.timeout(5):
            while not front.desks[1].ends:
                other.say(HEARTBEAT)
                assert await other.hear() == ALIVE
                await settle()
        sending.cancel()
    assert "deaf" not in server.sessions
    other.leave()


async def test_a_peer_that_reads_slowly_keeps_its_connection(server: Server, front: FrontDesk) -> None:
    peer = await Peer.enter(server.port)
    long: Payload = {"status": "Accepted", "data": "x" * 60_000}
    front.answers["DataTransfer"] = lambda call: long
    peer.writer.write(b"".join(frame(orjson.dumps([2, str(n), "DataTransfer", {"vendorId": "v"}])) for n in range(300)))
    await settle(0.05)
    assert [(await peer.hear())[1] for _ in range(300)] == [str(n) for n in range(300)]
    await settle(0.25)
    peer.say(HEARTBEAT)
    assert await peer.hear() == ALIVE
    peer.leave()


# --- waiting at the door


async def test_who_talks_before_it_is_let_in_is_cut_off(server: Server) -> None:
    present = await Peer.enter(server.port)
    peer = await Peer.dial(server.port)
    peer.writer.write(handshake() + bytes(MAX_HANDSHAKE_BODY + 1))
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await peer.reader.readuntil(b"\r\n\r\n")
    for station in (present, peer):
        station.leave()


async def test_only_so_many_of_one_address_wait_at_the_door(server: Server) -> None:
    waiting = [await Peer.dial(server.port) for _ in range(16)]
    await settle()
    peer = await Peer.enter(server.port, b"")
    assert peer.status == 503
    assert "Retry-After: 10" in peer.head
    waiting[0].leave()
    await settle()
    let_in = await Peer.enter(server.port)
    assert let_in.status == 101
    for station in (*waiting, peer, let_in):
        station.leave()


# --- plain HTTP


async def test_a_body_is_read_by_whoever_answers_http(front: FrontDesk) -> None:
    async def echo(request: Request, body: asyncio.StreamReader) -> Response:
        return Response(200, request.target.encode() + b" " + await body.read())

    async with serving(front, http=echo) as server:
        peer = await Peer.dial(server.port)
        peer.writer.write(b"PUT /log HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\nab")
        assert await peer.ask(b"") == "HTTP/1.1 100 Continue\r\n\r\n"
        await peer.ask(b"cde-beyond")
        assert (peer.status, await peer.reader.read()) == (200, b"/log abcde")
        peer.leave()


# --- TLS


async def test_a_station_may_come_over_tls_and_be_closed(front: FrontDesk) -> None:
    async with serving(front, entrance=Entrance(served())) as server:
        peer = await Peer.dial(server.port, tls=trusting())
        await peer.ask(handshake())
        peer.say(HEARTBEAT)
        assert await peer.hear() == ALIVE
        assert front.requests[0].secure
        assert front.requests[0].certificate is None
        front.desks[0].session.close(1001)
        assert await peer.closed() == 1001
        stranger = await Peer.dial(server.port, tls=trusting())
        await stranger.ask(handshake("/"))
        assert (stranger.status, await stranger.reader.read()) == (404, b"the path names no station\n")
        for station in (peer, stranger):
            station.leave()


async def test_a_port_is_for_stations_with_tls_and_without(front: FrontDesk) -> None:
    async with serving(front, entrance=Entrance(served())) as server:
        for tls in (trusting(), None):
            peer = await Peer.dial(server.port, tls=tls)
            await peer.ask(handshake())
            peer.say(HEARTBEAT)
            assert await peer.hear() == ALIVE
            peer.leave()
            await settle()
        assert [request.secure for request in front.requests] == [True, False]


async def test_a_certificate_that_was_verified_is_shown_to_who_decides(front: FrontDesk) -> None:
    async with serving(front, entrance=Entrance(served())) as server:
        peer = await Peer.dial(server.port, tls=trusting(certified()))
        await peer.ask(handshake())
        certificate = front.requests[0].certificate
        assert certificate is not None
        assert x509.load_der_x509_certificate(certificate).subject.rfc4514_string() == "CN=SN1,O=Home"
        peer.leave()


async def test_who_comes_plain_to_a_port_for_tls_is_told_what_it_speaks(front: FrontDesk) -> None:
    async with serving(front, entrance=Entrance(served(), plain=False)) as server:
        peer = await Peer.enter(server.port)
        assert "Upgrade: TLS/1.2" in peer.head
        assert (peer.status, await peer.reader.read()) == (426, b"this port speaks TLS only: use wss://\n")
        assert front.requests == []
        secure = await Peer.dial(server.port, tls=trusting())
        await secure.ask(handshake())
        assert secure.status == 101
        for station in (peer, secure):
            station.leave()


async def test_a_client_that_does_not_trust_the_server_is_counted_and_named(
    front: FrontDesk, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(front, entrance=Entrance(served())) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            await agreed(server.port, ssl.create_default_context())
        await settle()
        assert server.counters["no TLS"] == 1
        assert "127.0.0.1: no TLS came about: tlsv1 alert unknown ca" in caplog.text


async def test_a_station_that_shows_its_makers_certificate_comes_in_without_one(front: FrontDesk) -> None:
    station = trusting(certified("Maker"))
    entrance = Entrance(served(), unasking=tls(chains()))
    async with serving(front, entrance=entrance) as server:
        with pytest.raises(ssl.SSLError, match=r"(?i)unknown ca"):
            await agreed(server.port, station)
        peer = await Peer.dial(server.port, tls=station)
        await peer.ask(handshake())
        assert (peer.status, front.requests[-1].secure, front.requests[-1].certificate) == (101, True, None)
        own = await Peer.dial(server.port, tls=trusting(certified()))
        await own.ask(handshake("/CP2"))
        assert front.requests[-1].certificate is not None
        for one in (peer, own):
            one.leave()


async def test_a_slow_handshake_does_not_stay_at_the_door(front: FrontDesk) -> None:
    patience = Patience(head=0.1, linger=0.05)
    async with serving(front, entrance=Entrance(served()), patience=patience) as server:
        peers = [await Peer.dial(server.port) for _ in range(3)]
        peers[0].writer.write(b"\x16")
        peers[1].writer.write(b"\x16\x03\x01\x02\x00\x01\x00")
        begin = time.monotonic()
        assert [await peer.reader.read() for peer in peers[:2]] == [b"", b""]
        assert (await peers[2].reader.read()).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - begin < 1
        for peer in peers:
            peer.leave()


async def test_who_speaks_tls_waits_at_the_door_like_everybody(front: FrontDesk) -> None:
    async with serving(front, entrance=Entrance(served())) as server:
        waiting = [await Peer.dial(server.port) for _ in range(MAX_WAITING_PER_PEER)]
        for peer in waiting:
            peer.writer.write(b"\x16\x03\x01")
        await settle()
        late = await Peer.dial(server.port)
        assert (await late.reader.read()).startswith(b"HTTP/1.1 503")
        for peer in waiting:
            peer.leave()
        await settle()
        again = await Peer.dial(server.port, tls=trusting())
        await again.ask(handshake())
        assert again.status == 101
        for peer in (late, again):
            peer.leave()


async def test_new_certificates_are_for_who_comes_next_and_who_is_in_stays(front: FrontDesk) -> None:
    entrance = Entrance(served())
    async with serving(front, entrance=entrance) as server:
        peer = await Peer.dial(server.port, tls=trusting())
        await peer.ask(handshake())
        entrance.context = served("elsewhere.example")
        with pytest.raises(ssl.SSLCertVerificationError):
            await Peer.dial(server.port, tls=trusting())
        peer.say(HEARTBEAT)
        assert await peer.hear() == ALIVE
        peer.leave()
