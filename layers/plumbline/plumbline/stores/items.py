"""Records into DynamoDB items and back, the one place that knows both.

An item leaves out what has its default value, and reading ignores attributes it does not know: so older code
reads newer items, and newer code older ones.
"""

from __future__ import annotations

import functools
from dataclasses import MISSING, Field, fields
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, get_type_hints

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from plumbline.stores.texts import short_enough

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Record = TypeVar("Record", bound=DataclassInstance)

Value: TypeAlias = Any
"""What an attribute may hold: text, number, bytes, flag, and lists and maps of these."""

Item = dict[str, Value]
"""An item with plain Python values."""

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


def attributes(record: DataclassInstance) -> Item:
    """Every field of a record as an attribute; None stands for "leave it out, it has its default"."""
    return {f.name: _attribute(getattr(record, f.name), f) for f in fields(record)}


def to_item(record: DataclassInstance) -> Item:
    """A record as a new item, without what has its default."""
    return {name: value for name, value in attributes(record).items() if value is not None}


def from_item(kind: type[Record], item: Item) -> Record:
    """Build a record from an item; what is missing has its default, what is unknown is ignored."""
    hints = _hints(kind)
    known = {f.name for f in fields(kind)}
    return kind(**{name: _value(hints[name], given) for name, given in item.items() if name in known})


def pack(item: Item) -> dict[str, Any]:
    """An item in DynamoDB's own form. Raises `Reject` for a text that is too long."""
    # An update's values are named ":to_<attribute>"; an error names the attribute.
    return {
        name: _serializer.serialize(_stored(value, name.removeprefix(":to_"))) for name, value in item.items()
    }


def unpack(raw: dict[str, Any]) -> Item:
    """DynamoDB's own form as an item with plain Python values."""
    return {name: _plain(_deserializer.deserialize(value)) for name, value in raw.items()}


def _attribute(value: Value, field: Field[Any]) -> Value:
    # A version is always there: conditions compare it.
    if value == _default(field) and field.name != "version":
        return None
    return list(value) if isinstance(value, tuple) else value


def _default(field: Field[Any]) -> Value:
    return field.default_factory() if field.default_factory is not MISSING else field.default


@functools.cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: object, given: Value) -> Value:
    if hint is float:
        return float(given)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(given)
    if not isinstance(given, list):
        return given
    return tuple(map(float, given)) if hint == tuple[float, ...] else tuple(given)


def _stored(value: Value, name: str) -> Value:
    """What the serializer takes: decimals for floats, plain texts for enums, through maps and lists."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return short_enough(value, name)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {key: _stored(inner, f"{name}.{key}") for key, inner in value.items()}
    return [_stored(inner, name) for inner in value] if isinstance(value, list | tuple) else value


def _plain(value: Value) -> Value:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Binary):
        return bytes(value)  # type: ignore[call-overload]  # the stubs leave out its __bytes__
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
