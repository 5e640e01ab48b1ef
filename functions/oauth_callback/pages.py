"""The pages a person sees on the way back from Procore: what happened, and what to do next."""

from __future__ import annotations

import html

TEXTS = {
    "connected": ("Connected to Procore", "You can close this page; the settings page goes on by itself."),
    "denied": (
        "Nothing was connected",
        "The request was declined on Procore's page. To connect, start again and choose Allow.",
    ),
    "unknown": (
        "This sign-in cannot be used",
        "It was used already, is older than ten minutes, or was begun in another browser. "
        "Start again from the settings page, and finish it in the same browser.",
    ),
    "refused": (
        "Procore refused the sign-in",
        "Nothing was changed. Start again; if it happens twice, tell the support address what time it was.",
    ),
    "unreachable": (
        "Procore did not answer",
        "Nothing was changed. Wait a minute and start again from the settings page.",
    ),
    "invitation_used": (
        "This invitation was used already",
        "Nothing was changed. Ask the person who sent it for a new one.",
    ),
}

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }}
main {{ max-width: 34rem; margin: 15vh auto; padding: 0 1rem }}
</style></head>
<body><main><h1>{title}</h1><p>{text}</p>{support}</main></body></html>
"""


def page(outcome: str, support_address: str) -> str:
    """The page of an outcome; an outcome that is not known shows the page of an unusable sign-in."""
    title, text = TEXTS.get(outcome, TEXTS["unknown"])
    failed = outcome != "connected"
    support = f"<p>Support: {html.escape(support_address)}</p>" if failed and support_address else ""
    return _PAGE.format(title=html.escape(title), text=html.escape(text), support=support)
