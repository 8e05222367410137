"""Mutation testing: change the code at random points, one at a time, and report the changes that no test notices.

``python tests/support/mutants.py --count 200 --seed 1 [PACKAGE or FILE …]``

The tests of a package run once to learn which functions each of them calls and how long it takes. A mutant is then run
against the tests that call the changed function, those of its module and the fastest first, until one fails: first for
a few seconds in a fork of a session of pytest that has everything imported, with the code of the one function replaced;
what survives that runs in a fresh session, with more time. Why this is not done by a library:
``docs/decisions/mutation-testing.md``.
"""

from __future__ import annotations

import argparse
import ast
import atexit
import difflib
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import pkgutil
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import tomllib
import traceback
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

import hypothesis
import pytest
from _pytest.config import default_plugins

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from types import FrameType, ModuleType

ROOT: Final = Path(__file__).resolve().parents[2]
EQUIVALENT: Final = Path(__file__).with_name("equivalent_mutants.toml")
NOTES: Final = ROOT / "build" / "mutants"
# Packages and the tests that are to notice a change in them.
TESTS: Final = {
    "kg/evidence": ("tests/evidence", "tests/test_functions.py", "tests/query/test_evidence.py"),
    "kg/loaders/cases": ("tests/loaders", "tests/pipeline/test_origins.py"),
    "kg/loaders/tables": ("tests/loaders", "tests/cli/test_load.py"),
    "kg/query/diagnosis": ("tests/query/test_diagnosis*.py", "tests/query/test_losses.py"),
    "kg/reason": ("tests/reason",),
    "kg/store/embedded/rewriting": ("tests/store/embedded",),
}
# Imported once, before each mutant gets a process of its own; none of them starts threads when it is imported.
PRELOADED: Final = (
    "hypothesis.strategies", "jsonschema", "numpy", "openpyxl", "pandas", "polars", "pyoxigraph", "rdflib", "scipy.stats", "yaml",
    *(f"_pytest.{name}" for name in default_plugins),
)  # fmt: skip
# Seconds of tests for one mutant, as measured without a change; fixtures of the first are not counted.
BUDGET: Final = 6.0  # in the first run
WHOLE_BUDGET: Final = 30.0  # in the second run, with the tests of the first among them
NOT_REPLACED: Final = 3  # the exit code of a fork that could not change its function
PATIENCE: Final = 10  # a mutant may take so many times as long, for the machine has other work
# Packages that take no part in making the shipped graph, whose index mutants can share.
READERS: Final = ("kg/query/diagnosis", "kg/store/embedded/rewriting")
COMPARISONS: Final = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATORS: Final = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
OPPOSITES: Final = {"any": "all", "all": "any", "min": "max", "max": "min"}
# Constants of a module that say how much is read at once, or how many of many a message names: any number does.
ARBITRARY: Final = {"BATCH", "_BATCH", "BLOCK", "_BLOCK", "SHOWN", "_SHOWN"}
# Parameters and arguments that are messages, which are left alone.
MESSAGES: Final = {"hint", "message"}


@dataclass(frozen=True, order=True, slots=True)
class Point:
    """A place in a file and what to write there instead. ``function`` is the qualified name of the function, empty outside of any."""

    file: str
    start: tuple[int, int]
    end: tuple[int, int]
    written: str
    kind: str
    function: str

    def apply(self) -> tuple[str, str]:
        """Return the text of the file before and after the change."""
        before = _source(self.file)
        lines = before.splitlines(keepends=True)
        offsets = [sum(map(len, lines[: line - 1])) + column for line, column in (self.start, self.end)]
        after = before[: offsets[0]] + self.written.encode() + before[offsets[1] :]
        return before.decode(), after.decode()

    def lines(self) -> tuple[str, str]:
        """Return the lines that the change takes away, and those that it brings, without white space around them."""
        before, after = (text.splitlines() for text in self.apply())
        found = [
            line for line in difflib.unified_diff(before, after, n=0, lineterm="") if line[:3] not in {"---", "+++"}
        ]
        gone, come = (" ".join(line[1:].strip() for line in found if line[0] == sign) for sign in "-+")
        return gone, come

    @property
    def module(self) -> str:
        """The dotted name of the module."""
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def _source(file: str) -> bytes:
    """Return a file as it was when it was read first: it may be edited while mutants run."""
    return (ROOT / file).read_bytes()


