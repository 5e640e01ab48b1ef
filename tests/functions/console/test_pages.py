"""The console's pages: what is served, how long it is kept, and what a browser may do with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.console.desk import Desk, error_of

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).resolve().parents[3] / "functions" / "console"
SITE = FOLDER / "site"
FILES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.is_file())
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.fixture
def pages(console: ModuleType) -> ModuleType:
    own: ModuleType = console.pages
    return own


def versioned(desk: Desk) -> str:
    """The folder that the page asks for its parts in."""
    found = set(re.findall(r'(?:src|href)="(v-[0-9a-f]{16})/', desk.get("/index.html")["body"]))
    assert len(found) == 1
    return str(found.pop())


def test_the_console_s_short_address_leads_to_its_page(desk: Desk) -> None:
    answer = desk.get("")

    assert (answer["statusCode"], answer["headers"]["Location"]) == (302, "console/index.html")


def test_every_file_of_the_site_is_served_as_it_is(desk: Desk) -> None:
    for name in FILES:
        answer = desk.get(f"/{name}")
        assert answer["statusCode"] == 200, name
        if name != "index.html":
            assert answer["body"] == (SITE / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        (".html", "text/html; charset=utf-8"),
        (".js", "text/javascript; charset=utf-8"),
        (".css", "text/css; charset=utf-8"),
        (".svg", "image/svg+xml"),
    ],
)
def test_files_say_what_they_are(desk: Desk, end: str, kind: str) -> None:
    kinds = {desk.get(f"/{name}")["headers"]["Content-Type"] for name in FILES if name.endswith(end)}

    assert kinds == {kind}


def test_every_answer_carries_the_security_headers(desk: Desk) -> None:
    answers: list[dict[str, Any]] = [
        desk.get(""),
        desk.get("/index.html"),
        desk.get("/app.js"),
        desk.get("/nothing.js"),
        desk.session("PUT"),
        desk.session("POST", {}),
        desk.session("DELETE"),
        desk.session("DELETE", origin=None),
    ]
    known = desk.get("/app.js", If_None_Match=answers[2]["headers"]["ETag"])

    assert [one["statusCode"] for one in (*answers, known)] == [302, 200, 200, 404, 204, 422, 204, 403, 304]
    for answer in (*answers, known):
        assert answer["headers"] == {**answer["headers"], **SECURITY}
        assert "Cache-Control" in answer["headers"]


def test_the_page_is_asked_for_each_time_and_its_parts_are_kept_for_good(desk: Desk) -> None:
    folder = versioned(desk)

    assert desk.get("/index.html")["headers"]["Cache-Control"] == "no-cache"
    assert desk.get("/app.js")["headers"]["Cache-Control"] == "no-cache"
    part = desk.get(f"/{folder}/app.js")
    assert part["headers"]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert part["body"] == desk.get("/app.js")["body"]


def test_parts_of_an_earlier_version_are_today_s_and_are_not_kept(desk: Desk) -> None:
    answer = desk.get("/v-0123456789abcdef/app.js")

    assert (answer["statusCode"], answer["headers"]["Cache-Control"]) == (200, "no-cache")


def test_what_the_page_refers_to_is_there(desk: Desk) -> None:
    references = re.findall(r'\b(?:src|href)="([^"#]+)"', desk.get("/index.html")["body"])

    assert len(references) >= 2
    assert {desk.get(f"/{one}")["statusCode"] for one in references} == {200}
    assert [one for one in references if not one.startswith(f"{versioned(desk)}/")] == []


@pytest.mark.parametrize("form", ['W/"{tag}"', '"{tag}"', '"other", W/"{tag}"'])
def test_a_file_that_the_browser_holds_is_not_sent_again(desk: Desk, form: str) -> None:
    tag = desk.get("/app.js")["headers"]["ETag"].removeprefix("W/").strip('"')

    answer = desk.get("/app.js", If_None_Match=form.format(tag=tag))

    assert (answer["statusCode"], answer["body"], answer["headers"]["ETag"]) == (304, "", f'W/"{tag}"')
    assert desk.get("/app.js", If_None_Match='W/"other"')["statusCode"] == 200


@pytest.mark.parametrize(
    "name",
    [
        "../handler.py",
        "../console_site/session.py",
        "%2e%2e/handler.py",
        "/etc/passwd",
        "lib",
        "lib/",
        ".",
        "index.html/",
        "v-0123456789abcdef/../index.html",
        "v-0123456789abcdef/v-0123456789abcdef/app.js",
        "nothing",
    ],
)
def test_what_is_no_file_of_the_site_is_not_found(desk: Desk, name: str) -> None:
    answer = desk.get(f"/{name}")

    assert (answer["statusCode"], error_of(answer)["code"]) == (404, "not_found")
    assert name not in answer["body"] or len(name) < 5


def test_a_site_s_version_changes_with_any_of_its_files(pages: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<a href="#main"><script src="./app.js"></script><a href="b.js">')
    (tmp_path / "app.js").write_text("one")
    before = pages.read(tmp_path)
    (tmp_path / "app.js").write_text("two")
    after = pages.read(tmp_path)

    assert before.version != after.version == pages.read(tmp_path).version
    assert after.files["index.html"].text == (
        f'<a href="#main"><script src="v-{after.version}/app.js"></script><a href="b.js">'
    )


def test_a_file_of_a_kind_that_cannot_be_served_is_noticed_at_once(pages: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_text("x")

    with pytest.raises(KeyError):
        pages.read(tmp_path)
