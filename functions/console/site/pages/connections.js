/** All connections of an organization, with their state at a glance (S13). */
import { api } from "../lib/api.js";
import { number } from "../lib/format.js";
import { html, useMemo, useState } from "../lib/html.js";
import { useResource } from "../lib/resource.js";
import { go, href, useRoute } from "../lib/router.js";
import { useTenant } from "../lib/tenant.js";
import { t } from "../lib/words.js";
import { Button, Empty, GlanceLine, Page, RefusalNotice, Search, Select, Spinner, Table } from "../parts/index.js";

const LOOK_EVERY = 10_000;
/** What needs a person comes first. */
const ORDER = ["needs_authorization", "failed", "syncing", "synced", "paused", "draft", "disabled"];

/** The list, its search, and how to begin when there is none. */
export function Connections() {
  const { tenant, can } = useTenant();
  const { data, error, reload, loading } = useResource(() => api.get("/connections"), [tenant.id], { every: LOOK_EVERY });
  const rows = data?.items ?? [];
  const add = can("manager") && rows.length > 0 && html`<${Button} kind="primary" icon="plus" href=${href("/new")}>${t("connections.new")}<//>`;
  return html`<${Page} title=${t("connections.title")} actions=${add || null}>
    <${RefusalNotice} error=${error} action=${html`<${Button} busy=${loading} onClick=${reload}>${t("page.again")}<//>`} />
    ${!data && !error && html`<${Spinner} />`}
    ${data && rows.length === 0 && html`<${Begin} />`}
    ${rows.length > 0 && html`<${Listed} rows=${rows} />`}
  <//>`;
}

function Begin() {
  const { can } = useTenant();
  const action = can("manager") && html`<${Button} kind="primary" icon="plus" href=${href("/new")}>${t("connections.begin")}<//>`;
  return html`<${Empty} title=${t("connections.empty.title")} icon="swap" action=${action || null}>
    <p>${t("connections.empty.text")}</p>
    ${can("manager")
      ? html`<ol class="steps empty-steps">
          ${["side", "choose", "preview"].map((step) => html`<li key=${step}><span>${t(`connections.empty.${step}`)}</span></li>`)}
        </ol>`
      : html`<p>${t("connections.empty.viewer")}</p>`}
  <//>`;
}

function Listed({ rows }) {
  const { query } = useRoute();
  const [wanted, setWanted] = useState(query.search ?? "");
  const state = query.state ?? "";
  const shown = useMemo(() => sorted(rows.filter((row) => matches(row, wanted, state))), [rows, wanted, state]);
  const search = (text) => {
    setWanted(text);
    go("/", { search: text, state }, { replace: true });
  };
  const filter = (one) => go("/", { search: wanted, state: one }, { replace: true });
  return html`<div class="toolbar">
      <${Search} label=${t("connections.search")} value=${wanted} onValue=${search} />
      <${Select} label=${t("connections.state")} hideLabel empty=${t("connections.all")} options=${statesOf(rows)} value=${state} onValue=${filter} />
      <span class="end muted small" role="status">${t("connections.count", { n: shown.length })}</span>
    </div>
    ${shown.length > 0
      ? html`<div class="card card-flush"><${Table} caption=${t("connections.title")} columns=${columns()} rows=${shown} /></div>`
      : html`<${Empty} title=${t("connections.none")} icon="search" action=${html`<${Button} onClick=${() => (setWanted(""), go("/", {}, { replace: true }))}>${t("list.clear")}<//>`} />`}`;
}

function columns() {
  return [
    { key: "name", label: t("connections.name"), lead: true, render: (row) => html`<${Name} row=${row} />` },
    { key: "procore", label: "Procore", render: (row) => html`<${Side} name=${row.project_name} more=${row.company_name} />` },
    { key: "tracker", label: "CxAlloy", render: (row) => html`<${Side} name=${row.tracker_project_name} />` },
    { key: "state", label: t("connections.state"), render: (row) => html`<${GlanceLine} glance=${row.glance} />` },
    { key: "items", label: t("connections.items"), numeric: true, render: (row) => html`<${Items} glance=${row.glance} />` },
  ];
}

function Name({ row }) {
  const path = row.state === "draft" ? `/connections/${row.id}/setup` : `/connections/${row.id}`;
  return html`<a class="row-link" href=${href(path)}>${row.name}</a>
    <div class="muted small">${row.state === "draft" ? t("connections.continue") : t(`approach.${row.approach}`)}</div>`;
}

function Side({ name, more = "" }) {
  if (!name) return html`<span class="muted">${t("connections.notChosen")}</span>`;
  return html`<div>${name}${more && html`<div class="muted small">${more}</div>`}</div>`;
}

function Items({ glance }) {
  const { done, total, parked, state } = glance;
  if (!total) return html`<span class="muted">–</span>`;
  // while it syncs, n of m stands with the state
  return html`<div>
    ${done === total || state === "syncing" ? number(total) : t("progress.of", { done: number(done), total: number(total) })}
    ${parked > 0 && html`<div class="small bad-text">${t("connections.parked", { n: parked })}</div>`}
  </div>`;
}

function matches(row, wanted, state) {
  const text = [row.name, row.company_name, row.project_name, row.tracker_project_name].join(" ").toLocaleLowerCase();
  return text.includes(wanted.trim().toLocaleLowerCase()) && (!state || row.glance.state === state);
}

const sorted = (rows) =>
  [...rows].sort((one, other) => ORDER.indexOf(one.glance.state) - ORDER.indexOf(other.glance.state) || one.name.localeCompare(other.name));

function statesOf(rows) {
  const there = new Set(rows.map((row) => row.glance.state));
  return ORDER.filter((state) => there.has(state)).map((state) => ({ value: state, label: t(`state.${state}`) }));
}
