"""The laws of the house hold, and each of them is able to fail."""

from pathlib import Path

import pytest

from .house import (
    INTEGRATION,
    LAWS,
    ROOT,
    TEST_LAWS,
    Law,
    Source,
    borders_catch,
    complexity,
    entities_are_rows,
    every_test_runs,
    imports_point_inward,
    names_mean_something,
    own_test,
    read,
    rooms_have_tests,
    rooms_use_no_mocks,
    silence_is_owed,
    sizes_are_small,
    twins_share_no_blocks,
    types_are_told,
)


def named(law: Law) -> str:
    return law.__name__


@pytest.mark.parametrize("law", LAWS, ids=named)
def test_the_integration_keeps_the_law(law: Law) -> None:
    found = list(law(read(INTEGRATION)))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("law", TEST_LAWS, ids=named)
def test_the_tests_keep_the_law(law: Law) -> None:
    tests = [source for source in read(ROOT / "tests") if source.path != "test_house.py"]
    found = list(law(tests))
    assert not found, "\n".join(found)


def test_the_rooms_are_tested_without_mocks() -> None:
    found = list(rooms_use_no_mocks(read(ROOT / "tests" / "csms")))
    assert not found, "\n".join(found)


def complaints(law: Law, **files: str) -> list[str]:
    """What a law says of a tree; `csms__wire__link` is csms/wire/link.py and `_` at the end an __init__.py."""
    return list(law([Source(f"{name.replace('__', '/')}.py", text) for name, text in files.items()]))


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("csms/wire/link.py", "from ..model.station import Station"),
        ("csms/wire/link.py", "from ..model import station"),
        ("csms/wire/link.py", "from .. import model"),
        ("csms/wire/link.py", "from ..quirks import QUIRKS"),
        ("csms/model/station.py", "from ..wire.frame import Frame"),
        ("csms/model/station.py", "from ..ledger.ledger import Ledger"),
        ("csms/control/plan.py", "from ..model.station import Station"),
        ("csms/ledger/ledger.py", "from ..v1 import boot"),
        ("csms/security/csr.py", "from ..wire import tls"),
        ("csms/v1/boot.py", "from ..v2.boot import boot"),
        ("csms/v2/boot.py", "from ..ledger.ledger import Ledger"),
        ("csms/v1/boot.py", "from ..central import Central"),
        ("csms/guest.py", "from .central import Central"),
        ("csms/__init__.py", "from .central import Central"),
        ("csms/quirks.py", "from .v1 import boot"),
        ("csms/wire/link.py", "import homeassistant.core"),
        ("csms/wire/link.py", "from homeassistant.core import callback"),
        ("csms/model/station.py", "import voluptuous as vol"),
        ("csms/model/station.py", "from probatio import Schema"),
        ("csms/model/station.py", "from ...const import DOMAIN"),
        ("csms/wire/link.py", "from custom_components.ocpp_home.csms.wire.frame import Frame"),
        ("csms/wire/link.py", "def late():\n    from ..model.station import Station"),
        ("sensor.py", "from .csms.v1.metering import meter_values"),
        ("sensor.py", "from .csms.wire.session import Session"),
        ("entity.py", "from custom_components.ocpp_home.csms.control.plan import plan"),
        ("site/controller.py", "from ..csms.wire.session import Session"),
        ("number_words.py", "from .csms.control.terms import Demand"),
        ("diagnostics.py", "from .csms.central import Central"),
        ("config_flow/hub.py", "from ..csms.v1.boot import boot"),
    ],
)
def test_an_import_that_points_outward_is_found(where: str, line: str) -> None:
    assert len(list(imports_point_inward([Source(where, line)]))) == 1


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("csms/wire/link.py", "from .frame import Frame"),
        ("csms/wire/link.py", "import asyncio, websockets"),
        (
            "csms/v1/boot.py",
            "from ..model.station import Station\nfrom ..wire.frame import Payload\nfrom ..quirks import ROWS",
        ),
        ("csms/ledger/ledger.py", "from ..model.transaction import Transaction"),
        (
            "csms/central.py",
            "from .v1.dialect import Dialect\nfrom .ledger.ledger import Ledger\nfrom .guest import Guest",
        ),
        ("__init__.py", "from .csms.central import Central\nfrom homeassistant.core import HomeAssistant"),
        ("hub.py", "from .csms.central import Central"),
        ("sensor.py", "from .csms.model.station import Station\nfrom . import OcppConfigEntry"),
        ("site/controller.py", "from ..csms.control.plan import plan\nfrom ..csms.model.station import Station"),
        ("config_flow/hub.py", "from ..csms.wire.server import Server\nimport voluptuous as vol"),
    ],
)
def test_an_import_that_points_inward_is_fine(where: str, line: str) -> None:
    assert list(imports_point_inward([Source(where, line)])) == []


