"""A believable commissioning project: issues, comments, people, assets and the recipe of each file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DATA = Path(__file__).with_name("commissioning.json")


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file of an issue: `size` in bytes, `kind` one of pdf, jpeg, png, csv, bin."""

    id: str
    issue_id: str
    name: str
    kind: str
    size: int
    seed: int


def load() -> dict[str, Any]:
    """Return the account as fresh JSON values: projects, lists, people, assets, issues and files."""
    data: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return data


def file_specs() -> tuple[FileSpec, ...]:
    """Return every file of the project in the order of its id."""
    return tuple(FileSpec(**row) for row in load()["files"])
