"""The listening port: who may come in, who is in, and what happens when one comes twice."""

import asyncio
from collections.abc import AsyncIterator, Iterable
import socket
import time

import pytest

from custom_components.ocpp_home.csms.wire.connection import Patience
from custom_components.ocpp_home.csms.wire.door import Request
from custom_components.ocpp_home.csms.wire.frame import Version
from custom_components.ocpp_home.csms.wire.http import Response
from custom_components.ocpp_home.csms.wire.server import Admission, Server
from custom_components.ocpp_home.csms.wire.tls import Entrance

from .paper import served
from .raw import NOW, FrontDesk, Peer, handshake, serving

HEARTBEAT = [2, "h", "Heartbeat", {}]
ALIVE = [3, "h", {"currentTime": NOW}]
ELSEWHERE = "127.0.0.2"


@pytest.fixture
def front() -> FrontDesk:
    return FrontDesk()


@pytest.fixture
async def server(front: FrontDesk) -> AsyncIterator[Server]:
    async with serving(front, patience=Patience(close=0.1, linger=0.1, probe=0.1)) as server:
        yield server


async def answered(peer: Peer) -> bool:
    """Tell whether a station is served."""
    peer.say(HEARTBEAT)
    return await peer.hear() == ALIVE


async def pong(peer: Peer) -> None:
    """Answer one ping."""
    opcode, data = await peer.next_frame()
    assert opcode == 9
    peer.say(data, opcode=10)


def leave(peers: Iterable[Peer]) -> None:
    for peer in peers:
        peer.leave()


# --- the port


async def test_a_port_that_is_taken_is_an_os_error(server: Server, front: FrontDesk) -> None:
    with pytest.raises(OSError, match="in use"):
        await Server(front).start("127.0.0.1", server.port)


async def test_a_server_that_is_not_started_has_no_port(front: FrontDesk) -> None:
    server = Server(front)
    with pytest.raises(RuntimeError):
        _ = server.port
    await server.stop()


async def test_stations_come_in_by_each_port_in_its_own_way(front: FrontDesk) -> None:
    async with serving(front) as server, serving(front) as other:
        taken = other.port
        with pytest.raises(OSError, match="in use"):
            await server.start("127.0.0.1", taken, Entrance(plain=False))
        await other.stop()
        await server.start("127.0.0.1", taken, Entrance(served(), plain=False))
        plain, refused = await Peer.enter(server.port), await Peer.enter(taken)
        assert (plain.status, refused.status) == (101, 426)
        assert server.port != taken
        leave([plain, refused])


async def test_who_does_not_agree_on_tls_is_counted(front: FrontDesk) -> None:
    async with serving(front, entrance=Entrance(served())) as server:
        peer = await Peer.dial(server.port)
        peer.writer.write(b"\x16 garbage")
        assert await peer.reader.read() != b"HTTP"
        assert server.counters["no TLS"] == 1
        peer.leave()


async def test_stopping_sends_stations_away_and_frees_the_port(front: FrontDesk) -> None:
    server = Server(front)
    await server.start("127.0.0.1", 0)
    port = server.port
    stations = [await Peer.enter(port, handshake(f"/CP{number}")) for number in range(3)]
    closing = asyncio.gather(*(station.closed() for station in stations))
    await server.stop()
    assert await closing == [1001, 1001, 1001]
    assert [desk.ends for desk in front.desks] == [1, 1, 1]
    assert server.sessions == {}
    again = Server(front)
    await again.start("127.0.0.1", port)
    peer = await Peer.enter(port)
    assert await answered(peer)
    leave([*stations, peer])
    await again.stop()


async def test_stopping_does_not_wait_for_stations_that_do_not_say_goodbye(front: FrontDesk) -> None:
    server = Server(front, patience=Patience(stop=0.05))
    await server.start("127.0.0.1", 0)
    peer = await Peer.enter(server.port)
    begin = time.monotonic()
    await server.stop()
    assert time.monotonic() - begin < 0.5
    peer.leave()


async def test_stopping_ends_a_contest_and_a_visit(front: FrontDesk) -> None:
    async def never(request: Request, body: asyncio.StreamReader) -> Response:
        await asyncio.Event().wait()
        return Response(200)

    server = Server(front, http=never, patience=Patience(stop=0.05))
    await server.start("127.0.0.1", 0)
    peers = [await Peer.enter(server.port), await Peer.dial(server.port), await Peer.dial(server.port)]
    peers[1].writer.write(handshake())
    peers[2].writer.write(b"GET / HTTP/1.1\r\n\r\n")
    await asyncio.sleep(0.02)
    await server.stop()
    assert [task for task in asyncio.all_tasks() if "Server" in repr(task)] == []
    assert len(front.desks) == 1
    leave(peers)