class Points(ast.NodeVisitor):
    """Finds the points of one file. Messages, annotations, decorators and docstrings are left alone."""

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.found: list[Point] = []
        self._scope = ""  # the beginning of the names of what stands here
        self._function = ""
        self._predicate = False
        self.visit(ast.parse(source))

    def _add(self, node: ast.expr | ast.stmt | ast.pattern, written: str, kind: str) -> None:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start, end = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
        self.found.append(Point(self.file, start, end, written, kind, self._function))

    def _change(self, node: ast.expr, changed: ast.expr, kind: str) -> None:
        self._add(node, f"({ast.unparse(changed)})", kind)

    def _force(self, test: ast.expr, kind: str) -> None:
        """Have a condition always or never hold; what it assigns stays assigned."""
        self._add(test, f"(({ast.unparse(test)}) and False)", f"{kind} never")
        self._add(test, f"(({ast.unparse(test)}) or True)", f"{kind} always")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name == "__repr__":  # for developers
            return
        positional = [*node.args.posonlyargs, *node.args.args]
        named = [*positional[len(positional) - len(node.args.defaults) :], *node.args.kwonlyargs]
        for argument, default in zip(named, (*node.args.defaults, *node.args.kw_defaults), strict=True):
            if default is not None and argument.arg not in MESSAGES:
                self.visit(default)
        outer = self._scope, self._function, self._predicate
        self._function = f"{self._scope}{node.name}"
        self._scope = f"{self._function}.<locals>."
        self._predicate = isinstance(node.returns, ast.Name) and node.returns.id == "bool"
        for statement in node.body:
            self.visit(statement)
        self._scope, self._function, self._predicate = outer

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        outer = self._scope
        self._scope = f"{outer}{node.name}."
        for statement in node.body:
            self.visit(statement)
        self._scope = outer

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        arbitrary = not self._scope and isinstance(node.target, ast.Name) and node.target.id in ARBITRARY
        if node.value is not None and not arbitrary:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        alias = not self._function and isinstance(node.value, ast.BinOp | ast.Subscript)
        if not names & {"__all__", "__slots__"} and not alias:
            self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._add(node, "pass", "statement dropped")
        self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom):
            self._add(node, "pass", "statement dropped")
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._add(node, "pass", "statement dropped")

    def visit_Assert(self, node: ast.Assert) -> None:
        """Leave assertions alone."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave f-strings alone: most are messages, and Python 3.11 does not tell where their parts are."""

    def visit_Continue(self, node: ast.Continue) -> None:
        self._add(node, "break", "break")

    def visit_Break(self, node: ast.Break) -> None:
        self._add(node, "continue", "break")

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            return
        if self._predicate:
            self._add(node.value, f"(not ({ast.unparse(node.value)}))", "return")
        elif not isinstance(node.value, ast.Constant):
            self._add(node.value, "None", "return")
        self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        self._force(node.test, "if")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._force(node.test, "if")
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._add(test, f"(({ast.unparse(test)}) or True)", "if always")
        self.generic_visit(node)

    def visit_match_case(self, node: ast.match_case) -> None:
        if node.guard is not None:
            self._force(node.guard, "guard")
        self.generic_visit(node)

    def visit_MatchValue(self, node: ast.MatchValue) -> None:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            self._add(node, repr(node.value.value + "X"), "string")

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        self._change(node, ast.BoolOp(other, node.values), "and, or")
        for index in range(len(node.values)):
            rest = [value for position, value in enumerate(node.values) if position != index]
            self._change(node, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest), "operand dropped")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not | ast.USub | ast.Invert):
            self._change(node, node.operand, "not, minus")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for index, operator in enumerate(node.ops):
            for other in COMPARISONS.get(type(operator), ()):
                ops = [other() if position == index else each for position, each in enumerate(node.ops)]
                self._change(node, ast.Compare(node.left, ops, node.comparators), "comparison")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        texts = any(isinstance(each, ast.JoinedStr) or _is_text(each) for each in (node.left, node.right))
        other = OPERATORS.get(type(node.op))
        if other is not None and not texts:
            self._change(node, ast.BinOp(node.left, other(), node.right), "arithmetic")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in {"cast", "TypeVar"}:
            return
        if name in OPPOSITES:
            self._add(node.func, OPPOSITES[name], "call")
        self.visit(node.func)
        for number, argument in enumerate(node.args):
            if name == "isinstance" and number == 1:
                self._classes(argument)
            else:
                self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg not in {"strict", *MESSAGES}:  # what "strict" checks of zip holds already
                self.visit(keyword.value)

    def _classes(self, node: ast.expr) -> None:
        if isinstance(node, ast.BinOp):
            self._change(node, node.left, "class dropped")
            self._change(node, node.right, "class dropped")
            self._classes(node.left)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._add(node, repr(not value), "constant")
        elif isinstance(value, int):
            self._add(node, f"({value + 1})", "constant")
            self._add(node, f"({value - 1})", "constant")
        elif isinstance(value, float):
            self._add(node, f"({value * 1.1 + 0.1})", "constant")
        elif isinstance(value, str) and not any(map(str.isspace, value)):
            self._add(node, repr(value + "X"), "string")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def points(places: Iterable[str]) -> list[Point]:
    """Return all points of some packages or files, in order."""
    found: list[Point] = []
    for each in places:
        place = ROOT / each
        if not place.exists():
            raise SystemExit(f"there is no {each}: the packages are {', '.join(TESTS)}")
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            file = str(path.relative_to(ROOT))
            found += Points(file, _source(file).decode()).found
    return sorted(set(found))


