"""A real Home Assistant as a process: started, onboarded, and spoken to as its own web page does."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import signal
import socket
import sys
from tempfile import gettempdir
from typing import Any, Self

import aiohttp

ROOT = Path(__file__).parents[2]
VOICELESS = Path(__file__).with_name("voiceless")
BYTECODE = {"PYTHONPYCACHEPREFIX": str(Path(gettempdir(), "ocpp_home_bytecode")), "PYTHONDONTWRITEBYTECODE": ""}
"""Where the second start finds what the first has compiled, even where nothing may be written beside the sources."""
HTTP = {
    "server_host": ["127.0.0.1"],
    "cors_allowed_origins": ["https://cast.home-assistant.io"],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": True,
    "ssl_profile": "modern",
    "use_x_frame_options": True,
    "created_at": "2026-01-01T00:00:00+00:00",
    "error": None,
    "error_message": None,
}
CLIENT = "http://127.0.0.1/"


def free_port(wanted: int) -> int:
    """The wanted port if nobody listens there, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            free: int = probe.getsockname()[1]
            return free
    raise OSError("no free port")


@dataclass(slots=True)
class LiveHomeAssistant:
    """One Home Assistant; `async with` starts and ends it."""

    config: Path
    port: int
    user: str = "demo"
    password: str = "demo"
    components: tuple[Path, ...] = ()
    """Integrations that are there besides this one."""
    token: str = field(default="", repr=False)
    _process: asyncio.subprocess.Process | None = None
    _session: aiohttp.ClientSession | None = None

    @property
    def url(self) -> str:
        """Where its page is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def _folder(self) -> Path:
        return self.config.absolute()

    @property
    def pid(self) -> int:
        """The number of its process."""
        if self._process is None:
            raise RuntimeError("not started")
        return self._process.pid

    def pin(self, processor: int) -> None:
        """Keep all its threads on one processor."""
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), {processor})

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(self.url)
        await self._start()
        await self._onboard()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(self._process.wait(), 20)
            except TimeoutError:
                self._process.kill()

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask the REST interface; raises for a refusal."""
        async with self._http().request(method, path, json=body, headers=self._headers) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def command(self, kind: str, **fields: object) -> Any:
        """Send one command over the websocket interface and give its result."""
        async with self._http().ws_connect("/api/websocket") as line:
            await line.receive_json()
            await line.send_json({"type": "auth", "access_token": self.token})
            await line.receive_json()
            await line.send_json({"id": 1, "type": kind, **fields})
            answer = await line.receive_json()
            if not answer["success"]:
                raise RuntimeError(f"{kind}: {answer['error']}")
            return answer["result"]

    async def action(self, domain: str, name: str, **fields: object) -> None:
        """Perform an action."""
        await self.ask("POST", f"/api/services/{domain}/{name}", fields)

    async def add_hub(self, port: int) -> str:
        """Set up the integration; gives the id of its entry."""
        path = "/api/config/config_entries/flow"
        result = await self.flow(path, "ocpp_home", {"port": port, "host": "127.0.0.1"})
        entry: str = result["result"]["entry_id"]
        return entry

    async def add_station(self, entry: str, identity: str, name: str = "") -> None:
        """Set up a station by its identity."""
        path = "/api/config/config_entries/subentries/flow"
        values = {"identity": identity} | ({"name": name} if name else {})
        result = await self.flow(path, [entry, "station"], {"next_step_id": "manual"}, values)
        if result["type"] != "create_entry":
            raise RuntimeError(f"{identity} could not be added: {result}")

    async def states(self) -> dict[str, Mapping[str, Any]]:
        """All states by entity id."""
        return {state["entity_id"]: state for state in await self.ask("GET", "/api/states")}

    async def flow(self, path: str, handler: object, *steps: Mapping[str, object]) -> Any:
        """Walk through a flow, one answer a step, and give its last result."""
        result = await self.ask("POST", path, {"handler": handler})
        for step in steps:
            result = await self.ask("POST", f"{path}/{result['flow_id']}", step)
        return result

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("not started")
        return self._session

    async def kill(self) -> None:
        """Kill it without a word."""
        os.kill(self.pid, signal.SIGKILL)
        if self._process is not None:
            await self._process.wait()

    async def start_again(self) -> None:
        """Start it as it was, after it has died."""
        await self._run()

    async def _start(self) -> None:
        await asyncio.to_thread(self._lay_out)
        await self._run()

    async def _run(self) -> None:
        with (self.config / "console.log").open("wb") as console:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "homeassistant", "--config", self._folder, "--skip-pip",
                cwd=self._folder,  # or its custom_components would be those of this checkout
                stdout=console, stderr=asyncio.subprocess.STDOUT,
                env=os.environ | BYTECODE | {"PYTHONPATH": str(VOICELESS)},
            )  # fmt: skip
        first = "/api/" if self.token else "/api/onboarding"  # which is there until somebody lives there
        async with asyncio.timeout(180):
            while True:
                if self._process.returncode is not None:
                    raise RuntimeError(f"Home Assistant did not start; see {self.config / 'console.log'}")
                with suppress(aiohttp.ClientError):
                    async with self._http().get(first, headers=self._headers) as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.2)

    def _lay_out(self) -> None:
        """Put the integration and what a page would ask at the first start into the folder."""
        storage = self.config / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        custom = self.config / "custom_components"
        custom.mkdir()
        for component in (ROOT / "custom_components" / "ocpp_home", *self.components):
            (custom / component.name).symlink_to(component)
        for key, version, minor, data in (
            ("http", 2, 2, {"stable": HTTP | {"server_port": self.port}, "pending": None, "yaml_migration_done": True}),
            ("onboarding", 4, 1, {"done": ["core_config", "analytics", "integration"]}),
        ):
            stored = {"version": version, "minor_version": minor, "key": key, "data": data}
            (storage / key).write_text(json.dumps(stored))

    async def _onboard(self) -> None:
        user = {
            "client_id": CLIENT,
            "name": "Demo",
            "username": self.user,
            "password": self.password,
            "language": "en",
        }
        code = (await self.ask("POST", "/api/onboarding/users", user))["auth_code"]
        form = {"client_id": CLIENT, "grant_type": "authorization_code", "code": code}
        async with self._http().post("/auth/token", data=form) as answer:
            self.token = (await answer.json())["access_token"]
