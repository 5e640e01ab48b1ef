"""People, companies, roles and assets read from lists whose fields no public source shows. Pure.

The likely names are all taken; what stays unknown is an entry without a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plumbline.cxalloy.model import Asset, Company, Person, Role
from plumbline.cxalloy.reading import blank_to_none

if TYPE_CHECKING:
    from collections.abc import Callable


def read_person(record: object) -> Person:
    """Return the person in a record; ValueError without a key."""
    key, told = _keyed(record, "person_id", "person_key")
    parts = (_told(told, "first_name"), _told(told, "last_name"))
    email = _told(told, "email", "email_address") or ""
    name = _told(told, "name", "full_name") or " ".join(part for part in parts if part)
    return Person(key, name or email or key, email)


def read_company(record: object) -> Company:
    """Return the company in a record; ValueError without a key."""
    key, told = _keyed(record, "company_id", "company_key")
    return Company(key, _told(told, "name", "company_name") or key)


def read_role(record: object) -> Role:
    """Return the role in a record; ValueError without a key."""
    key, told = _keyed(record, "role_id", "role_key")
    return Role(key, _told(told, "name", "role_name") or key)


def asset_reader(kind: str) -> Callable[[object], Asset]:
    """Return a reader of the assets of one type, such as "equipment"; it raises ValueError without a key."""

    def read(record: object) -> Asset:
        key, told = _keyed(record, f"{kind}_id", f"{kind}_key", "asset_key")
        return Asset(kind, key, _told(told, "name", f"{kind}_name", "asset_name") or key)

    return read


def _keyed(record: object, *names: str) -> tuple[str, dict[str, Any]]:
    told = record if isinstance(record, dict) else {}
    key = _told(told, *names, "id", "key")
    if key is None:
        raise ValueError("an entry of the list has no key")
    return key, told


def _told(record: dict[str, Any], *names: str) -> str | None:
    found = (blank_to_none(record.get(name)) for name in names)
    return next((str(value) for value in found if value is not None), None)
