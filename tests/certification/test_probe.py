"""What a station makes of limits is tried, on every version: what is found out, and that nothing of it stays behind."""

from dataclasses import replace

import pytest

from custom_components.ocpp_home.csms.dialogue import probe
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.findings import Findings
from custom_components.ocpp_home.csms.model.station import Station
from tests.certification.stage import Dial, ago, until
from tests.certification.test_fail_safe import VERSIONS, know
from tests.simulator import ManualClock, Oddities, Station as Simulated

WELL = Findings("TxProfile", "Absolute", ("A", "W"), True, True, 6.0, True, True, True, True, tells=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a car."""
    monkeypatch.setattr(probe, "GLANCE", 0.02)


async def charging(version: str, dial: Dial, garage: Station, oddities: Oddities | None = None) -> Simulated:
    station = await dial(version=version, clock=ManualClock(ago(0)), oddities=oddities or Oddities())
    await know(garage, version)
    await station.start()
    await garage.limit(garage.evse(1), "user", 12)
    return station


async def found(garage: Station) -> Findings:
    charging = garage.require().charging
    assert charging is not None
    findings = await charging.probe(garage.evse(1))
    assert findings is garage.evse(1).limits.findings
    assert findings.latency is not None
    assert findings.latency > 0
    return replace(findings, latency=None)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_that_does_all_it_should(version: str, dial: Dial, garage: Station) -> None:
    station = await charging(version, dial, garage)
    findings = await found(garage)
    assert findings == (WELL if version != "2.1" else replace(WELL, kind="Dynamic"))
    assert findings.flawless
    await until(lambda: garage.evse(1).limits.settled)
    await station.settle()
    assert station.connectors[1].offered.amps == 12
    assert Station(garage.name, garage.ledger).evses[1].limits.findings == garage.evse(1).limits.findings


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("oddities", "differs"),
    [
        (Oddities(least_amps=8.0), {"lowest": 8.0}),
        (Oddities(stays_paused=True), {"restarts": False}),
        (Oddities(stack_level_zero_only=True), {"stacks": False}),
        (Oddities(units=frozenset({"A"})), {"units": ("A",)}),
    ],
    ids=lambda value: "" if isinstance(value, dict) else None,
)
async def test_what_a_station_does_otherwise_is_found(
    version: str, oddities: Oddities, differs: dict[str, object], dial: Dial, garage: Station
) -> None:
    await charging(version, dial, garage, oddities)
    findings = await found(garage)
    assert {name: getattr(findings, name) for name in differs} == differs
    assert findings.flawless is (differs == {"units": ("A",)})


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_one_that_goes_on_in_spite_of_a_limit_of_0_does_not_pause(
    version: str, dial: Dial, garage: Station
) -> None:
    await charging(version, dial, garage, Oddities(ignores_zero=True))
    findings = await found(garage)
    assert (findings.pauses, findings.restarts, findings.flawless) == (False, None, False)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_fuse_need_not_wait_for_a_probe(version: str, dial: Dial, garage: Station) -> None:
    station = await charging(version, dial, garage, Oddities(stays_paused=True))
    limits = garage.evse(1).limits

    def fall(_: object) -> None:
        if garage.evse(1).charging is False:
            limits.wish("fuse", 6)

    leave = garage.subscribe(fall)
    with pytest.raises(Refused, match="less is wished now"):
        await found(garage)
    leave()
    await until(lambda: limits.settled)
    assert station.connectors[1].offered.amps == 6