# What the tests call


class Recorder:
    """Notes for each test how long it took and which functions of a package it, or a fixture of its, called."""

    def __init__(self, package: str) -> None:
        self.tests: dict[str, dict[str, Any]] = {}
        self.fixtures: dict[str, dict[str, Any]] = {}
        self.failed: set[str] = set()
        self._below = str(ROOT / package)
        self._known: set[int] = set()
        self._called: set[str] = set()

    def _trace(self, frame: FrameType, event: str, _: object) -> None:
        code: CodeType = frame.f_code
        if event == "call" and id(code) not in self._known:
            self._known.add(id(code))
            if code.co_filename.startswith(self._below):
                self._called.add(f"{Path(code.co_filename).relative_to(ROOT)}:{code.co_qualname}")

    def _fresh(self) -> tuple[set[int], set[str]]:
        before = self._known, self._called
        self._known, self._called = set(), set()
        return before

    def pytest_sessionstart(self) -> None:
        _generate_the_same_cases()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        before = self._fresh()
        begun = time.monotonic()
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                note = self.fixtures.setdefault(str(fixturedef), {"seconds": 0.0, "calls": []})
                note["seconds"] += time.monotonic() - begun
                note["calls"] = sorted({*note["calls"], *self._called})
                self._known, self._called = before
            else:
                self._known, self._called = set(), before[1] | self._called

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._fresh()
        sys.settrace(self._trace)
        threading.settrace(self._trace)
        spent = sum(note["seconds"] for note in self.fixtures.values())
        begun = time.monotonic()
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            seconds = time.monotonic() - begun - (sum(note["seconds"] for note in self.fixtures.values()) - spent)
            definitions = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
            used = [str(each) for defs in definitions.values() for each in defs if each.scope != "function"]
            self.tests[item.nodeid] = {"seconds": max(seconds, 0.0), "calls": sorted(self._called), "fixtures": used}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.add(report.nodeid)


