"""Reads our code without running it: what a file imports, and which settings a function's code asks for."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

from tests.template import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = ROOT / "layers" / "plumbline" / "plumbline"
FUNCTIONS = ROOT / "functions"


@functools.cache
def parsed(path: Path) -> ast.Module:
    """The code of one file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def sources(folder: Path) -> list[Path]:
    """The files of code in a folder and below."""
    return sorted(folder.rglob("*.py"))


def module_name(path: Path) -> str:
    """The dotted name of a file of the library."""
    parts = path.relative_to(LIBRARY.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(code: Path | ast.AST) -> set[str]:
    """Every module that a file or a single import names, those for type checkers too."""
    if isinstance(code, ast.Import):
        return {one.name for one in code.names}
    if isinstance(code, ast.ImportFrom):
        return {code.module or ""} | {f"{code.module}.{one.name}" for one in code.names}
    return set() if isinstance(code, ast.AST) else set().union(*map(imported, ast.walk(parsed(code))))


def packages(path: Path) -> set[str]:
    """The packages at the top of what a file imports."""
    return {name.split(".")[0] for name in imported(path)}


def settings_read(folder: Path) -> set[str]:
    """The environment variables that the code of one function may ask for, directly or through wiring."""
    own = [parsed(path) for path in sources(folder)]
    return set().union(*map(_asked, own), *(_asked(wiring_makers()[name]) for name in makers_used(folder)))


def makers_used(folder: Path) -> set[str]:
    """The functions of wiring that the code of one function uses, and those that these use in turn."""
    waiting = set().union(*(_used_of_wiring(parsed(path)) for path in sources(folder)))
    done: set[str] = set()
    while waiting:
        done.add(maker := waiting.pop())
        waiting |= _used_of_wiring(wiring_makers()[maker]) - done
    return done


@functools.cache
def wiring_makers() -> dict[str, ast.FunctionDef]:
    """The functions of wiring by their name."""
    files = sorted(LIBRARY.glob("wiring*.py"))
    return {one.name: one for path in files for one in parsed(path).body if isinstance(one, ast.FunctionDef)}


def _asked(code: ast.AST) -> set[str]:
    """The constants given to `setting`; a name that is made up while running could not be checked."""
    found = set()
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and _last_name(node.func) == "setting":
            assert isinstance(node.args[0], ast.Constant), ast.unparse(node)
            found.add(str(node.args[0].value))
    return found


def _used_of_wiring(code: ast.AST) -> set[str]:
    given = {one.arg for one in ast.walk(code) if isinstance(one, ast.arg)}
    names = {one.id for one in ast.walk(code) if isinstance(one, ast.Name)} - given
    attributes = {
        one.attr
        for one in ast.walk(code)
        if isinstance(one, ast.Attribute) and ast.unparse(one.value).startswith("wiring")
    }
    direct = attributes | (names if isinstance(code, ast.FunctionDef) else set())
    return direct & wiring_makers().keys()


def _last_name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
