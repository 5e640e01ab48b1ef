"""What a side refuses of a pair: the values stay as they are, the item says why, all else syncs on (A18)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plumbline.issues.sync_fields import Sides
    from plumbline.stores.records import Link

# Refusals that speak of the values sent; all others speak of the item, the credential or the connection.
OF_THE_VALUES = frozenset({"invalid", "refused", "malformed", "forbidden"})


def noted(link: Link, name: str, values: Sequence[str | None], cause: str) -> Link:
    """The link with a field that a side does not take: both sides' values, which are not tried again so."""
    return replace(link, remarks={**link.remarks, name: cause}, refused={**link.refused, name: list(values)})


def cleared(link: Link, names: Sequence[str]) -> Link:
    """The link without what was said against these fields."""
    return replace(
        link,
        remarks={name: cause for name, cause in link.remarks.items() if name not in names},
        refused={name: values for name, values in link.refused.items() if name not in names},
    )


def without_old(link: Link, sides: Sides) -> Link:
    """The link without the refusals of what no side asks for any more."""
    stands = {
        name: values
        for name, values in link.refused.items()
        if values == [sides.tracker.get(name), sides.procore.get(name)]
    }
    gone = [name for name in link.refused if name not in stands]
    return cleared(link, gone) if gone else link
