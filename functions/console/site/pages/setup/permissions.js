/** The permission check, tool by tool (S6). */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Notice, StateBadge, Table } from "../../parts/index.js";
import { Ask } from "./ask.js";

/** The level needed, the level held, pass or fail, and a text that asks for what is missing. */
export function Permissions({ connection, checks }) {
  const rows = checks.permissions;
  const missing = rows.filter((row) => !row.passed);
  if (!rows.length) return html`<${NotAsked} problems=${checks.problems} />`;
  return html`<div class="stack">
    <${Table} caption=${t("setup.checks.permissions")} columns=${columns()} rows=${rows} rowKey=${(row) => row.tool} />
    ${
      missing.length
        ? html`<${Missing} connection=${connection} missing=${missing} />`
        : html`<${Notice} kind="good" live title=${t("setup.checks.passed")} />`
    }
  </div>`;
}

const columns = () => [
  { key: "tool", label: t("setup.checks.tool"), lead: true, render: (row) => html`<span lang="en">${capital(row.tool)}</span>` },
  { key: "needed", label: t("setup.checks.needed"), render: (row) => html`<span lang="en">${row.needed}</span>` },
  { key: "held", label: t("setup.checks.held"), render: (row) => html`<span lang="en">${row.held}</span>` },
  {
    key: "passed",
    label: t("setup.checks.result"),
    render: (row) =>
      html`<${StateBadge} state=${row.passed ? "ok" : "failed"} label=${t(row.passed ? "setup.checks.pass" : "setup.checks.fail")} />`,
  },
  {
    key: "ask",
    label: t("setup.checks.ask"),
    render: (row) => html`<span lang="en">${row.ask || row.more || "—"}</span>`,
  },
];

const capital = (word) => word.slice(0, 1).toUpperCase() + word.slice(1);

function Missing({ connection, missing }) {
  const text = t("setup.refused.permission.mail", {
    project: connection.project_name,
    company: connection.company_name,
    asks: missing.map((row) => `• ${row.ask}`).join("\n"),
  });
  return html`<${Notice} kind="warning" live title=${t("setup.checks.missing", { n: missing.length })}>
      <p>${t("setup.checks.missing.text")}</p>
    <//>
    <${Ask} text=${text} />`;
}

/** Without complete choices, or with a dead credential, nobody could be asked. */
function NotAsked({ problems }) {
  return html`<${Notice} kind="warning" title=${t("setup.checks.not_asked")}>
    <ul lang="en" class="setup-list">${problems.map((one) => html`<li key=${one.field + one.reason}>${one.reason} ${one.next_step}</li>`)}</ul>
  <//>`;
}
