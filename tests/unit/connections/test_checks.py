"""Which levels each approach takes (S6)."""

from __future__ import annotations

from tests.unit.connections.making import a_connection, an_authorization

from plumbline.connections import checks
from plumbline.connections.settings import IssueSettings, SyncSettings
from plumbline.stores.records import AuthorizationKind


def test_s6_each_approach_asks_for_its_own_levels() -> None:
    options = SyncSettings(assignees=True, assets_as_locations=True)
    settings = IssueSettings(sync=options)
    account = an_authorization(kind=AuthorizationKind.PROCORE_SERVICE_ACCOUNT)

    copy = checks.needs(a_connection(), settings, an_authorization())
    person = checks.needs(a_connection(approach="sync"), settings, an_authorization())
    service = checks.needs(a_connection(approach="sync"), IssueSettings(), account)

    assert [(one.tool, one.level) for one in copy] == [("observations", "Standard")]
    assert [(one.tool, one.level) for one in person] == [
        ("admin", "Admin"),
        ("observations", "Admin"),
        ("directory", "Standard"),
    ]
    assert [(one.tool, one.level) for one in service] == [
        ("Webhooks API", "Standard"),
        ("observations", "Admin"),
    ]
