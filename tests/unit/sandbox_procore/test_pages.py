"""The page a person looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.http import Request
from sandbox.procore.demo import HARBOR_POINT, MARCUS

if TYPE_CHECKING:
    from tests.unit.sandbox_procore.desk import Caller, Checked


def page(sandbox: Checked, **query: object) -> str:
    shown = tuple((name, str(value)) for name, value in query.items())
    answer = sandbox.handle(Request("GET", "/", shown))
    assert answer.status == 200
    assert answer.header("Content-Type") == "text/html; charset=utf-8"
    return answer.body.decode()


def test_the_front_page_counts_each_project(sandbox: Checked, priya: Caller) -> None:
    item = priya.observe(upload_ids=[priya.upload(b"x")]).json()["id"]
    priya.comment(item, comment="one")
    priya.comment(item, comment="two")
    text = page(sandbox)

    assert "Projects (134)" in text
    row = text[text.index("Harbor Point Medical Center") :].split("</tr>")[0]
    assert row.count("<td>") == 4
    assert "<td>1</td><td>2</td><td>1</td>" in row
    assert "Rate limits" in text
    assert "100000 calls in 3600 s" in text


def test_a_project_lists_its_observations(sandbox: Checked, priya: Caller) -> None:
    item = priya.observe(name="Valve leaks").json()["id"]

    assert f'<a href="/?observation={item}">Valve leaks</a>' in page(sandbox, project=HARBOR_POINT)


def test_an_observation_is_shown_with_logs_and_files(sandbox: Checked, priya: Caller) -> None:
    item = priya.observe(description="It is wet", upload_ids=[priya.upload(b"hello", "leak.jpg")]).json()[
        "id"
    ]
    priya.comment(item, comment="Seen", upload_ids=[priya.upload(b"ab", "b.png")])
    text = page(sandbox, observation=item)

    for expected in (
        "It is wet",
        "leak.jpg",
        "5 bytes",
        "Seen",
        "b.png",
        "Priya Raman",
        "Commissioning Issue",
    ):
        assert expected in text
    assert "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" in text


def test_emails_are_listed(sandbox: Checked, priya: Caller) -> None:
    item = priya.observe(distribution_member_ids=[MARCUS]).json()["id"]
    priya.comment(item, comment="x")

    assert "E-mails (1)" in page(sandbox)
    assert "marcus.lindqvist@northwind.example" in page(sandbox)


def test_everything_is_escaped(sandbox: Checked, priya: Caller) -> None:
    evil = '<script>alert("x")</script>'
    item = priya.observe(name=evil, description=evil, upload_ids=[priya.upload(b"x", evil)]).json()["id"]
    priya.comment(item, comment=evil)

    for text in (page(sandbox), page(sandbox, project=HARBOR_POINT), page(sandbox, observation=item)):
        assert "<script" not in text
    assert "&lt;script&gt;" in page(sandbox, observation=item)


def test_an_odd_address_shows_the_front_page(sandbox: Checked) -> None:
    assert "Projects (134)" in page(sandbox, observation="x")
    assert "Projects (134)" in page(sandbox, project=1)
