"""The laws of the house (docs/architecture.md), as functions from source files to complaints.

test_house.py applies each to the integration, and to small bad trees that show it can fail.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
import io
from pathlib import Path
import re
import tokenize

from homeassistant.const import Platform

ROOT = Path(__file__).resolve().parent.parent
INTEGRATION = ROOT / "custom_components" / "ocpp_home"
PACKAGE = "custom_components.ocpp_home"

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """A Python file and what it says; `path` counts from the folder that was read."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    @property
    def parts(self) -> tuple[str, ...]:
        """The module's dotted name, split: csms/wire/link.py is csms, wire, link."""
        parts = tuple(self.path.removesuffix(".py").split("/"))
        return parts[:-1] if parts[-1] == "__init__" else parts

    @property
    def package(self) -> tuple[str, ...]:
        """What one leading dot in this file's imports means."""
        return self.parts if self.path.endswith("__init__.py") else self.parts[:-1]

    @property
    def imports(self) -> Iterator[tuple[int, tuple[str, ...], bool]]:
        """Line, dotted name and relativity of each imported name; ours count from the integration."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, ours(alias.name), False
            elif isinstance(node, ast.ImportFrom):
                relative = node.level > 0
                base = self.package[: len(self.package) - node.level + 1] if relative else ()
                module = (*base, *node.module.split(".")) if node.module else base
                for alias in node.names:
                    yield node.lineno, (*(module if relative else ours(".".join(module))), alias.name), relative

    @cached_property
    def comments(self) -> list[tuple[int, str]]:
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def ours(name: str) -> tuple[str, ...]:
    """Split a dotted name; one of this integration loses the integration's own name, so that it looks like a path."""
    if name == PACKAGE or name.startswith(PACKAGE + "."):
        name = name.removeprefix(PACKAGE).lstrip(".")
    return tuple(name.split(".")) if name else ()


def read(folder: Path) -> list[Source]:
    """Every Python file below a folder."""
    return [
        Source(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    ]


# --- 1. imports point inward ------------------------------------------------------------------------------------------
NEIGHBOURS = {
    "model": set[str](),
    "wire": set[str](),
    "control": set[str](),
    "ledger": {"model"},
    "security": {"model"},
    "record": {"model"},
    "dialogue": {"model", "wire", "quirks"},
    "v1": {"model", "wire", "quirks", "dialogue"},
    "v2": {"model", "wire", "quirks", "dialogue"},
    "quirks": {"model"},
}
STRANGERS = {"homeassistant", "voluptuous", "probatio"}
PLATFORM_FILES = {"entity", *Platform}


def may_enter(source: Source) -> set[str] | None:
    """The rooms of csms that a file may import from; None is all of them."""
    match source.parts:
        case () | ("hub",):
            return None
        case ("csms", room, *_) if room in NEIGHBOURS:
            return NEIGHBOURS[room] | {room}
        case ("csms", *_):
            return None
        case ("site", *_):
            return {"model", "control"}
        case (name,) if name in PLATFORM_FILES:
            return {"model"}
        case _:
            return {"model", "wire", "ledger", "record", "security", "quirks", "guest", "gate"}


def imports_point_inward(sources: Iterable[Source]) -> Iterator[str]:
    """Law 1."""
    for source in sources:
        allowed = may_enter(source)
        inside = source.parts[:1] == ("csms",)
        for line, name, relative in source.imports:
            where = f"{source.path}:{line}"
            if name[:2] == ("csms", "central") and source.parts not in {(), ("hub",), ("csms", "central")}:
                yield f"{where} imports central; only the integration's __init__.py and hub.py may"
            elif name[:1] == ("csms",) and len(name) > 1 and allowed is not None and name[1] not in allowed:
                yield f"{where} imports {'.'.join(name)}; it may enter {', '.join(sorted(allowed)) or 'no room'}"
            elif inside and name[:1] and name[0] in STRANGERS:
                yield f"{where} imports {name[0]}; csms is pure Python"
            elif inside and relative and name[:1] != ("csms",):
                yield f"{where} imports {'.'.join(name)}; csms knows nothing outside itself"
            elif inside and not relative and name[:1] == ("csms",):
                yield f"{where} imports {'.'.join(name)} by its full name; csms is lifted out as it is"


# --- 2. small files, small functions ----------------------------------------------------------------------------------
FILE_LINES = 400
FUNCTION_LINES = 60
COMPLEXITY = 12
PARAMETERS = 5

BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case, ast.IfExp, ast.comprehension)