def _generate_the_same_cases() -> None:
    """Have hypothesis generate the same cases in each session, so that a mutant has one verdict."""
    profile = hypothesis.settings(hypothesis.settings.get_profile("ci"), derandomize=True, database=None)
    hypothesis.settings.register_profile("mutants", profile)
    hypothesis.settings.load_profile("mutants")


class Only:
    """Runs the tests of a list, in its order, with a cache that is kept where one is given."""

    def __init__(self, names: Sequence[str], cache: Path | None) -> None:
        self._cache = cache
        self._order = {name: index for index, name in enumerate(names)}

    def pytest_sessionstart(self) -> None:
        _generate_the_same_cases()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid]
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        made = yield
        if fixturedef.argname == "_private_cache" and self._cache is not None:
            os.environ["XDG_CACHE_HOME"] = str(self._cache)
        return made


@cache
def _scratch() -> Path:
    """Return the folder for the files of tests, of this run alone."""
    path = Path(tempfile.mkdtemp(prefix="mutants-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def _pytest(arguments: Sequence[str], plugin: object) -> int:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=", "--import-mode=importlib"]
    options += ["--basetemp", str(_scratch() / "tests")]
    options += ["-m", "not java"]  # they take longer to begin than a mutant is given
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what is imported already
    return int(pytest.main([*options, *arguments], plugins=[plugin]))


def _in_a_child(run: Any, seconds: float, log: Path | None = None) -> int | None:  # noqa: ANN401 - a function without arguments
    """Return the exit code of a function that runs in a forked process group; None when it took too long."""
    child = os.fork()
    if not child:
        code = 99
        try:
            os.setsid()
            if log is not None:
                target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                for stream in (1, 2):
                    os.dup2(target, stream)
            code = run()
        except BaseException:  # noqa: BLE001 - whatever it is, the process ends here
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _end_group(child)
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    _end_group(child)
    os.waitpid(child, 0)
    return None


def _end_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _files(patterns: Iterable[str]) -> list[str]:
    files = sorted(str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern))
    if not files:
        raise SystemExit(f"no tests are called {', '.join(patterns)}")
    return files


def _digest(file: str) -> str:
    """Return a digest of a file of tests and of what it shares with others."""
    shared = [path / "conftest.py" for path in (ROOT / file).parents if path.is_relative_to(ROOT / "tests")]
    texts = [path.read_bytes() for path in (ROOT / file, *shared) if path.is_file()]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def observed(package: str) -> dict[str, Any]:
    """Return what the tests of a package call, from a run of them; files that have not changed since the last are not run.

    What they call may have changed: then fewer tests are chosen for a mutant than could be. ``build/mutants`` can be
    deleted.
    """
    place = NOTES / f"{package.replace('/', '-')}.json"
    notes: dict[str, Any] = {"files": {}, "tests": {}, "fixtures": {}}
    if place.is_file():
        notes = json.loads(place.read_text(encoding="utf-8"))
    found = [ROOT / name for name in _files(TESTS[package])]
    paths = [path for each in found for path in (sorted(each.rglob("test_*.py")) if each.is_dir() else [each])]
    digests = {str(path.relative_to(ROOT)): _digest(str(path.relative_to(ROOT))) for path in paths}
    fresh = [name for name, digest in digests.items() if notes["files"].get(name) != digest]
    kept = {name: test for name, test in notes["tests"].items() if name.partition("::")[0] in {*digests} - {*fresh}}
    notes |= {"files": digests, "tests": kept}
    if not fresh:
        return notes

    def run() -> int:
        recorder = Recorder(package)
        code = _pytest(fresh, recorder)
        notes["tests"] |= {name: test for name, test in recorder.tests.items() if name not in recorder.failed}
        notes["fixtures"] |= recorder.fixtures
        place.write_text(json.dumps({**notes, "failed": sorted(recorder.failed)}), encoding="utf-8")
        return 0 if code in {0, 1} else 1

    NOTES.mkdir(parents=True, exist_ok=True)
    log = place.with_suffix(".log")
    if _in_a_child(run, 3600, log) != 0:
        raise SystemExit(f"the tests of {package} do not run: see {log}")
    known: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    if known["failed"]:
        _say(f"{len(known['failed'])} tests of {package} fail or skip without a change and are left out")
    return known


