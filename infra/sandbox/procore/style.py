"""The frame of the sandbox's plain pages: no scripts, one small style sheet."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CSS = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1f24}"
    "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #d0d7de;padding:.3rem .6rem;"
    "text-align:left;vertical-align:top}pre{white-space:pre-wrap;background:#f6f8fa;padding:.6rem}"
    "li{margin:.4rem 0}form{display:inline}code{overflow-wrap:anywhere}"
)


def document(title: str, body: str) -> str:
    """Return a whole HTML page; `title` is escaped here, `body` must be HTML already."""
    head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{_CSS}</style>"
    return (
        f"<!doctype html><html lang=en><head>{head}</head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table; headings are escaped here, cells must be HTML already."""
    head = "".join(f"<th>{escape(text)}</th>" for text in headings)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