def complexity(function: Function) -> int:
    """McCabe's number: one road, and one more for each place where it forks."""
    return 1 + sum(isinstance(node, BRANCHES) for node in ast.walk(function))


def parameters(function: Function) -> list[ast.arg]:
    """What a caller passes: without self and cls."""
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [arg for arg in given if arg.arg not in {"self", "cls"}]


def sizes_are_small(sources: Iterable[Source]) -> Iterator[str]:
    """Law 2."""
    for source in sources:
        if (lines := source.text.count("\n")) > FILE_LINES:
            yield f"{source.path} has {lines} lines, at most {FILE_LINES}"
        for function in source.functions:
            where = f"{source.path}:{function.lineno} {function.name}"
            if (lines := (function.end_lineno or 0) - function.lineno + 1) >= FUNCTION_LINES:
                yield f"{where} has {lines} lines, fewer than {FUNCTION_LINES}"
            if (roads := complexity(function)) > COMPLEXITY:
                yield f"{where} has complexity {roads}, at most {COMPLEXITY}"
            if (count := len(parameters(function))) > PARAMETERS:
                yield f"{where} has {count} parameters, at most {PARAMETERS}"


# --- 3. everything has a type -----------------------------------------------------------------------------------------
TYPED_ROOMS = {"model", "ledger", "control"}


def types_are_told(sources: Iterable[Source]) -> Iterator[str]:
    """Law 3."""
    for source in sources:
        for function in source.functions:
            stars = [arg for arg in (function.args.vararg, function.args.kwarg) if arg]
            bare = [arg.arg for arg in [*parameters(function), *stars] if arg.annotation is None]
            if function.returns is None:
                bare.append("its answer")
            if bare:
                yield f"{source.path}:{function.lineno} {function.name} has no type for {', '.join(bare)}"
        if source.parts[:1] == ("csms",) and source.parts[1:2] and source.parts[1] in TYPED_ROOMS:
            for node in ast.walk(source.tree):
                name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
                if name == "Any":
                    yield f"{source.path}:{node.lineno} says Any behind the wire"


# --- 4. two borders catch everything ----------------------------------------------------------------------------------
BORDERS = {"csms/wire/session.py", "guard.py"}
BROAD = {"Exception", "BaseException"}


