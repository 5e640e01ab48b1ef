"""The static site: every file of `site/`, by its name.

The page asks for its parts under an address that holds a hash of the whole site, so that a browser keeps them
for good, and a page never runs with parts of another version.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console_site.answers import answer as answered
from plumbline.errors import Reject
from plumbline.gateway import header

if TYPE_CHECKING:
    from collections.abc import Mapping

SITE = Path(__file__).resolve().parent.parent / "site"
PAGE = "index.html"
# Text only: API Gateway passes nothing else without a list of binary types.
KINDS = {
    "": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
ASK_FIRST = "no-cache"
FOR_GOOD = "public, max-age=31536000, immutable"
_VERSIONED = re.compile(r"^v-([0-9a-f]{16})/(.+)$")
_REFERENCE = re.compile(r'(?<=[\s])(src|href)="(?:\./)?([^":#?]+)"')


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is sent."""

    text: str
    kind: str
    tag: str


@dataclass(frozen=True, slots=True)
class Site:
    """All files by name, and the version that the page asks for."""

    files: Mapping[str, File]
    version: str


def read(folder: Path) -> Site:
    """Read a site. The version changes with any of its files."""
    texts = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    version = _hash("".join(f"{name}\0{_hash(text)}\n" for name, text in texts.items()))[:16]
    if PAGE in texts:
        texts[PAGE] = _pointing(texts[PAGE], f"v-{version}", set(texts))
    files = {name: File(text, KINDS[Path(name).suffix], _hash(text)[:32]) for name, text in texts.items()}
    return Site(files, version)


def _pointing(page: str, folder: str, names: set[str]) -> str:
    """Return the page with its references to files of the site leading into a folder."""

    def moved(found: re.Match[str]) -> str:
        name = found[2]
        return f'{found[1]}="{folder}/{name}"' if name in names else found[0]

    return _REFERENCE.sub(moved, page)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def site() -> Site:
    """The site of this deployment, read once."""
    return read(SITE)


def answer(event: dict[str, Any]) -> dict[str, Any]:
    """Answer a file, that it is unchanged, or where the page is. Raises `Reject` for what is not there."""
    asked = (event.get("pathParameters") or {}).get("proxy", "")
    if not asked:
        return answered(302, Location=f"console/{PAGE}")
    name, keep = _resolved(asked)
    file = site().files.get(name)
    if file is None:
        step = f"Open console/{PAGE}."
        raise Reject("not_found", "There is no such page.", step, field="path", status=404)
    kept = {"Cache_Control": keep, "ETag": f'W/"{file.tag}"'}
    if file.tag in _known(event):
        return answered(304, **kept)
    return answered(200, file.text, Content_Type=file.kind, **kept)


def _resolved(asked: str) -> tuple[str, str]:
    """The file's name, and how long a browser may keep it.

    A page of an earlier version that still loads gets today's file rather than none.
    """
    if found := _VERSIONED.match(asked):
        return found[2], FOR_GOOD if found[1] == site().version else ASK_FIRST
    return asked, ASK_FIRST


def _known(event: dict[str, Any]) -> set[str]:
    """The tags that the browser holds; a gateway that compresses may have made them weak."""
    return {one.strip().removeprefix("W/").strip('"') for one in header(event, "if-none-match").split(",")}