@cache
def _named_in(file: str, module: str) -> bool:
    """Whether a file of tests names a module, or is called after it."""
    path = ROOT / file
    return module in path.read_text(encoding="utf-8") or module.rpartition(".")[2] in path.stem


def chosen(point: Point, notes: dict[str, Any], budget: float) -> tuple[list[str], float]:
    """Return tests that call the function of a point, and the seconds that they should take.

    Those whose file names the module are the first, and among them the fastest.
    """
    place = f"{point.file}:{point.function}"

    def calls(called: Iterable[str]) -> bool:
        return place in called if point.function else any(each.startswith(f"{point.file}:") for each in called)

    fixtures = notes["fixtures"]
    shared = {name for name, fixture in fixtures.items() if calls(fixture["calls"])}
    costs: dict[str, float] = {}
    for name, test in notes["tests"].items():
        named = not point.function and _named_in(name.partition("::")[0], point.module)
        if named or calls(test["calls"]) or shared & set(test["fixtures"]):
            costs[name] = test["seconds"] + sum(
                fixtures[each]["seconds"] for each in test["fixtures"] if each in fixtures
            )
    names: list[str] = []
    seconds = before = 0.0
    ready: set[str] = set()
    for name in sorted(
        costs, key=lambda name: (not _named_in(name.partition("::")[0], point.module), costs[name], name)
    ):
        test = notes["tests"][name]
        more = sum(fixtures[each]["seconds"] for each in {*test["fixtures"]} - ready if each in fixtures)
        if not names:
            before, more = more, 0.0  # without them nothing could be run
        elif seconds + more + test["seconds"] > budget:
            continue
        names.append(name)
        ready.update(test["fixtures"])
        seconds += more + test["seconds"]
    return names, before + seconds


# Running mutants


class MutantLoader(importlib.machinery.SourceFileLoader):
    """Loads one module from a changed text."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, self.get_filename(fullname), "exec", dont_inherit=True)


class MutantFinder(importlib.abc.MetaPathFinder):
    """Finds one module in a changed text."""

    def __init__(self, name: str, path: str, text: str) -> None:
        self._name = name
        self._loader = MutantLoader(name, path, text)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._loader.path, loader=self._loader)


def _code_in(code: CodeType, name: str, line: int) -> CodeType | None:
    """Return the code of a function within that of its module."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            if inner.co_qualname == name and inner.co_firstlineno == line:
                return inner
            if found := _code_in(inner, name, line):
                return found
    return None


def replace_code(point: Point) -> bool:
    """Change a function of a module that is imported already; False where it cannot be found, or is not a function."""
    name = point.function.partition(".<locals>")[0]
    module = sys.modules.get(point.module)
    if not name or module is None:
        return False
    place: Any = module
    for part in name.split("."):
        place = vars(place).get(part)
        if place is None:
            return False
    for inside in ("fget", "__func__", "func", "__wrapped__"):
        place = getattr(place, inside, place)
    if not isinstance(place, FunctionType) or place.__qualname__ != name:
        return False
    changed = compile(point.apply()[1], place.__code__.co_filename, "exec", dont_inherit=True)
    code = _code_in(changed, name, place.__code__.co_firstlineno)
    if code is None or len(code.co_freevars) != len(place.__code__.co_freevars):
        return False
    place.__code__ = code
    return True