# --- letting in


async def test_a_session_knows_its_station(server: Server, front: FrontDesk) -> None:
    peer = await Peer.enter(server.port, handshake("/ocpp/Charger-1"))
    session = server.sessions["charger-1"]
    assert (session.identity, session.version, session.request.peer) == ("Charger-1", "1.6", "127.0.0.1")
    assert front.desks[0].session is session
    peer.leave()


@pytest.mark.parametrize(
    ("status", "header"),
    [
        (401, 'WWW-Authenticate: Basic realm="OCPP"'),
        (403, ""),
        (404, ""),
        (429, "Retry-After: 60"),
        (503, "Retry-After: 30"),
    ],
)
async def test_a_refusal_is_told_before_any_state_exists(
    server: Server, front: FrontDesk, status: int, header: str, caplog: pytest.LogCaptureFixture
) -> None:
    front.admission = Admission(status=status, reason="not you")
    peers = [await Peer.enter(server.port) for _ in range(3)]
    assert [peer.status for peer in peers] == [status] * 3
    assert header in peers[0].head
    assert await peers[0].reader.read() == b"not you\n"
    assert (front.desks, server.sessions) == ([], {})
    assert server.counters[f"refused {status}"] == 3
    logged = [record.getMessage() for record in caplog.records if record.name.endswith("wire.server")]
    assert logged == [f"127.0.0.1: refused with {status}: not you"]
    leave(peers)


@pytest.mark.parametrize(
    ("offer", "admission", "version", "subprotocol"),
    [
        ("ocpp2.0.1, ocpp1.6", Admission(), "2.0.1", "ocpp2.0.1"),
        ("ocpp1.6, ocpp2.0.1", Admission(), "1.6", "ocpp1.6"),
        ("ocpp1.6, ocpp2.0.1", Admission(versions=("2.0.1", "1.6")), "2.0.1", "ocpp2.0.1"),
        ("ocpp2.0.1, ocpp1.6", Admission(versions=("1.6",)), "1.6", "ocpp1.6"),
        (None, Admission(), "1.6", None),
        (None, Admission(assume="2.0.1"), "2.0.1", None),
    ],
)
async def test_the_version_follows_the_subprotocol(
    front: FrontDesk, offer: str | None, admission: Admission, version: Version, subprotocol: str | None
) -> None:
    front.admission = admission
    async with serving(front, versions=("1.6", "2.0.1")) as server:
        peer = await Peer.enter(server.port, handshake(subprotocol=offer))
        assert (front.desks[0].session.version, peer.subprotocol) == (version, subprotocol)
        peer.leave()


@pytest.mark.parametrize(
    ("offer", "admission"),
    [
        ("ocpp2.0.1", Admission()),
        ("mqtt", Admission()),
        ("ocpp1.6", Admission(versions=("2.0.1",))),
        (None, Admission(assume="2.1")),
    ],
)
async def test_without_a_common_version_the_handshake_is_completed_and_closed(
    server: Server, front: FrontDesk, offer: str | None, admission: Admission
) -> None:
    front.admission = admission
    peer = await Peer.enter(server.port, handshake(subprotocol=offer))
    assert (peer.status, peer.subprotocol) == (101, None)
    peer.say(HEARTBEAT)
    assert await peer.closed() == 1002
    assert (front.desks, server.sessions) == ([], {})
    assert server.counters["no common version"] == 1
    peer.leave()


