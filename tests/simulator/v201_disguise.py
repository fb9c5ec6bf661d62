"""The oddities of 2.x writing, as rows like those of `disguise.py`."""

from collections.abc import Sequence
from typing import Any

from .disguise import ALL, Disguise, drop, extra, local, local_as_utc, remove, samples
from .oddities import Payload

METERED = frozenset({"TransactionEvent", "MeterValues"})


def _kwh(payload: Payload, _: Any) -> None:
    for sample in samples(payload):
        if sample.get("unitOfMeasure", {}).get("unit", "Wh") == "Wh" and "Energy" in sample.get("measurand", "Energy"):
            sample.update(value=round(sample["value"] / 1000, 3), unitOfMeasure={"unit": "kWh"})


def _units(payload: Payload, names: dict[str, str]) -> None:
    for sample in samples(payload):
        unit = sample.get("unitOfMeasure", {}).get("unit")
        if unit in names:
            sample["unitOfMeasure"] = {"unit": names[unit]}


def _multiplier(payload: Payload, power: int) -> None:
    for sample in samples(payload):
        if sample.get("unitOfMeasure", {}).get("unit") == "Wh":
            sample.update(value=sample["value"] / 10**power, unitOfMeasure={"unit": "Wh", "multiplier": power})


def _export(payload: Payload, _: Any) -> None:
    for sample in samples(payload):
        if "measurand" in sample:
            sample["measurand"] = sample["measurand"].replace("Import", "Export")


DISGUISES: Sequence[Disguise] = (
    Disguise("kwh", METERED, _kwh),
    Disguise("multiplier", METERED, _multiplier),
    Disguise("import_as_export", METERED, _export),
    Disguise("unit_names", METERED, _units),
    Disguise("no_unit", METERED, drop("unitOfMeasure")),
    Disguise("no_context", METERED, drop("context")),
    Disguise("bare_values", METERED, drop("unitOfMeasure", "context", "measurand", "location", "phase")),
    Disguise("no_evse", frozenset({"TransactionEvent"}), remove("evse")),
    Disguise("local_time", ALL, local),
    Disguise("local_time_as_utc", ALL, local_as_utc),
    Disguise("extra_fields", ALL, extra),
)
