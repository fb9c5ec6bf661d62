"""What hassfest and HACS check of a custom integration, as far as it can be checked without them.

Each check turns a package into complaints; test_packaging.py applies it to the integration and to bad packages.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.const import Platform
from packaging.requirements import InvalidRequirement, Requirement
import yaml

from .house import Source, read

type Words = Mapping[str, Any]


@dataclass(frozen=True)
class Package:
    """An integration as it lies on disk."""

    domain: str
    manifest: Words = field(default_factory=dict)
    words: Words = field(default_factory=dict)
    icons: Words = field(default_factory=dict)
    actions: Words = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    files: frozenset[str] = frozenset()

    @cached_property
    def calls(self) -> list[tuple[Source, ast.Call]]:
        return [(s, node) for s in self.sources for node in ast.walk(s.tree) if isinstance(node, ast.Call)]

    @cached_property
    def strings(self) -> set[str]:
        """Every text constant of the code."""
        return {
            node.value
            for source in self.sources
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }

    @cached_property
    def patterns(self) -> list[re.Pattern[str]]:
        """The f-strings of the code that could make a key."""
        found = []
        for source in self.sources:
            for node in ast.walk(source.tree):
                if isinstance(node, ast.JoinedStr):
                    parts = [re.escape(p.value) if isinstance(p, ast.Constant) else r"\w+" for p in node.values]
                    if any(isinstance(part, ast.Constant) for part in node.values):
                        found.append(re.compile("".join(parts)))
        return found

    def says(self, key: str) -> bool:
        """Whether the code can come up with a key."""
        return key in self.strings or any(pattern.fullmatch(key) for pattern in self.patterns)

    @property
    def flows(self) -> list[Words]:
        """The words of each flow: config, options, and each kind of subentry."""
        flows = [self.words.get("config", {}), self.words.get("options", {})]
        return [*flows, *self.words.get("config_subentries", {}).values()]


def load(folder: Path) -> Package:
    """Read an integration."""

    def data(name: str) -> Words:
        path = folder / name
        if not path.is_file():
            return {}
        text = path.read_text(encoding="utf-8")
        return (json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)) or {}

    return Package(
        domain=folder.name,
        manifest=data("manifest.json"),
        words=data("translations/en.json"),
        icons=data("icons.json"),
        actions=data("services.yaml"),
        sources=tuple(read(folder)),
        files=frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()),
    )


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """What a call passes by a name."""
    return next((k.value for k in call.keywords if k.arg == name), None)


def text(node: ast.expr | None) -> str | None:
    """A text constant's value."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def leaves(words: Words, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every text of a translation with its keys."""
    for key, value in words.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def placeholders(message: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(message) if name}


# --- manifest.json ----------------------------------------------------------------------------------------------------
MANIFEST_KEYS = {
    *(
        "after_dependencies",
        "bluetooth",
        "codeowners",
        "config_flow",
        "dependencies",
        "dhcp",
        "disabled",
        "documentation",
    ),
    *(
        "domain",
        "homekit",
        "import_executor",
        "integration_type",
        "iot_class",
        "issue_tracker",
        "loggers",
        "mqtt",
        "name",
    ),
    *("quality_scale", "requirements", "single_config_entry", "ssdp", "usb", "version", "zeroconf"),
}
IOT_CLASSES = {"assumed_state", "calculated", "cloud_polling", "cloud_push", "local_polling", "local_push"}
TYPES = {"device", "entity", "hardware", "helper", "hub", "service", "system", "virtual"}
# What core itself imports of other integrations without naming it in a manifest.
FREE_TO_USE = {
    *(
        *Platform,
        "automation",
        "backup",
        "device_automation",
        "diagnostics",
        "frontend",
        "homeassistant",
        "llm",
        "logbook",
    ),
    *("media_source", "onboarding", "persistent_notification", "repairs", "script", "system_health", "webhook"),
    *("websocket_api", "zone"),
}