def test_a_long_file_is_found() -> None:
    assert complaints(sizes_are_small, a="x = 1\n" * 400) == []
    assert complaints(sizes_are_small, a="x = 1\n" * 401) == ["a.py has 401 lines, at most 400"]


def test_a_long_function_is_found() -> None:
    assert complaints(sizes_are_small, a="def f():\n" + "    x = 1\n" * 58) == []
    assert complaints(sizes_are_small, a="def f():\n" + "    x = 1\n" * 59) == ["a.py:1 f has 60 lines, fewer than 60"]


def test_a_function_with_many_roads_is_found() -> None:
    assert complaints(sizes_are_small, a="def f(x):\n" + "    if x: pass\n" * 11) == []
    assert complaints(sizes_are_small, a="def f(x):\n" + "    if x: pass\n" * 12) == [
        "a.py:1 f has complexity 13, at most 12"
    ]


def test_each_kind_of_fork_counts() -> None:
    source = Source(
        "a.py",
        """
async def f(x):
    for a in x:
        while a:
            a = 1 if a else 2
    async for b in x:
        try:
            match b:
                case 1:
                    pass
        except ValueError:
            return [c for c in x]
""",
    )
    assert complexity(source.functions[0]) == 8


def test_many_parameters_are_found_and_self_is_none() -> None:
    assert complaints(sizes_are_small, a="class A:\n    def f(self, a, b, *, c, d, e): ...") == []
    assert complaints(sizes_are_small, a="def f(a, /, b, c, *, d, e, f): ...") == [
        "a.py:1 f has 6 parameters, at most 5"
    ]


@pytest.mark.parametrize(
    ("code", "bare"),
    [
        ("def f(a) -> None: ...", "a"),
        ("def f(a: int): ...", "its answer"),
        ("async def f(*a, **b) -> None: ...", "a, b"),
        ("class A:\n    def f(self, *, a) -> None: ...", "a"),
        ("def f() -> None:\n    def g(): ...", "its answer"),
    ],
)
def test_a_missing_type_is_found(code: str, bare: str) -> None:
    (complaint,) = complaints(types_are_told, a=code)
    assert complaint.endswith(f"has no type for {bare}")


@pytest.mark.parametrize("room", ["model", "ledger", "control"])
@pytest.mark.parametrize("code", ["def f(a: Any) -> None: ...", "import typing\nx: dict[str, typing.Any] = {}"])
def test_any_behind_the_wire_is_found(room: str, code: str) -> None:
    assert len(complaints(types_are_told, **{f"csms__{room}__a": code})) == 1
    assert complaints(types_are_told, csms__wire__a=code) == []


@pytest.mark.parametrize(
    "code",
    [
        "try: f()\nexcept Exception: pass",
        "try: f()\nexcept: pass",
        "try: f()\nexcept (ValueError, BaseException): pass",
        "with suppress(Exception): f()",
        "with contextlib.suppress(ValueError, Exception): f()",
    ],
)
def test_catching_everything_is_found(code: str) -> None:
    assert len(complaints(borders_catch, csms__wire__door=code)) == 1


def test_a_border_may_catch_everything_with_a_reason() -> None:
    reasoned = "try: f()\nexcept Exception:  # one odd frame never ends the connection\n    pass"
    silent = "try:\n    f()\n\nexcept Exception:\n    pass"
    assert complaints(borders_catch, csms__wire__session=reasoned, guard=reasoned) == []
    assert len(complaints(borders_catch, csms__wire__session=silent)) == 1
    assert complaints(borders_catch, csms__wire__door="try: f()\nexcept ValueError: pass") == []


def test_the_own_test_of_a_file_has_its_name() -> None:
    assert own_test("csms/wire/door.py") == "tests/csms/wire/test_door.py"
    assert own_test("csms/quirks.py") == "tests/csms/test_quirks.py"
    assert own_test("csms/wire/__init__.py") is None
    assert own_test("sensor.py") is None


