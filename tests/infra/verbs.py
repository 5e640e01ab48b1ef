"""Finds by reading the code which actions of AWS each function may come to use through its stores.

It looks wider than what really happens: a function counts as using whatever is asked of a store anywhere in
the modules that it loads, and a store's method as doing all that it may come to do.
"""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

from tests.infra.code import LIBRARY, imported, makers_used, module_name, parsed, sources, wiring_makers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Who has no right to list a bucket hears "forbidden" of an object that is not there. S3: "GetObject".
S3 = {"get_object": {"s3:GetObject", "s3:ListBucket"}, "put_object": {"s3:PutObject"}}
OF_A_CLIENT = S3 | {
    "delete_object": {"s3:DeleteObject"},
    "decrypt": {"kms:Decrypt"},
    "generate_data_key": {"kms:GenerateDataKey"},
}
QUERIES = {"all", "first", "page", "texts"}
HANDED_ON = {"moved_out": "put", "brought_in": "get", "drop_texts": "delete"}
"""What the functions for long texts do in the work bucket that a store hands to them."""
_MODULES = {module_name(path): path for path in sources(LIBRARY)}


def actions_used(folder: Path) -> dict[str, set[str]]:
    """The actions that the code of one function may use, by the variable that names what is used."""
    found: dict[str, set[str]] = {}
    for port, method in _asked_of_stores(folder):
        variable, actions = _port(port)
        found.setdefault(variable, set()).update(actions.get(method, set()))
    return found


def _asked_of_stores(folder: Path) -> set[tuple[str, str]]:
    makers = makers_used(folder)
    own = [parsed(path) for path in sources(folder)]
    loaded = _loaded([*own, *(wiring_makers()[name] for name in makers)])
    here = [*own, *(wiring_makers()[name] for name in makers)]
    everything = [*here, *map(parsed, loaded)]
    fields = {name: port for code in everything for name, port in _fields(code)}
    asked = {pair for code in everything for pair in _asked(code, fields)}
    asked |= {("Work", verb) for port, method in asked for verb in _handed_on(port, method)}
    # a store comes from its maker only: code that is loaded without it never has one
    made = {_last(one.returns) for name in makers if (one := wiring_makers()[name]).returns}
    return {(port, method) for port, method in asked if port in made}


def _handed_on(port: str, method: str) -> set[str]:
    """What a store's method asks of the work bucket."""
    defined = _defined(_module(_maker(port)))
    called = {name for one in _reached(method, defined) for name in _calls(defined[one])}
    return {HANDED_ON[name] for name in called & HANDED_ON.keys()}


def _loaded(begin: list[ast.Module | ast.FunctionDef]) -> set[Path]:
    """The files of the library that are loaded in the end, wiring and the stores themselves left out."""
    waiting = {name for code in begin for name in _runtime_imports(code)}
    done: set[Path] = set()
    while waiting:
        path = _MODULES.get(waiting.pop())
        if path and path not in done and not path.stem.startswith("wiring") and path.parent.name != "stores":
            done.add(path)
            waiting |= _runtime_imports(parsed(path))
    return done


def _runtime_imports(code: ast.AST) -> set[str]:
    for_checkers = {
        id(inner)
        for one in ast.walk(code)
        if isinstance(one, ast.If) and "TYPE_CHECKING" in ast.unparse(one.test)
        for inner in ast.walk(one)
    }
    return {name for one in ast.walk(code) if id(one) not in for_checkers for name in imported(one)}


def _fields(code: ast.AST) -> Iterator[tuple[str, str]]:
    """The attributes of classes that hold a store, by which other modules reach it too."""
    for one in ast.walk(code):
        if isinstance(one, ast.ClassDef):
            for said in one.body:
                match said:
                    case ast.AnnAssign(target=ast.Name(id=name), annotation=kind) if _last(kind) in _ports():
                        yield name, _last(kind)