def manifest_is_valid(package: Package) -> Iterator[str]:
    """Keys, their order and their values."""
    manifest = package.manifest
    required = {
        "codeowners",
        "config_flow",
        "documentation",
        "domain",
        "integration_type",
        "iot_class",
        "issue_tracker",
    }
    for key in sorted((required | {"name", "requirements", "version"}) - set(manifest)):
        yield f"{key} is missing"
    yield from (f"{key} is unknown" for key in manifest if key not in MANIFEST_KEYS)
    if list(manifest) != sorted(manifest, key=lambda key: ({"domain": 0, "name": 1}.get(key, 2), key)):
        yield "keys are not sorted: domain, name, then by the alphabet"
    if manifest.get("domain") != package.domain:
        yield "domain is not the folder's name"
    if manifest.get("iot_class") not in IOT_CLASSES:
        yield "iot_class is unknown"
    if manifest.get("integration_type") not in TYPES:
        yield "integration_type is unknown"
    if AwesomeVersion(manifest.get("version", "")).strategy != AwesomeVersionStrategy.SEMVER:
        yield "version is not a semantic version"
    for key in ("documentation", "issue_tracker"):
        if not re.fullmatch(r"https://(?!www\.home-assistant\.io/integrations)\S+", manifest.get(key, "")):
            yield f"{key} is no address of our own"
    if not all(owner.startswith("@") for owner in manifest.get("codeowners", [])):
        yield "a code owner begins with @"


def requirements_are_valid(package: Package) -> Iterator[str]:
    """Requirements can be read, and those at work here satisfy them."""
    for line in package.manifest.get("requirements", []):
        try:
            if " " in line or not Requirement(line).specifier:
                yield f"{line}: no version, or a space"
        except InvalidRequirement as error:
            yield f"{line}: {error}"


def dependencies_are_named(package: Package) -> Iterator[str]:
    """Another integration that the code imports is in the manifest."""
    named = {*package.manifest.get("dependencies", []), *package.manifest.get("after_dependencies", []), *FREE_TO_USE}
    for source in package.sources:
        for line, name, _ in source.imports:
            if name[:2] == ("homeassistant", "components") and len(name) > 2 and name[2] not in named:
                yield f"{source.path}:{line} imports {name[2]}, which the manifest does not name"


# --- hacs.json --------------------------------------------------------------------------------------------------------
HACS_KEYS = {
    *("name", "content_in_root", "country", "filename", "hacs", "hide_default_branch", "homeassistant"),
    *("persistent_directory", "zip_release"),
}


def hacs_is_valid(hacs: Words) -> Iterator[str]:
    """The keys HACS knows; it refuses any other."""
    yield from (f"{key} is unknown" for key in hacs if key not in HACS_KEYS)
    if not hacs.get("name"):
        yield "name is missing"
    if hacs.get("zip_release") and not hacs.get("filename", "").endswith(".zip"):
        yield "zip_release needs a filename"
    if "homeassistant" in hacs and not AwesomeVersion(hacs["homeassistant"]).valid:
        yield "homeassistant is no version"


# --- translations -----------------------------------------------------------------------------------------------------
SECTIONS = {
    *("common", "config", "config_panel", "config_subentries", "conditions", "device", "device_automation", "entity"),
    *(
        "entity_component",
        "exceptions",
        "issues",
        "options",
        "preview_features",
        "selector",
        "services",
        "system_health",
    ),
    *("title", "triggers"),
}


def words_are_plain(package: Package) -> Iterator[str]:
    """Texts are texts, and only translations/en.json holds them."""
    yield from (f"{name} does not belong into a custom integration" for name in package.files & {"strings.json"})
    yield from (f"section {key} is unknown" for key in package.words if key not in SECTIONS)
    for path, value in leaves(package.words):
        where = ".".join(path)
        if not isinstance(value, str) or not value.strip():
            yield f"{where} is empty"
        elif re.search(r"<\/?[a-zA-Z][^>]*>", value) or "[%key:" in value or value != value.strip():
            yield f"{where} has HTML, a reference or space around it"


def _known(words: Words, *path: str) -> Words:
    for key in path:
        found = words.get(key, {})
        words = found if isinstance(found, Mapping) else {}
    return words


def _keys_in_code(package: Package) -> Iterator[tuple[str, str, str, ast.Call]]:
    """Section, key and place of each translation key of a call that names its section."""
    for source, call in package.calls:
        key = text(keyword(call, "translation_key"))
        if key is None:
            continue
        called = ast.unparse(call.func).split(".")[-1]
        domain = keyword(call, "translation_domain")
        where = f"{source.path}:{call.lineno}"
        if called.endswith("create_issue"):
            yield "issues", key, where, call
        elif called.endswith("DeviceInfo"):
            yield "device", key, where, call
        elif called.endswith("SelectorConfig"):
            yield "selector", key, where, call
        elif domain is not None and (text(domain) == package.domain or ast.unparse(domain) == "DOMAIN"):
            yield "exceptions", key, where, call


