"""The floor: a bare `websockets` server that parses a message with orjson and gives a constant answer."""

import asyncio
import sys

import orjson
from websockets.asyncio.server import ServerConnection, serve


async def answer(line: ServerConnection) -> None:
    """Answer every call of one client."""
    async for message in line:
        call = orjson.loads(message)
        result = {"status": "Accepted", "currentTime": "2026-01-01T00:00:00Z", "interval": 300}
        await line.send(orjson.dumps([3, call[1], result if call[2] == "BootNotification" else {}]).decode())


async def main() -> None:
    """Listen, say on which port, and serve until the end."""
    async with serve(
        answer,
        "127.0.0.1",
        0,
        select_subprotocol=lambda _, offered: offered[0],
        compression=None,
        ping_interval=None,
    ) as server:
        sys.stdout.write(f"{next(iter(server.sockets)).getsockname()[1]}\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