def _asked(code: ast.AST, fields: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each port and method that a piece of code names, found by what its variables are said or made to be.

    `fields` are names of attributes that hold a store wherever they stand after a dot.
    """
    held = dict(_held(code, fields))
    for one in ast.walk(code):
        if isinstance(one, ast.Attribute):
            port = _made(one.value) or held.get(_last(one.value).removeprefix("_"), "")
            if not port and isinstance(one.value, ast.Attribute):
                port = fields.get(one.value.attr, "")
            if port:
                yield port, one.attr


def _held(code: ast.AST, fields: dict[str, str]) -> Iterator[tuple[str, str]]:
    for one in ast.walk(code):
        match one:
            case (
                ast.arg(arg=name, annotation=ast.expr() as said)
                | ast.AnnAssign(target=ast.Name(id=name), annotation=said)
            ):
                if _last(said) in _ports():
                    yield name, _last(said)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as value):
                if port := _made(value):
                    yield name, port
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(attr=field)) if field in fields:
                yield name, fields[field]
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                yield from ((_last(n), _made(v)) for n, v in zip(names, values, strict=True) if _made(v))


def _made(value: ast.expr) -> str:
    """The port that a call of a maker gives, or ""."""
    if not isinstance(value, ast.Call):
        return ""
    maker = wiring_makers().get(_last(value.func))
    port = _last(maker.returns) if maker and maker.returns else ""
    return port if port in _ports() else ""


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


@functools.cache
def _ports() -> frozenset[str]:
    ports = parsed(LIBRARY / "stores" / "ports.py")
    return frozenset(one.name for one in ports.body if isinstance(one, ast.ClassDef))


@functools.cache
def _port(port: str) -> tuple[str, dict[str, set[str]]]:
    """The variable that names where a port's data lies, and what each method of its store does there."""
    maker = _maker(port)
    (variable,) = [
        str(one.args[0].value)
        for one in ast.walk(maker)
        if isinstance(one, ast.Call)
        and _last(one.func) == "setting"
        and isinstance(one.args[0], ast.Constant)
    ]
    defined = _defined(_module(maker))
    return variable, {
        name: {action for one in _reached(name, defined) for action in _directly(defined[one])}
        for name in defined
    }


def _maker(port: str) -> ast.FunctionDef:
    return next(one for one in wiring_makers().values() if one.returns and _last(one.returns) == port)


def _module(maker: ast.FunctionDef) -> str:
    (module,) = [one.module for one in maker.body if isinstance(one, ast.ImportFrom) and one.module]
    return module


@functools.cache
def _defined(module: str) -> dict[str, ast.FunctionDef]:
    """The functions and methods of a store, and of the module that its class is built on."""
    code = parsed(_MODULES[module])
    bases = {_last(base) for one in code.body if isinstance(one, ast.ClassDef) for base in one.bases}
    below = [
        one.module
        for one in code.body
        if isinstance(one, ast.ImportFrom) and one.module and bases & {name.name for name in one.names}
    ]
    own = {one.name: one for one in ast.walk(code) if isinstance(one, ast.FunctionDef)}
    return {name: one for lower in below if lower in _MODULES for name, one in _defined(lower).items()} | own


def _reached(name: str, defined: dict[str, ast.FunctionDef]) -> set[str]:
    """A function, and what it may come to call beside it."""
    waiting, seen = {name} & defined.keys(), set[str]()
    while waiting:
        seen.add(current := waiting.pop())
        waiting |= _calls(defined[current]) & defined.keys() - seen
    return seen


def _calls(code: ast.FunctionDef) -> set[str]:
    """The names of functions beside it, and of methods of its own object, that a function refers to."""
    own = {
        one.attr for one in ast.walk(code) if isinstance(one, ast.Attribute) and _last(one.value) == "self"
    }
    given = {one.arg for one in code.args.args}
    return own | {one.id for one in ast.walk(code) if isinstance(one, ast.Name)} - given


def _directly(code: ast.FunctionDef) -> set[str]:
    found: set[str] = set()
    for one in ast.walk(code):
        match one:
            case ast.Call(func=ast.Name(id="Write"), args=[ast.Constant(value=verb), *_]):
                found.add(f"dynamodb:{verb!s}Item")
            case ast.Attribute(value=ast.Attribute(attr="_table"), attr=method):
                found |= {"dynamodb:GetItem"} if method == "get" else set()
                found |= {"dynamodb:Query"} if method in QUERIES else set()
            case ast.Attribute(value=ast.Attribute(attr="_client"), attr=method):
                found |= OF_A_CLIENT[method]
    return found