class InPlace:
    """Runs tests for one mutant after another, each in a fork of a session in which everything is imported already.

    In it the code of one function is replaced. A mutant that is not noticed like this may be in the next run: what runs
    at import ran before the change.
    """

    def __init__(self, tasks: Sequence[tuple[Point, list[str], float]], told: int) -> None:
        self._tasks = tasks
        self._told = told
        self._control = _scratch() / "control.json"

    def pytest_sessionstart(self) -> None:
        _generate_the_same_cases()

    def _run(self, session: pytest.Session, items: Sequence[pytest.Item], *, first: bool) -> list[str]:
        """Run tests and return those that fail, or the first of them."""
        failed = []
        for position, item in enumerate(items):
            before = session.testsfailed
            following = items[position + 1] if position + 1 < len(items) else None
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed > before:
                failed.append(item.nodeid)
                if first:
                    break
        return failed

    def _unsound(self, session: pytest.Session, items: dict[str, pytest.Item]) -> set[str]:
        """Return the tests that fail here without a change."""
        needed = {name for _, names, _ in self._tasks for name in names}

        def run() -> int:
            failed = self._run(session, [item for name, item in items.items() if name in needed], first=False)
            self._control.write_text(json.dumps(failed), encoding="utf-8")
            return 0

        if _in_a_child(run, 1800) != 0:
            raise SystemExit("the tests do not run without a change")
        return {*json.loads(self._control.read_text(encoding="utf-8"))}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        package = importlib.import_module("kg")
        for each in pkgutil.walk_packages(package.__path__, "kg.", onerror=lambda _: None):
            with suppress(Exception, SystemExit):
                importlib.import_module(each.name)
        if len(list(Path("/proc/self/task").iterdir())) > 1:
            raise SystemExit("something that is imported starts a thread: forks would hang")
        items = {item.nodeid: item for item in session.items}
        unsound = self._unsound(session, items)
        for point, names, seconds in self._tasks:
            tests = [items[name] for name in names if name in items and name not in unsound]

            def run(point: Point = point, tests: Sequence[pytest.Item] = tests) -> int:
                if not replace_code(point):
                    return NOT_REPLACED
                return int(bool(self._run(session, tests, first=True)))

            code = _in_a_child(run, 10 + PATIENCE * seconds)
            found = {None: "timeout", 0: "survived", 1: "killed"}.get(code, "untried")
            os.write(self._told, f"{found}\n".encode())
        return True


def at_once(sample: Sequence[Point], notes: dict[str, Any]) -> Iterator[str]:
    """Yield for each point of a package what became of its mutant in the first run."""
    tasks = [(point, *chosen(point, notes, BUDGET)) for point in sample]
    files = sorted({name.partition("::")[0] for _, names, _ in tasks for name in names})
    reading, writing = os.pipe()
    server = os.fork()
    if not server:
        os.close(reading)
        os.setsid()
        target = os.open(NOTES / "at-once.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for stream in (1, 2):
            os.dup2(target, stream)
        try:
            _pytest(files, InPlace(tasks, writing))
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="utf-8") as verdicts:
            for number in range(len(tasks)):
                if not (found := verdicts.readline().strip()):
                    raise SystemExit(f"mutant {number} ended the tests: see {NOTES / 'at-once.log'}")
                yield found
    finally:
        _end_group(server)
        os.waitpid(server, 0)


