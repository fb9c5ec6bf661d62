"""The central system without Home Assistant: door, link, schemas, dialect, model and ledger."""

import asyncio
from pathlib import Path
import sys
import tempfile

from csms.central import Central
from csms.ledger import Ledger
from csms.model.station import Settings


async def main(names: list[str]) -> None:
    """Listen, say on which port, and serve until the end."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = await Ledger.open(Path(folder) / "ledger.db")
        central = Central(ledger)
        for name in names:
            central.add(name, Settings(configure=False))
        await central.start("127.0.0.1", 0)
        sys.stdout.write(f"{central.port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
