"""One DynamoDB table with plain items: conditional writes that bring back what stood in their way.

In expressions `#word` means the attribute "word"; its name map is made from the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from botocore.exceptions import ClientError

from plumbline.errors import Retry
from plumbline.stores.items import Item, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    Answer = TypeVar("Answer")

TRIES = 3
"""How often a write goes again that met somebody's transaction on the same item."""

MOST_PAGES = 20
"""How many pages of DynamoDB one page of ours may read; a rare filter then ends early, with a token."""

_RETURNED = {"Put": "NONE", "Update": "ALL_NEW", "Delete": "ALL_OLD"}


class Refused(Exception):
    """A condition did not hold; `item` is what is stored, `position` which write of a transaction it was."""

    def __init__(self, item: Item | None, position: int = 0) -> None:
        super().__init__(position)
        self.item = item
        self.position = position


@dataclass(frozen=True, slots=True)
class Write:
    """One write, alone or in a transaction: `target` is the whole item of a Put, else the key."""

    verb: Literal["Put", "Update", "Delete"]
    target: Item
    change: str = ""
    condition: str = ""
    values: Item = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Search:
    """One query: `condition` on the keys of the table or of `index`, whose names are in `keys`."""

    condition: str
    values: Item
    index: str = ""
    keys: tuple[str, ...] = ("pk", "sk")
    only: str = ""
    newest_first: bool = False


def key(pk: str, sk: str) -> Item:
    """The key of one item."""
    return {"pk": pk, "sk": sk}


def assignment(changes: Item) -> tuple[str, Item]:
    """An update that sets each attribute to its value and removes those with None, with its values."""
    sets = [name for name, value in changes.items() if value is not None]
    removes = [name for name, value in changes.items() if value is None]
    text = "SET " + ", ".join(f"#{name} = :to_{name}" for name in sets)
    if removes:
        text += " REMOVE " + ", ".join(f"#{name}" for name in removes)
    return text, {f":to_{name}": changes[name] for name in sets}


class Table:
    """The table's verbs; reads are consistent but those of an index."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, pk: str, sk: str) -> Item | None:
        """One item, or None."""
        answer = self._client.get_item(TableName=self._name, Key=pack(key(pk, sk)), ConsistentRead=True)
        return unpack(answer["Item"]) if "Item" in answer else None

    def write(self, write: Write) -> Item:
        """Write once: the new item of an update, the old one of a delete, else {}. Raises `Refused`."""
        verbs: dict[str, Callable[..., Any]] = {
            "Put": self._client.put_item,
            "Update": self._client.update_item,
            "Delete": self._client.delete_item,
        }
        body = self._body(write) | {"ReturnValues": _RETURNED[write.verb]}
        answer = _through_conflicts(lambda: verbs[write.verb](**body))
        return unpack(answer.get("Attributes", {}))

    def transact(self, *writes: Write) -> None:
        """Write all or nothing. Raises `Refused` for the first condition that did not hold."""
        actions: list[Any] = [{write.verb: self._body(write)} for write in writes]
        _through_conflicts(lambda: self._client.transact_write_items(TransactItems=actions))

    def all(self, search: Search) -> Iterator[Item]:
        """Every item of a query, page by page."""
        query = self._query(search)
        for page in self._client.get_paginator("query").paginate(**query):
            yield from map(unpack, page["Items"])

    def texts(self, search: Search, name: str) -> Iterator[str]:
        """One text attribute of every item of a query; none else is sent."""
        query = self._query(search, shown=f"#{name}")
        for page in self._client.get_paginator("query").paginate(**query):
            yield from (item[name]["S"] for item in page["Items"])

    def first(self, search: Search, *, limit: int) -> list[Item]:
        """The first items of a query, from one page of DynamoDB."""
        return [unpack(raw) for raw in self._client.query(**self._query(search), Limit=limit)["Items"]]

    def page(self, search: Search, *, limit: int, after: Item | None) -> tuple[list[Item], Item | None]:
        """At most `limit` items that come after a key, and the key to go on from; None at the end."""
        query, start, found = self._query(search), pack(after) if after else None, list[Item]()
        for _ in range(MOST_PAGES):
            place: dict[str, Any] = {"ExclusiveStartKey": start} if start else {}
            answer = self._client.query(**query, **place, Limit=limit + 1 - len(found))
            found += map(unpack, answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if len(found) > limit:  # one more than asked shows that there is a next page
                return found[:limit], {name: found[limit - 1][name] for name in search.keys}
            if start is None:
                return found, None
        return found, unpack(start or {})

    def _query(self, search: Search, shown: str = "") -> dict[str, Any]:
        where = {"IndexName": search.index} if search.index else {"ConsistentRead": True}
        words = {
            "KeyConditionExpression": search.condition,
            "FilterExpression": search.only,
            "ProjectionExpression": shown,
        }
        return self._expressions(words, search.values) | where | {"ScanIndexForward": not search.newest_first}

    def _body(self, write: Write) -> dict[str, Any]:
        words = {"UpdateExpression": write.change, "ConditionExpression": write.condition}
        target = {"Item" if write.verb == "Put" else "Key": pack(write.target)}
        returned = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if write.condition else {}
        return self._expressions(words, write.values) | target | returned

    def _expressions(self, words: dict[str, str], values: Item) -> dict[str, Any]:
        body: dict[str, Any] = {"TableName": self._name} | {
            name: text for name, text in words.items() if text
        }
        if names := {f"#{name}": name for text in words.values() for name in re.findall(r"#(\w+)", text)}:
            body["ExpressionAttributeNames"] = names
        if values:
            body["ExpressionAttributeValues"] = pack(values)
        return body


def _through_conflicts(call: Callable[[], Answer]) -> Answer:
    """Make the call; again when another transaction is at the same item. Raises `Refused` and `Retry`."""
    for _ in range(TRIES):
        try:
            return call()
        except ClientError as error:
            if not _conflict(error):
                raise
    raise Retry("Somebody else writes the same record", after=1.0)


def _conflict(error: ClientError) -> bool:
    """Whether it is a conflict between transactions; raises `Refused` when it is a condition."""
    answer: dict[str, Any] = dict(error.response)
    code = answer["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        raise Refused(unpack(answer["Item"]) if answer.get("Item") else None) from error
    reasons = answer.get("CancellationReasons", [])
    for position, reason in enumerate(reasons):
        if reason["Code"] == "ConditionalCheckFailed":
            item = unpack(reason["Item"]) if reason.get("Item") else None
            raise Refused(item, position) from error
    return code == "TransactionConflictException" or any(r["Code"] == "TransactionConflict" for r in reasons)
