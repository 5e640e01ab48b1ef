"""One connection at work: what waits for a person is decided on its pages, and both sides follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.crowd import OWNER, VIEWER
from tests.browser.setting_up import SetUp
from tests.browser.visiting import AT_WORK
from tests.browser.worlds import DELETED, PLAIN, QUIET, REWRITTEN, STUCK, TORN

if TYPE_CHECKING:
    from tests.browser.crowd import Crowd
    from tests.browser.worlds import Joined
    from tests.system.conftest import Stack

pytestmark = pytest.mark.system


def hooks(stack: Stack, project: str) -> list[str]:
    """What became of our webhooks of a project, oldest first."""
    entries = stack.procore("journal")["entries"]
    made = [one for one in entries if one["kind"] in ("hook_created", "hook_deleted")]
    return [one["kind"] for one in made if str(one.get("project_id", project)) == project]


def test_s13_the_list_shows_the_state_of_each_connection_and_finds_it(crowd: Crowd, live: Joined) -> None:
    visitor = crowd.come(OWNER, "fr", "/")
    visitor.field("connections.search").fill("Laboratory")
    row = visitor.page.get_by_role("row").filter(has_text="Laboratory in sync")

    expect(row.locator("[data-state]")).to_have_text(visitor.t("state.failed"))
    expect(row).to_contain_text(live.pair.procore_name)
    row.get_by_role("link").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Laboratory in sync")


def test_s12_the_log_is_filtered_exported_and_shows_fields_before_and_after(
    crowd: Crowd, live: Joined
) -> None:
    visitor = crowd.come(OWNER, "es", f"{live.page}/log")
    visitor.field("connection.log.number").fill(f"CI-{REWRITTEN}")
    visitor.page.keyboard.press("Enter")
    visitor.field("connection.log.outcome").select_option("updated")
    rows = visitor.page.get_by_role("table").get_by_role("row").filter(has_text=f"CI-{REWRITTEN}")
    expect(rows).to_have_count(1)
    rows.locator("summary").click()

    changes = rows.get_by_role("table", name=visitor.t("change.caption"))
    expect(changes).to_contain_text(f"Valve {REWRITTEN} leaks.")
    expect(changes).to_contain_text("Rewritten in CxAlloy.")
    with visitor.page.expect_download() as loaded:
        visitor.button("connection.log.csv").click()
    lines = loaded.value.path().read_text().splitlines()
    assert len(lines) == 2
    assert f"CI-{REWRITTEN}" in lines[1]


def test_an_items_timeline_tells_its_whole_story_with_both_twins(crowd: Crowd, live: Joined) -> None:
    visitor = crowd.come(OWNER, "en", f"{live.page}/items")
    visitor.page.get_by_role("link", name=f"CI-{PLAIN}", exact=True).click()

    visitor.title("connection.item.title", number=f"CI-{PLAIN}")
    twin = live.twins(PLAIN)[0]
    there = visitor.page.locator(f"a[href*='{twin['id']}']")
    expect(there.first).to_have_attribute("rel", "noopener noreferrer")
    timeline = visitor.page.get_by_role("article")
    expect(timeline.filter(has_text=visitor.t("connection.outcome.created"))).to_have_count(1)


def test_a13_a_conflict_shows_both_values_and_the_picked_one_stands_on_both_sides(
    crowd: Crowd, live: Joined
) -> None:
    visitor = crowd.come(OWNER, "fr", f"{live.page}/conflicts")
    card = visitor.page.get_by_role("article").filter(has_text=f"CI-{TORN}")
    expect(card).to_contain_text("Ana's text.")
    expect(card).to_contain_text("Priya's text.")
    pick = visitor.t("connection.conflict.pick")
    card.get_by_role("button", name=f"{pick}: Procore, {visitor.t('connection.field.description')}").click()

    expect(card).to_contain_text(visitor.t("connection.conflict.note.picked"))
    live.until(lambda: live.reads(TORN, "Priya's text."))


def test_s15_an_undo_says_first_what_will_happen_and_puts_the_former_text_back(
    crowd: Crowd, live: Joined
) -> None:
    visitor = crowd.come(OWNER, "es", f"{live.page}/items/{live.item(REWRITTEN)['id']}")
    what = visitor.t("connection.undo_kind.write_procore")
    visitor.button("connection.undo.of", what=what).click()
    dialog = visitor.dialog()
    expect(dialog).to_contain_text("Rewritten in CxAlloy.")
    expect(dialog.locator("p[lang=en]")).to_have_text(re.compile(r"\w+"))
    visitor.button("connection.undo.yes", within=dialog).click()

    expect(visitor.page.get_by_text(visitor.t("connection.undo.undone"))).to_be_visible(timeout=AT_WORK)
    live.until(lambda: live.reads(REWRITTEN, f"Valve {REWRITTEN} leaks.\nAt the flange."))


def test_s14_a_parked_item_names_its_cause_and_a_retry_brings_it_over(
    crowd: Crowd, live: Joined, stack: Stack
) -> None:
    visitor = crowd.come(OWNER, "en", f"{live.page}/parked")
    row = visitor.page.get_by_role("row").filter(has_text=f"CI-{STUCK}")
    expect(row).to_contain_text("Procore failed with 500")
    expect(row).to_contain_text("retry this item")
    stack.clear_faults()
    visitor.button("connection.retry.of", number=f"CI-{STUCK}").click()

    expect(row).to_have_count(0, timeout=AT_WORK)
    live.until(lambda: live.item(STUCK)["state"] == "synced")


def test_s16_held_deletions_are_approved_as_exactly_the_plan_that_was_seen(
    crowd: Crowd, live: Joined, stack: Stack
) -> None:
    visitor = crowd.come(OWNER, "fr", live.page)
    visitor.link("connection.brake.look").click()
    held = {one["issue_id"] for one in live.ask("GET", "/brake")["items"]}
    rows = visitor.page.get_by_role("table", name=visitor.t("connection.brake.caption")).get_by_role("row")
    for one in held:
        expect(rows.filter(has_text=f"CI-{one}")).to_contain_text(visitor.t("connection.brake.deletes.issue"))
    visitor.button("connection.brake.approve", n=2).click()
    visitor.button("connection.brake.approve", n=2, within=visitor.dialog()).click()

    expect(visitor.dialog()).to_have_count(0)
    live.until(lambda: all(live.issue(one)["deleted"] for one in DELETED))
    assert not live.issue(PLAIN)["deleted"]


def test_s25_pause_and_resume_and_sync_now(crowd: Crowd, live: Joined) -> None:
    visitor = crowd.come(OWNER, "es", live.page)
    visitor.button("connection.act.pause").click()
    visitor.sees(visitor.t("connection.act.pause.done"))
    expect(visitor.page.locator(".page-head [data-state]")).to_have_text(visitor.t("state.paused"))
    assert live.ask("GET")["state"] == "paused"
    visitor.button("connection.act.resume").click()
    visitor.sees(visitor.t("connection.act.resume.done"))
    visitor.button("connection.act.sync-now").click()
    visitor.sees(visitor.t("connection.act.sync-now.done"))
    assert live.ask("GET")["state"] == "enabled"


def test_s17_a_changed_option_is_saved_and_offers_a_preview_of_what_follows(
    crowd: Crowd, live: Joined
) -> None:
    visitor = crowd.come(OWNER, "fr", f"{live.page}/settings/options")
    visitor.field("setup.option.write_address_back").check()
    visitor.button("setup.save").click()
    visitor.link("setup.change.preview").click()
    SetUp(visitor).see_preview()

    assert live.ask("GET")["settings"]["write_address_back"] is True


def test_s8_disable_asks_first_and_enabling_again_catches_up(
    crowd: Crowd, live: Joined, stack: Stack
) -> None:
    visitor = crowd.come(OWNER, "en", live.page)
    visitor.button("connection.disable.act").click()
    expect(visitor.dialog()).to_contain_text(visitor.t("connection.disable.text"))
    visitor.button("dialog.cancel", within=visitor.dialog()).click()
    assert live.ask("GET")["state"] == "enabled"
    visitor.button("connection.disable.act").click()
    visitor.button("connection.disable.yes", within=visitor.dialog()).click()
    expect(visitor.page.locator(".page-head [data-state]")).to_have_text(visitor.t("state.disabled"))
    assert hooks(stack, live.pair.procore)[-1] == "hook_deleted"
    live.edit(QUIET, "Written while disabled.")

    visitor.button("connection.act.enable").click()
    visitor.sees(visitor.t("connection.act.enable.done"))
    assert hooks(stack, live.pair.procore)[-1] == "hook_created"
    live.run("TrackerPolling", "Sweep")
    live.until(lambda: live.reads(QUIET, "Written while disabled."))
    assert len(live.twins(QUIET)) == 1


def test_s9_after_a_revoked_token_work_waits_until_somebody_authorizes_again(
    crowd: Crowd, live: Joined, stack: Stack
) -> None:
    stack.in_procore("forget_app")
    live.edit(QUIET, "Written while nobody was authorized.")
    live.run("TrackerPolling")
    live.until(lambda: live.ask("GET")["glance"]["state"] == "needs_authorization")
    visitor = crowd.come(OWNER, "es", live.page)
    banner = visitor.page.locator("[data-banner=authorization]")
    expect(banner).to_contain_text(visitor.t("connection.dead.title"))
    visitor.screenshot("needs-authorization")
    SetUp(visitor).sign_in_at_procore(visitor.button("procore.again", within=banner)).close()

    expect(banner).to_contain_text(visitor.t("connection.dead.mended"))
    assert live.ask("GET")["glance"]["state"] != "needs_authorization"
    # what waited is tried again within five minutes by itself; a retry does not wait so long
    visitor.open(f"{live.page}/items/{live.item(QUIET)['id']}")
    visitor.button("connection.retry.of", number=f"CI-{QUIET}").click()
    live.until(lambda: live.reads(QUIET, "Written while nobody was authorized."))


def test_s21_a_viewer_sees_all_of_it_and_can_change_nothing(crowd: Crowd, live: Joined) -> None:
    visitor = crowd.come(VIEWER, "en", live.page)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Laboratory in sync")

    acts = ("connection.act.pause", "connection.act.sync-now", "connection.disable.act", "procore.again")
    assert [name for name in acts if visitor.button(name).count()] == []
    visitor.open(f"{live.page}/log")
    expect(visitor.page.get_by_role("table").get_by_role("row").nth(1)).to_be_visible()