def broad_catches(tree: ast.AST) -> Iterator[int]:
    """The lines where everything is caught."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = [node.type] if node.type else []
            if not caught or BROAD & {
                name.id for part in caught for name in ast.walk(part) if isinstance(name, ast.Name)
            }:
                yield node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            yield from [node.lineno] if BROAD & {ast.unparse(arg) for arg in node.args} else []


def borders_catch(sources: Iterable[Source]) -> Iterator[str]:
    """Law 4."""
    for source in sources:
        commented = {line for line, text in source.comments if len(re.findall(r"[a-z]{2,}", text)) >= 3}
        for line in broad_catches(source.tree):
            if source.path not in BORDERS:
                yield f"{source.path}:{line} catches everything; only {' and '.join(sorted(BORDERS))} may"
            elif not commented & {line - 1, line, line + 1}:
                yield f"{source.path}:{line} catches everything and gives no reason"


# --- 5. each file of csms has its own test ----------------------------------------------------------------------------
def own_test(path: str) -> str | None:
    """The test file that alone covers a file of csms; None for an __init__.py, which holds nothing."""
    parts = path.split("/")
    if parts[0] != "csms" or parts[-1] == "__init__.py":
        return None
    return "/".join(["tests", *parts[:-1], f"test_{parts[-1]}"])


def rooms_have_tests(sources: Iterable[Source], root: Path = ROOT) -> Iterator[str]:
    """Law 5: the same names on every floor. own_coverage.py proves that they cover what they stand for."""
    for source in sources:
        test = own_test(source.path)
        if test and not (root / test).is_file():
            yield f"{source.path} has no {test}"
        if test is None and source.parts[:1] == ("csms",) and (source.functions or _classes(source)):
            yield f"{source.path} has code, but an __init__.py has no test of its own"


def rooms_use_no_mocks(tests: Iterable[Source]) -> Iterator[str]:
    """Laws 5 and 17, for the files below tests/csms."""
    for source in tests:
        for line, name, _ in source.imports:
            if "mock" in name or name[-1] in {"Mock", "MagicMock", "AsyncMock", "patch"}:
                yield f"{source.path}:{line} imports {'.'.join(name)}; a fake keeps its own truth"
        for function in source.functions:
            if {arg.arg for arg in function.args.args} & {"mocker", "monkeypatch"}:
                yield f"{source.path}:{function.lineno} {function.name} patches; inject instead"


def every_test_runs(tests: Iterable[Source]) -> Iterator[str]:
    """A test that does not run proves nothing."""
    for source in tests:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail", "importorskip"}:
                yield f"{source.path}:{node.lineno} has {node.attr}"


# --- 13, 15. names and tables -----------------------------------------------------------------------------------------
HOLLOW = {"Manager", "Helper", "Helpers", "Util", "Utils", "Handler", "Handlers", "Base", "Impl"}


def _classes(source: Source) -> list[ast.ClassDef]:
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]


def words(name: str) -> set[str]:
    """The words of a name in either style: `SessionManager`, `session_manager`."""
    return {word.capitalize() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def names_mean_something(sources: Iterable[Source]) -> Iterator[str]:
    """Law 15: of files and classes; a function may well speak of base units."""
    for source in sources:
        named = [(f"{source.path}", part) for part in source.parts]
        named += [(f"{source.path}:{node.lineno}", node.name) for node in _classes(source)]
        for where, name in named:
            if hollow := HOLLOW & words(name):
                yield f"{where} is called {name}; {', '.join(hollow)} says nothing"


def entities_are_rows(sources: Iterable[Source]) -> Iterator[str]:
    """Law 13: no try in a platform file; one place maps errors."""
    for source in sources:
        if source.parts and len(source.parts) == 1 and source.parts[0] in Platform:
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Try | ast.TryStar):
                    yield f"{source.path}:{node.lineno} has a try in an entity"


# --- silenced checks --------------------------------------------------------------------------------------------------
SILENCER = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no\s*(?:cover|branch)|ruff:|mypy:)", re.IGNORECASE)
REASONED = (
    re.compile(r"#\s*(?:ruff: )?noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*\s*[-#—:]+\s*\w+ \w+"),
    re.compile(r"#\s*type: ignore\[[\w-]+(, ?[\w-]+)*\]\s*[-#—:]+\s*\w+ \w+"),
    re.compile(r"#\s*pragma: no (cover|branch)\s*[-#—:]+\s*\w+ \w+"),
)


def silence_is_owed(sources: Iterable[Source]) -> Iterator[str]:
    """A check is silenced with its code and a reason: `# noqa: PLC0415 - imported when first needed`."""
    for source in sources:
        for line, text in source.comments:
            if SILENCER.search(text) and not any(pattern.search(text) for pattern in REASONED):
                yield f"{source.path}:{line} silences a check without a code or a reason: {text}"


# --- copied blocks ----------------------------------------------------------------------------------------------------
COPIED = 6
TWINS = ("v1", "v2")


def telling_lines(source: Source) -> list[tuple[int, str]]:
    """The lines of a file that say something, with their numbers: no imports, docstrings, comments or blanks."""
    told = {line: text.split("#")[0].strip() for line, text in enumerate(source.text.splitlines(), 1)}
    for node in ast.walk(source.tree):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or isinstance(node, ast.Import | ast.ImportFrom):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                told.pop(line, None)
    return [(line, " ".join(text.split())) for line, text in told.items() if text]


def twins_share_no_blocks(sources: Iterable[Source]) -> Iterator[str]:
    """What v1 and v2 both need stands in dialogue: no block of six lines is in both."""
    blocks: dict[tuple[str, ...], str] = {}
    rooms = {room: [source for source in sources if source.parts[:2] == ("csms", room)] for room in TWINS}
    for room, files in rooms.items():
        for source in files:
            lines = telling_lines(source)
            for place in range(len(lines) - COPIED + 1):
                block = tuple(text for _, text in lines[place : place + COPIED])
                where = f"{source.path}:{lines[place][0]}"
                first = blocks.setdefault(block, where)
                if first.split("/")[1] != room:
                    yield f"{where} is a copy of {first}"


type Law = Callable[[Iterable[Source]], Iterator[str]]

LAWS: tuple[Law, ...] = (
    imports_point_inward,
    sizes_are_small,
    types_are_told,
    borders_catch,
    rooms_have_tests,
    names_mean_something,
    entities_are_rows,
    silence_is_owed,
    twins_share_no_blocks,
)
TEST_LAWS: tuple[Law, ...] = (every_test_runs, silence_is_owed)