def keys_have_words(package: Package) -> Iterator[str]:
    """Every exception, issue, device name and selector of the code has its text, and gives it what it needs."""
    for section, key, where, call in _keys_in_code(package):
        known = _known(package.words, section)
        if key not in known:
            yield f"{where} says {key}, which {section} does not have"
            continue
        given = keyword(call, "translation_placeholders")
        if given is not None and not isinstance(given, ast.Dict):
            continue
        if isinstance(given, ast.Dict) and None in given.keys:
            continue
        names = {text(name) for name in given.keys} if isinstance(given, ast.Dict) else set()
        needed = {name for _, value in leaves({key: known[key]}) for name in placeholders(value)}
        # A fix flow is given the placeholders of its issue by Home Assistant, but not the other way round.
        if missing := needed - names:
            yield f"{where} does not give {', '.join(sorted(missing))} to {section}.{key}"


def words_have_keys(package: Package) -> Iterator[str]:
    """Every text is one that the code can ask for."""
    for section in ("exceptions", "issues", "device", "services"):
        for key in _known(package.words, section):
            if not package.says(key):
                yield f"{section}.{key} is never used"
    used = package.strings | set(re.findall(r"'translation_key': '(\w+)'", repr(package.actions)))
    yield from (f"selector.{key} is never used" for key in _known(package.words, "selector") if key not in used)
    for flow in package.flows:
        implied = {
            reason for method, reason in IMPLIED_REASONS.items() if any(method in s.text for s in package.sources)
        }
        for part in ("error", "abort", "progress"):
            for key in set(flow.get(part, {})) - implied - SHARED_REASONS:
                if not package.says(key):
                    yield f"{part}.{key} is never used"
        for key in flow.get("step", {}):
            method = f"def async_step_{key}("
            if not package.says(key) and not any(method in source.text for source in package.sources):
                yield f"step.{key} is never used"


# Reasons that Home Assistant has words for, and those that its own methods give.
SHARED_REASONS = {"already_in_progress", "no_devices_found", "reauth_successful", "reconfigure_successful"}
SHARED_REASONS |= {"single_instance_allowed"}
SHOWS = {"async_show_form": "step_id", "async_show_menu": "step_id", "async_external_step": "step_id"}
SHOWS |= {"async_show_progress": "progress_action", "async_abort": "reason"}
IMPLIED_REASONS = {
    "_abort_if_unique_id_configured": "already_configured",
    "_async_abort_entries_match": "already_configured",
    "_abort_if_unique_id_mismatch": "unique_id_mismatch",
}
PARTS = {"step_id": "step", "progress_action": "progress", "reason": "abort"}


def _errors(package: Package) -> Iterator[tuple[str, str]]:
    """Place and key of each error of a form: `errors["base"] = key`, or a dict that is named or passed as `errors`."""
    for source in (source for source in package.sources if source.parts[:1] != ("csms",)):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                name, value = ast.unparse(target).split("[")[0], node.value
            elif isinstance(node, ast.keyword):
                name, value = node.arg, node.value
            else:
                continue
            if name == "errors":
                for part in value.values if isinstance(value, ast.Dict) else [value]:
                    if key := text(part):
                        yield f"{source.path}:{node.lineno}", key


def flows_have_words(package: Package) -> Iterator[str]:
    """Every step, reason, progress and error of a flow has its text, every field its explanation."""

    def told(part: str, key: str) -> bool:
        issues = _known(package.words, "issues").values()
        fixes = [issue.get("fix_flow", {}) for issue in issues]
        return any(key in flow.get(part, {}) for flow in [*package.flows, *fixes])

    for source, call in package.calls:
        called = ast.unparse(call.func).split(".")[-1]
        name = SHOWS.get(called, "")
        key = text(keyword(call, name)) or IMPLIED_REASONS.get(called)
        part = PARTS.get(name, "abort")
        if key and key not in SHARED_REASONS and not told(part, key):
            yield f"{source.path}:{call.lineno} shows {key}, which no flow's {part} has"
    for where, key in _errors(package):
        if not told("error", key):
            yield f"{where} tells {key}, which no flow's error has"
    for flow in package.flows:
        for step, words in flow.get("step", {}).items():
            for part in (words, *words.get("sections", {}).values()):
                if missing := set(part.get("data", {})) ^ set(part.get("data_description", {})):
                    yield f"step.{step} lacks data or data_description for {', '.join(sorted(missing))}"


