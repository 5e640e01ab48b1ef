"""Texts of records: how long an item lets them be, and where the longer ones of conflicts and undo lie.

Such a text goes to the work bucket, and the item holds "work:<name>" in its place. Both twins of the links do
it here, so that one refuses what the other refuses.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from plumbline.errors import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import DataclassInstance

    from plumbline.stores.items import Item, Value
    from plumbline.stores.ports import Work
    from plumbline.stores.records import Conflict, Undo

    Record = TypeVar("Record", bound=DataclassInstance)
    Long = TypeVar("Long", Conflict, Undo)

LONGEST_TEXT = 32_768
"""Bytes of the longest text an item may hold; longer ones belong into the work bucket."""

_WIDEST = 4
"""Bytes of the widest character in UTF-8."""

_POINTER = "work:texts/"
_LONG_FIELDS = ("tracker", "procore", "before", "after")


def short_enough(text: str, name: str) -> str:
    """The text of an attribute. Raises `Reject` (code "text_too_long") when no item may hold it."""
    if is_long(text):
        raise Reject(
            "text_too_long",
            f"The text of {name} is longer than 32 KB.",
            "Shorten it and save again.",
            field=name,
        )
    return text


def is_long(text: str) -> bool:
    """Whether a text is too long for an item."""
    return len(text) * _WIDEST > LONGEST_TEXT and len(text.encode()) > LONGEST_TEXT


def kept(record: Record) -> Record:
    """The record as a table keeps it: dicts of its own, in them lists for tuples.

    Raises `Reject` for a text that is too long and `TypeError` for a value that no item can hold.
    """
    own = {}
    for name in record.__dataclass_fields__:
        value = getattr(record, name)
        if value and isinstance(value, str | dict | tuple):
            settled = _kept(value, name)
            if isinstance(value, dict):
                own[name] = settled
    return replace(record, **own) if own else record


def handed_out(record: Record) -> Record:
    """A kept record for a reader, who may change its dicts without changing what is kept."""
    own = {}
    for name in record.__dataclass_fields__:
        value = getattr(record, name)
        if value and isinstance(value, dict):
            own[name] = _copied(value)
    return replace(record, **own) if own else record


def moved_out(record: Long, work: Work | None) -> Long:
    """The conflict or undo as its item holds it: long texts are in the bucket now, pointers in their place.

    A text that looks like a pointer goes there too, so no text of a person is taken for one. Without a bucket
    nothing moves, and the item refuses what is too long.
    """
    if work is None:
        return record
    under = f"texts/{type(record).__name__.lower()}/{record.link_id}/{record.id}"
    return _changed(record, lambda value, name: _moved_out(value, work, f"{under}/{name}"))


def brought_in(record: Long, work: Work | None) -> Long:
    """The conflict or undo with its whole texts again.

    Raises `Reject` (code "text_gone") when the bucket has one no more.
    """
    return record if work is None else _changed(record, lambda value, _: _brought_in(value, work))


def drop_texts(held: Item, work: Work | None) -> None:
    """Remove the long texts of a conflict or undo from the bucket, before its item goes."""
    if work is not None:
        for name in _pointers([held.get(name) for name in _LONG_FIELDS]):
            work.delete(name)


def _pointers(value: Value) -> Iterator[str]:
    """The names of all objects that a value points to."""
    if isinstance(value, str):
        if value.startswith(_POINTER):
            yield value.removeprefix("work:")
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _pointers(inner)


def _kept(value: Value, name: str) -> Value:
    if isinstance(value, str):
        return short_enough(value, name)
    if isinstance(value, dict):
        return {_word(key, name): _kept(inner, f"{name}.{key}") for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_kept(inner, name) for inner in value]
    if value is None or isinstance(value, int | float | bytes):
        return value
    raise TypeError(f"{name} holds a {type(value).__name__}, which no item can hold")


def _copied(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _word(key: Value, name: str) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"{name} has a key of type {type(key).__name__}; an item's keys are texts")


def _changed(record: Long, change: Callable[[Value, str], Value]) -> Long:
    own = {
        name: change(getattr(record, name), name)
        for name in _LONG_FIELDS
        if name in record.__dataclass_fields__
    }
    return replace(record, **own)


def _moved_out(value: Value, work: Work, name: str) -> Value:
    if isinstance(value, dict):
        return {key: _moved_out(inner, work, f"{name}/{key}") for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_moved_out(inner, work, f"{name}/{place}") for place, inner in enumerate(value)]
    if not isinstance(value, str) or not (is_long(value) or value.startswith(_POINTER)):
        return value
    work.put(name, value.encode())
    return f"work:{name}"


def _brought_in(value: Value, work: Work) -> Value:
    if isinstance(value, dict):
        return {key: _brought_in(inner, work) for key, inner in value.items()}
    if isinstance(value, list):
        return [_brought_in(inner, work) for inner in value]
    pointed = isinstance(value, str) and value.startswith(_POINTER)
    return _text(work, value.removeprefix("work:")) if pointed else value


def _text(work: Work, name: str) -> str:
    content = work.get(name)
    if content is None:
        raise Reject(
            "text_gone",
            f"The stored text {name} is no longer there.",
            "Take the value from the other system's own history.",
            field=name,
        )
    return content.decode()
