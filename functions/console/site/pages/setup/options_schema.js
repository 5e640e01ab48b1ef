/**
 * The options that a manager chooses, in groups as they stand on the page.
 *
 * `path`: into the settings. `only`: the approach that uses it. `kind`: how it is chosen; `list`: what from,
 * "tracker.<list>" or "procore.<list>"; `values`: from what; `unit`: how a number reads. Words:
 * setup.option.<path>, its .hint, and one for each of its values.
 */

const check = (path, more = {}) => ({ path, kind: "check", ...more });
const choice = (path, values) => ({ path, kind: "choice", values });
const many = (path, list) => ({ path, kind: "many", list });
const number = (path, min, max, unit = "") => ({ path, kind: "number", min, max, unit });

export const CONFLICT_FIELDS = [
  "title",
  "description",
  "status",
  "priority",
  "discipline",
  "issue_type",
  "due_date",
  "assignee",
  "asset",
];
export const RULES = ["last", "procore", "tracker", "ask"];

export const GROUPS = [
  {
    key: "which",
    rows: [
      { path: "sections", kind: "sections" },
      { path: "trigger_status_id", kind: "status", only: "copy" },
      { path: "done_status_id", kind: "status", only: "copy" },
    ],
  },
  {
    key: "filters",
    rows: [
      many("filters.statuses", "tracker.statuses"),
      many("filters.priorities", "tracker.priorities"),
      many("filters.disciplines", "tracker.disciplines"),
      many("filters.types", "tracker.types"),
      many("filters.assets", "tracker.assets"),
      many("filters.companies", "tracker.companies"),
    ],
  },
  {
    key: "text",
    rows: [
      { path: "title_template", kind: "text" },
      check("asset_in_description"),
      check("write_address_back"),
      check("in_authors_name"),
      check("send_email"),
    ],
  },
  {
    key: "comments",
    only: "sync",
    rows: [
      check("sync.comments"),
      choice("sync.comment_edits", ["ignore", "follow_up"]),
      check("sync.comment_attachments"),
      check("sync.files"),
    ],
  },
  {
    key: "people",
    only: "sync",
    rows: [
      check("sync.assignees"),
      { path: "sync.assignee_template_id", kind: "text", when: "sync.assignees" },
      check("sync.assets_as_locations"),
    ],
  },
  {
    key: "deletes",
    only: "sync",
    rows: [
      check("sync.deletes"),
      choice("sync.observation_deleted", ["unlink", "delete_issue"]),
      choice("sync.gone_issue_changed", ["keep", "delete"]),
      number("sync.undo_days", 1, 90, "days"),
    ],
  },
  {
    key: "brake",
    only: "sync",
    rows: [
      number("sync.brake_count", 1, 10_000),
      number("sync.brake_percent", 0, 100, "percent"),
      number("sync.brake_seconds", 60, 86_400, "seconds"),
      number("sync.writes_an_hour", 1, 1000),
    ],
  },
  { key: "conflicts", only: "sync", rows: [{ path: "sync.rules", kind: "rules" }] },
  {
    key: "births",
    only: "sync",
    rows: [
      many("sync.births.types", "procore.types"),
      many("sync.births.trades", "procore.trades"),
      { path: "sync.births.locations", kind: "ids" },
    ],
  },
  {
    key: "alerts",
    rows: [
      choice("alerts.when", ["off", "at_once", "daily", "weekly"]),
      { path: "alerts.recipients", kind: "ids" },
      { path: "alerts.about", kind: "some", values: ["parked", "failed", "needs_authorization", "held", "conflict"] },
    ],
  },
  {
    key: "timing",
    folded: true,
    rows: [
      number("poll_seconds", 30, 3600, "seconds"),
      { ...number("sync.comment_poll_seconds", 30, 3600, "seconds"), only: "sync" },
      { ...number("sync.comment_poll_active_seconds", 30, 3600, "seconds"), only: "sync" },
      { ...number("sync.sweep_seconds", 300, 86_400, "seconds"), only: "sync" },
      { ...number("sync.inventory_seconds", 3600, 604_800, "seconds"), only: "sync" },
      number("park_after_tries", 1, 20),
    ],
  },
];

/** The groups that an approach uses, with the rows that it uses. */
export function groupsFor(approach) {
  const used = (one) => !one.only || one.only === approach;
  return GROUPS.filter(used).map((group) => ({ ...group, rows: group.rows.filter(used) }));
}