def verdict(point: Point, notes: dict[str, Any], budget: float) -> str:
    """Return what became of a mutant: killed, timeout, survived, or untested where no test calls its function."""
    names, seconds = chosen(point, notes, budget)
    if not names:
        return "untested"
    text = point.apply()[1]
    try:
        compile(text, point.file, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise SystemExit(f"{point} is no Python: {error}") from error

    def run() -> int:
        sys.meta_path.insert(0, MutantFinder(point.module, str(ROOT / point.file), text))
        files = sorted({name.partition("::")[0] for name in names})
        return _pytest(["-x", *files], Only(names, kept))

    log = NOTES / "last.log"
    kept = NOTES / "cache" if _package(point) in READERS else None
    code = _in_a_child(run, 20 + PATIENCE * seconds, log)
    if code == int(pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(f"the tests of {point.file} are not those that were observed: {names[:3]}")
    return "timeout" if code is None else "killed" if code else "survived"


def equivalents() -> dict[tuple[str, str], str]:
    """Return the mutants that no test can notice, by the lines before and after, each with the reason."""
    listed = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")) if EQUIVALENT.is_file() else {}
    return {(each["before"], each["after"]): each["reason"] for each in listed.get("mutant", ())}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _package(point: Point) -> str:
    return next(package for package in TESTS if point.file.startswith(f"{package}/") or point.file == package)


def outcomes(sample: Sequence[Point], *, quick: bool) -> Iterator[tuple[Point, str]]:
    """Yield each point of a sample with its verdict; a quick one is that of the first run, where it can say something."""
    excused = equivalents()
    for package, group in groupby(sorted(sample, key=lambda point: (_package(point), point)), _package):
        notes = observed(package)
        several = list(group)
        for point, first in zip(several, at_once(several, notes), strict=True):
            found = first
            if first in {"survived", "untried"} and point.lines() in excused:
                found = "equivalent"
            elif first == "untried" or (first == "survived" and not quick):
                found = verdict(point, notes, BUDGET if quick else WHOLE_BUDGET)
            yield point, found


def main() -> int:
    """Run a sample and report it; the exit code is 1 where less than nine mutants of ten should have been noticed."""
    parser = argparse.ArgumentParser(description="Change the code at random points and report what no test notices.")
    parser.add_argument(
        "places", nargs="*", metavar="PACKAGE", default=list(TESTS), help=f"{', '.join(TESTS)}, or a file of one"
    )
    parser.add_argument("--count", type=int, default=200, help="how many mutants (200)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    parser.add_argument("--quick", action="store_true", help="do without the second run, for work on the tests")
    options = parser.parse_args()
    if unknown := [name for name in options.places if not any(f"{name}/".startswith(f"{each}/") for each in TESTS)]:
        parser.error(f"no tests are known for {', '.join(unknown)}; the packages are {', '.join(TESTS)}")
    os.chdir(ROOT)
    _scratch()
    sys.path.insert(0, str(ROOT))
    for name in PRELOADED:
        importlib.import_module(name)
    everything = points(options.places)
    sample = random.Random(options.seed).sample(everything, min(options.count, len(everything)))  # noqa: S311 - a sample
    _say(f"{len(sample)} of {len(everything)} mutants, seed {options.seed}")
    counts: Counter[str] = Counter()
    by_package: dict[str, Counter[str]] = {}
    for number, (point, found) in enumerate(outcomes(sample, quick=options.quick), 1):
        counts[found] += 1
        by_package.setdefault(_package(point), Counter())[found] += 1
        before, after = point.lines()
        _say(f"{number:4} {found:10} {point.file}:{point.start[0]} ({point.kind})")
        if found in {"survived", "untested"}:
            _say(f"     - {before}\n     + {after}")
    for package, numbers in [*sorted(by_package.items()), ("all", counts)]:
        told = ", ".join(f"{number} {name}" for name, number in sorted(numbers.items()))
        _say(f"{package}: {share(numbers):.1%} killed ({told})")
    return 0


def share(counts: Counter[str]) -> float:
    """Return the share of the mutants killed, a timeout counting as killed and equivalent ones not at all."""
    total = counts.total() - counts["equivalent"]
    return (counts["killed"] + counts["timeout"]) / total if total else 1.0


if __name__ == "__main__":
    raise SystemExit(main())
