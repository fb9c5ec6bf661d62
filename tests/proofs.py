"""What each test says of itself and looks at, read from its source: the ids it names, its words, whether it asserts."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
import re
from typing import Final

from .house import ROOT

ID: Final = re.compile(r"\b([A-S]\d\d\.FR\.\d{2,3})\b")

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Proof:
    """A test."""

    ids: frozenset[str]
    """The requirements it names, in its docstring or as `test_k01_fr_03_...`."""
    words: frozenset[str]
    """The strings in it, and in what it uses of its own module."""
    asserts: bool
    """Whether it, or a function that it calls, asserts on something or expects an error."""


@dataclass(frozen=True, slots=True)
class _Module:
    """The names of a module of tests: what they are, or which module they come from."""

    own: dict[str, ast.stmt]
    foreign: dict[str, Path]


@dataclass(frozen=True, slots=True)
class _Part:
    """A function, a class or a constant: what it names, takes and says, and whether it asserts."""

    names: frozenset[str]
    arguments: frozenset[str]
    words: frozenset[str]
    asserts: bool


@cache
def proofs() -> dict[str, Proof]:
    """Each test that pytest would collect, as pytest names it."""
    return {
        f"{path.relative_to(ROOT).as_posix()}::{node.name}": _proof(path, node)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in _module(path).own.values()
        if isinstance(node, Function.__value__) and node.name.startswith("test_")
    }


def _proof(path: Path, test: Function) -> Proof:
    named = set(ID.findall(ast.get_docstring(test) or ""))
    if name := re.match(r"test_([a-s]\d\d)_fr_(\d{2,3})_", test.name):
        named.add(f"{name[1].upper()}.FR.{name[2]}")
    words = frozenset(word for part in _reach(path, test, fixtures=True) for word in _part(part).words)
    asserts = any(_part(part).asserts for part in _reach(path, test, abroad=True))
    return Proof(frozenset(named), words, asserts)


def _reach(path: Path, start: ast.stmt, *, fixtures: bool = False, abroad: bool = False) -> Iterator[ast.stmt]:
    """What a test is made of: itself, and what it names of its module, as a fixture too, or of other modules."""
    waiting, seen = [(path, start)], {start}
    while waiting:
        here, part = waiting.pop()
        yield part
        module = _module(here)
        names = _part(part).names | (_part(part).arguments if fixtures else frozenset())
        for name in names:
            place = module.foreign.get(name) if abroad else None
            found = _module(place).own.get(name) if place is not None else module.own.get(name)
            if found is not None and found not in seen:
                seen.add(found)
                waiting.append((place or here, found))


@cache
def _part(part: ast.stmt) -> _Part:
    nodes = list(ast.walk(part))
    strings = (node.value for node in nodes if isinstance(node, ast.Constant))
    return _Part(
        names=frozenset(node.id for node in nodes if isinstance(node, ast.Name)),
        arguments=frozenset(node.arg for node in nodes if isinstance(node, ast.arg)),
        words=frozenset(value for value in strings if isinstance(value, str)),
        asserts=any(map(_asserting, nodes)),
    )


def _asserting(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (
        isinstance(node, ast.Attribute) and node.attr == "raises" and ast.unparse(node.value) == "pytest"
    )


@cache
def _module(path: Path) -> _Module:
    own: dict[str, ast.stmt] = {}
    foreign: dict[str, Path] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                own[node.name] = node
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                own[name] = node
            case ast.ImportFrom(module=str(origin), level=0) if origin.startswith("tests."):
                place = ROOT / (origin.replace(".", "/") + ".py")
                foreign |= {alias.asname or alias.name: place for alias in node.names if place.is_file()}
    return _Module(own, foreign)