async def test_a_repeated_start_is_not_handled_again_on_the_next_connection(server: Server, front: FrontDesk) -> None:
    start = [2, "s", "StartTransaction", {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": NOW}]
    answers = []
    for _ in range(2):
        peer = await Peer.enter(server.port)
        peer.say(start)
        answers.append(await peer.hear())
        peer.leave()
        await asyncio.sleep(0.02)
    assert answers[0] == answers[1]
    assert [len(desk.calls) for desk in front.desks] == [1, 0]


# --- one identity, two connections


async def test_a_dead_connection_gives_way_after_the_probe(server: Server, front: FrontDesk) -> None:
    old = await Peer.enter(server.port)
    begin = time.monotonic()
    new = await Peer.enter(server.port, local=ELSEWHERE)
    assert new.status == 101
    assert time.monotonic() - begin > 0.09
    assert [desk.ends for desk in front.desks] == [1, 0]
    assert await answered(new)
    leave([old, new])


async def test_a_living_station_may_come_again_from_its_own_address(server: Server, front: FrontDesk) -> None:
    old = await Peer.enter(server.port)
    living = asyncio.create_task(pong(old))
    new = await Peer.enter(server.port, handshake("/cp1"))
    await living
    assert (new.status, await old.closed()) == (101, 1000)
    await asyncio.sleep(0.02)
    assert server.sessions["cp1"] is front.desks[1].session
    assert [desk.ends for desk in front.desks] == [1, 0]
    assert server.counters["takeover"] == 1
    assert front.contests == []
    assert await answered(new)
    leave([old, new])


async def test_a_living_station_is_not_displaced_from_another_address(server: Server, front: FrontDesk) -> None:
    old = await Peer.enter(server.port)
    living = asyncio.create_task(pong(old))
    new = await Peer.enter(server.port, local=ELSEWHERE)
    await living
    assert new.status == 409
    assert server.counters["present at another address"] == 1
    assert front.contests == [("cp1", ELSEWHERE)]
    assert await answered(old)
    assert len(front.desks) == 1
    leave([old, new])


@pytest.mark.parametrize("local", ["127.0.0.1", ELSEWHERE])
@pytest.mark.parametrize(
    ("present", "rival", "status"),
    [(0, 1, 101), (1, 2, 101), (1, 1, 101), (3, 3, 101), (1, 0, 409), (3, 0, 409), (3, 2, 409)],
)
async def test_who_proves_as_much_takes_over_and_who_proves_less_never(
    server: Server, front: FrontDesk, present: int, rival: int, status: int, local: str
) -> None:
    front.admission = Admission(strength=present)
    old = await Peer.enter(server.port)
    assert server.sessions["cp1"].strength == present
    living = asyncio.create_task(pong(old))
    front.admission = Admission(strength=rival, certified="4711")
    new = await Peer.enter(server.port, local=local)
    await living
    assert new.status == status
    if status == 101:
        assert await old.closed() == 1000
        assert await answered(new)
        assert (server.sessions["cp1"].strength, server.sessions["cp1"].certified) == (rival, "4711")
        assert front.contests == []
    else:
        assert await answered(old)
        assert (server.sessions["cp1"].strength, server.sessions["cp1"].certified) == (present, None)
        assert server.counters["present with a stronger proof"] == 1
        assert front.contests == [("cp1", local)]
    leave([old, new])


async def test_a_station_that_is_dead_makes_way_for_whoever_was_let_in(server: Server, front: FrontDesk) -> None:
    front.admission = Admission(strength=2)
    old = await Peer.enter(server.port)
    front.admission = Admission(strength=1)
    new = await Peer.enter(server.port, local=ELSEWHERE)
    assert new.status == 101
    leave([old, new])


async def test_a_page_in_a_browser_gets_nothing_unless_it_proves_to_be_the_station(
    server: Server, front: FrontDesk
) -> None:
    page = handshake("/CP1", "Origin: https://evil.example")
    for strength, status in ((0, 403), (1, 101)):
        front.admission = Admission(strength=strength)
        peer = await Peer.enter(server.port, page)
        assert peer.status == status
        assert len(server.sessions) == strength
        peer.leave()


async def test_two_that_prove_the_same_and_fight_are_not_let_in_for_ever(server: Server, front: FrontDesk) -> None:
    front.admission = Admission(strength=1)
    peers = [await Peer.enter(server.port)]
    statuses = []
    for _ in range(4):
        living = asyncio.create_task(pong(peers[-1]))
        peers.append(await Peer.enter(server.port, local=ELSEWHERE if len(peers) % 2 else None))
        await living
        statuses.append(peers[-1].status)
    assert statuses == [101, 101, 101, 409]
    assert server.counters["identity fought over"] == 1
    leave(peers)


async def test_of_several_rivals_the_strongest_wins(front: FrontDesk) -> None:
    async with serving(front, patience=Patience(close=0.1, linger=0.1, probe=1.0)) as server:
        old = await Peer.enter(server.port)
        entering = []
        for number, strength in enumerate((1, 2, 0), 2):
            front.admission = Admission(strength=strength)
            entering.append(asyncio.create_task(Peer.enter(server.port)))
            async with asyncio.timeout(5):
                while len(front.requests) < number:
                    await asyncio.sleep(0.001)
        rivals = await asyncio.gather(*entering)
        assert [rival.status for rival in rivals] == [409, 101, 409]
        leave([old, *rivals])


async def test_the_time_of_the_probe_is_not_the_rival_s(front: FrontDesk) -> None:
    async with serving(front, patience=Patience(head=0.05, probe=0.15)) as server:
        old = await Peer.enter(server.port)
        new = await Peer.enter(server.port)
        assert new.status == 101
        assert await answered(new)
        leave([old, new])


async def test_any_traffic_proves_life(server: Server) -> None:
    old = await Peer.enter(server.port)
    entering = asyncio.create_task(Peer.enter(server.port, local=ELSEWHERE))
    await asyncio.sleep(0.02)
    assert await answered(old)
    new = await entering
    assert new.status == 409
    leave([old, new])


async def test_a_station_that_ends_while_it_is_probed_makes_way_at_once(server: Server, front: FrontDesk) -> None:
    old = await Peer.enter(server.port)
    entering = asyncio.create_task(Peer.enter(server.port, local=ELSEWHERE))
    await old.next_frame()
    old.writer.transport.abort()
    new = await entering
    assert new.status == 101
    assert await answered(new)
    new.leave()


async def test_of_several_rivals_the_newest_wins(server: Server, front: FrontDesk) -> None:
    old = await Peer.enter(server.port)
    entering = []
    for _ in range(3):
        entering.append(asyncio.create_task(Peer.enter(server.port)))
        await asyncio.sleep(0.01)
    rivals = await asyncio.gather(*entering)
    assert [rival.status for rival in rivals] == [409, 409, 101]
    assert await answered(rivals[2])
    leave([old, *rivals])


async def test_a_rival_that_hangs_up_takes_nothing_over(server: Server) -> None:
    old = await Peer.enter(server.port)
    rival = await Peer.dial(server.port)
    rival.writer.write(handshake())
    opcode, data = await old.next_frame()
    rival.writer.transport.abort()
    await asyncio.sleep(0.02)
    old.say(data, opcode=opcode + 1)
    assert await answered(old)
    again = await Peer.enter(server.port)
    assert again.status == 101
    leave([old, again])


async def test_two_stations_that_fight_for_one_identity_are_held_apart(server: Server, front: FrontDesk) -> None:
    peers = [await Peer.enter(server.port)]
    for _ in range(4):
        living = asyncio.create_task(pong(peers[-1]))
        peers.append(await Peer.enter(server.port))
        await living
    assert [peer.status for peer in peers] == [101, 101, 101, 101, 409]
    assert server.counters["identity fought over"] == 1
    assert front.contests == [("cp1", "127.0.0.1")]
    assert await answered(peers[3])
    leave(peers)


async def test_a_station_whose_connections_die_may_come_as_often_as_it_likes(server: Server) -> None:
    peers = [await Peer.enter(server.port) for _ in range(6)]
    assert {peer.status for peer in peers} == {101}
    leave(peers)


# --- others


async def test_too_many_at_the_door_wait_outside(server: Server) -> None:
    addresses = [f"127.0.1.{number}" for number in range(1, 17)]
    waiting = [await Peer.dial(server.port, address) for address in addresses for _ in range(16)]
    await asyncio.sleep(0.02)
    peer = await Peer.enter(server.port, b"", ELSEWHERE)
    assert peer.status == 503
    assert server.counters["too many at the door"] == 1
    leave([*waiting, peer])


async def test_stations_inside_do_not_count_as_waiting(server: Server) -> None:
    stations = [await Peer.enter(server.port, handshake(f"/CP{number}")) for number in range(40)]
    assert {station.status for station in stations} == {101}
    assert len(server.sessions) == 40
    leave(stations)


async def test_plain_http_is_answered_by_the_hook_or_greeted(server: Server, front: FrontDesk) -> None:
    async def soap(request: Request, body: asyncio.StreamReader) -> Response:
        if request.target == "/broken":
            raise OSError("broken")
        return Response(200, b"soap")

    visitor = await Peer.enter(server.port, b"GET / HTTP/1.1\r\n\r\n")
    assert visitor.status == 200
    async with serving(front, http=soap) as other:
        guests = [await Peer.enter(other.port, f"POST {path} HTTP/1.1\r\n\r\n".encode()) for path in ("/x", "/broken")]
        assert [guest.status for guest in guests] == [200, 500]
        gone = await Peer.dial(other.port)
        gone.writer.write(b"POST /x HTTP/1.1\r\n\r\n")
        gone.writer.transport.abort()
        await asyncio.sleep(0.02)
        station = await Peer.enter(other.port)
        assert await answered(station)
    leave([visitor, *guests, station])


async def test_a_port_may_be_reused_while_old_connections_linger(front: FrontDesk) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for _ in range(3):
        server = Server(front, patience=Patience(stop=0.05))
        await server.start("127.0.0.1", port)
        peer = await Peer.enter(port)
        assert peer.status == 101
        await server.stop()
        peer.leave()
