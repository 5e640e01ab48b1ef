"""The console's site as text: its files, what each module imports and exports, and its words."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

SITE = Path(__file__).resolve().parents[3] / "functions" / "console" / "site"
LANGUAGES = ("en", "es", "fr")
ROOMS = ("common", "setup", "connection")

_IMPORT = re.compile(r'(?:import|export)\s*(?:\{([^}]*)\}\s*from\s*)?"([^"]+)";')
_LATER = re.compile(r'import\("([^"]+)"\)')
_EXPORT = re.compile(r"^export (?:async )?(?:function\*?|const|class|let) (\w+)", re.MULTILINE)
_EXPORT_LIST = re.compile(r"export\s*\{([^}]*)\}")
_WORD = re.compile(
    r'^ {2}"([^"]+)":\s*("(?:[^"\\]|\\.)*"|\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}),?$', re.MULTILINE
)
_FORM = re.compile(r'(\w+):\s*("(?:[^"\\]|\\.)*")')
_COMMENT = re.compile(r"/\*[\s\S]*?\*/|^\s*//.*$", re.MULTILINE)

Text = str | dict[str, str]


def modules() -> list[Path]:
    """All modules that are our own."""
    return sorted(path for path in SITE.rglob("*.js") if "vendor" not in path.parts)


def code(path: Path) -> str:
    """A module without its comments."""
    return _COMMENT.sub("", path.read_text(encoding="utf-8"))


def imports(path: Path) -> list[tuple[Path, list[str]]]:
    """What a module needs before it runs: the file, and the names taken from it."""
    return [
        ((path.parent / found[2]).resolve(), _names(found[1] or "")) for found in _IMPORT.finditer(code(path))
    ]


def imports_later(path: Path) -> list[Path]:
    """What a module reads when it is first needed."""
    return [(path.parent / found[1]).resolve() for found in _LATER.finditer(code(path))]


def exports(path: Path) -> set[str]:
    """The names that a module gives."""
    text = path.read_text(encoding="utf-8")
    listed = [name for found in _EXPORT_LIST.finditer(text) for name in found[1].split(",") if name.strip()]
    return {found[1] for found in _EXPORT.finditer(text)} | {name.split()[-1] for name in listed}


def closure(*start: Path, later: bool = False) -> set[Path]:
    """Everything that modules need, and with `later` also what they may come to need."""
    seen: set[Path] = set()
    left = list(start)
    while left:
        path = left.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        left += [needed for needed, _ in imports(path)]
        left += imports_later(path) if later else []
    return seen


@cache
def words(language: str, room: str) -> dict[str, Text]:
    """The words of one file. Fails on a line that is no word, so that none is overlooked."""
    text = (SITE / "words" / language / f"{room}.js").read_text(encoding="utf-8")
    found = {one[1]: _text(one[2]) for one in _WORD.finditer(text)}
    rest = _COMMENT.sub("", _WORD.sub("", text))
    assert "".join(rest.split()) == "exportdefault{};", f"{language}/{room}: {' '.join(rest.split())[:200]}"
    return found


def _text(written: str) -> Text:
    if written.startswith('"'):
        return str(json.loads(written))
    return {form[1]: str(json.loads(form[2])) for form in _FORM.finditer(written)}


def _names(listed: str) -> list[str]:
    return [name.split()[0] for name in listed.split(",") if name.strip()]
