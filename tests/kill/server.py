"""A process that forks one central system after another, so that starting one costs no imports.

Each line read is an order to start; answered by `<pid> <port>` when the central system listens. It runs on the same
ledger and the same port until it is killed.
"""

import asyncio
import os
from pathlib import Path
import sys

from csms.central import Central
from csms.ledger import Ledger
from csms.model.station import Settings
from csms.wire import schema


async def serve(ledger_path: Path, port: int, names: list[str]) -> None:
    """Serve until the process dies."""
    central = Central(await Ledger.open(ledger_path))
    for name in names:
        central.add(name, Settings(configure=False))
    await central.start("127.0.0.1", port)
    os.write(1, f"{os.getpid()} {central.port}\n".encode())
    await asyncio.Event().wait()


def main() -> None:
    """Fork a central system for each line on standard input."""
    path, names, port = Path(sys.argv[1]), sys.argv[2:], 0
    for version in schema.FOLDERS:
        schema.load(version)
    for line in sys.stdin:
        port = int(line)
        child = os.fork()
        if child == 0:
            asyncio.run(serve(path, port, names))
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