def translations_agree(english: Words, others: Mapping[str, Words]) -> Iterator[str]:
    """Another language has no key of its own, and the same placeholders."""
    known = dict(leaves(english))
    for language, words in others.items():
        for path, value in leaves(words):
            if path not in known:
                yield f"{language}: {'.'.join(path)} is unknown"
            elif placeholders(value) != placeholders(known[path]):
                yield f"{language}: {'.'.join(path)} has other placeholders"


# --- actions ----------------------------------------------------------------------------------------------------------
def _fields(action: Words | None) -> dict[str, Words]:
    """The fields of an action, with those of its sections."""
    found: dict[str, Words] = {}
    for name, told in ((action or {}).get("fields") or {}).items():
        found |= told["fields"] if "fields" in (told or {}) else {name: told or {}}
    return found


def actions_are_described(package: Package) -> Iterator[str]:
    """services.yaml, the translations and the icons tell of the same actions and fields."""
    words, icons = _known(package.words, "services"), _known(package.icons, "services")
    for name in sorted({*package.actions, *words, *icons}):
        for place, known in (("services.yaml", package.actions), ("translations", words), ("icons", icons)):
            if name not in known:
                yield f"{name} is not in {place}"
        fields = _fields(package.actions.get(name))
        told = _known(words, name, "fields")
        if lacking := set(fields) ^ set(told):
            yield f"{name} has in only one of both places: {', '.join(sorted(lacking))}"
        for part, where in [(words.get(name, {}), name), *((told[key], f"{name}.{key}") for key in told)]:
            if not {"name", "description"} <= set(part):
                yield f"{where} has no name or no description"
        for key, row in fields.items():
            if len(row.get("selector") or {}) != 1:
                yield f"{name}.{key} has no selector"
            yield from _choices(package.words, f"{name}.{key}", row.get("selector") or {})


def _choices(words: Words, where: str, selector: Words) -> Iterator[str]:
    """A choice that is translated has a text for each option."""
    select = selector.get("select") or {}
    if "translation_key" in select:
        options = {option if isinstance(option, str) else option["value"] for option in select["options"]}
        if options != set(_known(words, "selector", select["translation_key"], "options")):
            yield f"{where} has options that selector.{select['translation_key']} has not, or the other way round"


# --- entities ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Row:
    """What matters here of an entity description."""

    platform: str
    key: str
    named: bool = False  # by its device class, or as the device itself
    pictured: bool = False  # by its device class
    states: frozenset[str] | None = None

    @property
    def where(self) -> str:
        return f"{self.platform}.{self.key}"


def entities_have_words(package: Package, rows: list[Row]) -> Iterator[str]:
    """Every entity has a name of its own or of its device class, every state of a list a word, and no word is left."""
    for row in rows:
        words = _known(package.words, "entity", row.platform, row.key)
        if not words and not row.named:
            yield f"{row.where} has no name"
        states = words.get("state")
        if row.platform == Platform.EVENT:
            states = _known(words, "state_attributes", "event_type", "state")
        if row.states is not None and set(states or {}) != row.states:
            yield f"{row.where} and its words differ in {', '.join(sorted(set(states or {}) ^ row.states))}"
    known = {row.where for row in rows}
    for platform, entities in _known(package.words, "entity").items():
        for key in entities:
            if f"{platform}.{key}" not in known and not package.says(key):
                yield f"entity.{platform}.{key} is never used"


def entities_have_icons(package: Package, rows: list[Row]) -> Iterator[str]:
    """An entity without a device class has an icon, and no icon is left over."""
    for row in rows:
        if not row.pictured and row.key not in _known(package.icons, "entity", row.platform):
            yield f"{row.where} has no icon"
    for platform, entities in _known(package.icons, "entity").items():
        for key, icon in entities.items():
            if key not in _known(package.words, "entity", platform):
                yield f"icon of {platform}.{key} belongs to nothing"
            for path, value in leaves(icon):
                if not re.fullmatch(r"mdi:[a-z0-9-]+", str(value)):
                    yield f"icon of {platform}.{key} is not one: {'.'.join(path)} {value}"


type Check = Callable[[Package], Iterator[str]]

CHECKS: tuple[Check, ...] = (
    manifest_is_valid,
    requirements_are_valid,
    dependencies_are_named,
    words_are_plain,
    keys_have_words,
    words_have_keys,
    flows_have_words,
    actions_are_described,
)
