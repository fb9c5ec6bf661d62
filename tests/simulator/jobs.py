"""Work that takes its time and reports its progress: firmware, uploads."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from .clock import moment
from .oddities import Payload

if TYPE_CHECKING:
    from .machine import Machine

DOWNLOAD = ("Downloading", "Downloaded")
SIGNED_DOWNLOAD = (*DOWNLOAD, "SignatureVerified")
INSTALL = ("Installing",)
FAILS_AT = {"DownloadFailed": ("Downloading",), "InvalidSignature": DOWNLOAD}


def steps(last: str, download: tuple[str, ...]) -> tuple[str, ...]:
    """The states on the way to the last one."""
    return (*FAILS_AT.get(last, (*download, *INSTALL)), last)


async def update(machine: Machine, kind: str, words: tuple[str, ...], when: str, extra: Payload) -> None:
    """Download and install, as far as the steps go."""
    await machine.clock.sleep((moment(when) - machine.clock.now()).total_seconds())
    for step in words:
        if step == "Installing":
            while any(connector.transaction for connector in machine.outlets):
                await machine.clock.sleep(machine.hardware.tick)  # 5.19: "wait until Charging Session has ended"
        if step == "Installed":
            machine.firmware = next_version(machine.firmware)
            await machine.reboot(hard=False)
        await progress(machine, kind, step, extra)


def next_version(version: str) -> str:
    head, _, last = version.rpartition(".")
    return f"{head}.{int(last) + 1}" if last.isdecimal() else f"{version}.1"


async def upload(machine: Machine, kind: str, last: str, extra: Payload) -> None:
    for step in ("Uploading", last):
        await progress(machine, kind, step, extra)


async def progress(machine: Machine, kind: str, step: str, extra: Payload) -> None:
    machine.jobs[kind] = {"status": step} | extra
    machine.note(kind, machine.jobs[kind])
    if machine.oddities.job_seconds:
        await machine.clock.sleep(machine.oddities.job_seconds)


def begin[*Args](machine: Machine, work: Callable[[*Args], Coroutine[Any, Any, None]], *args: *Args) -> None:
    async def spawn() -> None:
        machine.run(work(*args))

    machine.after_answer(spawn)