def test_a_file_without_its_own_test_is_found(tmp_path: Path) -> None:
    sources = [Source("csms/wire/door.py", ""), Source("csms/__init__.py", '"""Only words."""')]
    assert list(rooms_have_tests(sources, tmp_path)) == ["csms/wire/door.py has no tests/csms/wire/test_door.py"]
    (tmp_path / "tests/csms/wire").mkdir(parents=True)
    (tmp_path / "tests/csms/wire/test_door.py").touch()
    assert list(rooms_have_tests(sources, tmp_path)) == []


def test_code_in_an_init_file_of_csms_is_found(tmp_path: Path) -> None:
    assert len(list(rooms_have_tests([Source("csms/wire/__init__.py", "def f(): ...")], tmp_path))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "from unittest.mock import patch",
        "from unittest import mock",
        "import unittest.mock",
        "from pytest_mock import MockerFixture as Mock, AsyncMock",
        "def test_x(monkeypatch): ...",
        "def test_x(mocker): ...",
    ],
)
def test_a_mock_is_found(code: str) -> None:
    assert len(complaints(rooms_use_no_mocks, test_a=code)) >= 1


@pytest.mark.parametrize("mark", ["skip", "skipif", "xfail"])
def test_a_skipped_test_is_found(mark: str) -> None:
    assert complaints(every_test_runs, test_a=f"@pytest.mark.{mark}\ndef test_x(): ...") == [f"test_a.py:1 has {mark}"]


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("csms/wire/session.py", "class SessionManager: ..."),
        ("csms/wire/session.py", "class FrameHandler: ..."),
        ("csms/wire/session.py", "class BaseSession: ..."),
        ("csms/wire/session.py", "class LinkImpl: ..."),
        ("csms/wire/helpers.py", ""),
        ("csms/utils/clock.py", ""),
        ("base_entity.py", ""),
    ],
)
def test_a_hollow_name_is_found(where: str, code: str) -> None:
    assert len(list(names_mean_something([Source(where, code)]))) == 1


def test_a_word_that_only_looks_hollow_is_fine() -> None:
    assert complaints(names_mean_something, database="class Basement: ...\ndef to_base_units(): ...") == []


def test_a_try_in_an_entity_is_found() -> None:
    code = "def f():\n    try:\n        g()\n    except ValueError:\n        pass"
    assert complaints(entities_are_rows, sensor=code) == ["sensor.py:2 has a try in an entity"]
    assert complaints(entities_are_rows, actions=code) == []


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# noqa: PLC0415",
        "# NOQA: PLC0415",
        "# type: ignore",
        "# type: ignore[arg-type]",
        "# pragma: no cover",
        "# ruff: noqa",
        "# mypy: ignore-errors",
        "# ruff: noqa: S608",
    ],
)
def test_silence_without_a_reason_is_found(comment: str) -> None:
    assert len(complaints(silence_is_owed, a=f"x = 1  {comment}\n")) == 1


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: PLC0415 - imported when first needed",
        "# ruff: noqa: S608 - only names of columns are put together",
        "# fmt: skip",
        "# noqa: S104, PLC0415 - stations dial in from anywhere",
        "# type: ignore[arg-type]  # ocpp has no types",
        "# a comment about noqa",
    ],
)
def test_silence_with_a_reason_is_fine(comment: str) -> None:
    assert complaints(silence_is_owed, a=f"x = 1  {comment}\n") == []


SIX = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\n"


def test_a_block_that_is_in_v1_and_v2_is_found_whatever_it_wears() -> None:
    dressed = '"""Doc."""\n' + SIX.replace("\n", "  # in other words\n\n")
    assert complaints(twins_share_no_blocks, csms__v1__a=f"import x\n{SIX}", csms__v2__b=dressed) == [
        "csms/v2/b.py:2 is a copy of csms/v1/a.py:2"
    ]


def test_what_is_copied_within_a_room_or_is_short_or_imported_is_another_matter() -> None:
    assert complaints(twins_share_no_blocks, csms__v1__a=SIX, csms__v1__b=SIX, csms__model__c=SIX) == []
    assert complaints(twins_share_no_blocks, csms__v1__a=SIX[:-6], csms__v2__a=SIX[:-6]) == []
    imports = "from x import (\n    a,\n    b,\n    c,\n    d,\n    e,\n)\n"
    assert complaints(twins_share_no_blocks, csms__v1__a=imports, csms__v2__a=imports) == []
