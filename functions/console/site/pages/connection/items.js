/** The items of a connection: by state, by number, each leading to its own page. */
import { api } from "../../lib/api.js";
import { html, useEffect, useState } from "../../lib/html.js";
import { useRepeat } from "../../lib/resource.js";
import { go, useRoute } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Card, Empty, Pager, RefusalNotice, Search, Select, Spinner, StateBadge, Table, Time } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { LinkByHand } from "./link.js";
import { usePaged } from "./paged.js";
import { itemHref, ItemLink, numberOf, Said, TwinLink, word } from "./pieces.js";
import { RETRIED, Retry, RetryAll } from "./retry.js";

const PAGE = 50;
const PACE = 15_000;
const OF_COPY = ["waiting", "copied", "parked", "left"];
const OF_SYNC = ["waiting", "synced", "parked", "held", "unlinked", "left", "gone"];

/** The tab of the items. */
export function ItemsPage() {
  const { one, path, linked, mayManage } = useConnection();
  const { query } = useRoute();
  const { state = "", search = "" } = query;
  const paged = usePaged((token) => api.get(`${path}/items`, { state, search, limit: PAGE, token }), [path, state, search]);
  useRepeat(paged.refresh, paged.pages === 1 ? PACE : 0);
  useIssue(query.issue);
  if (query.issue) return html`<${Spinner} />`;
  return html`<div class="stack">
    <div class="spread">
      <${ItemFilters} states=${linked ? OF_SYNC : OF_COPY} state=${state} search=${search} />
      <div class="row">
        <${RetryAll} count=${one.counts.parked ?? 0} onDone=${paged.refresh} />
        ${linked && mayManage && html`<${LinkByHand} />`}
      </div>
    </div>
    <${RefusalNotice} error=${paged.error} />
    <${Rows} paged=${paged} filtered=${Boolean(state || search)} />
    <${Pager} next=${paged.next} busy=${paged.loading} onMore=${paged.more} />
  </div>`;
}

/** The log knows issues, not items: lead from the issue to its item. */
function useIssue(issue) {
  const { path } = useConnection();
  useEffect(() => {
    if (!issue) return;
    const lead = (place) => go(place, {}, { replace: true });
    const found = ({ items }) => (items[0] ? lead(`${path}/items/${encodeURIComponent(items[0].id)}`) : lead(`${path}/items`));
    api.get(`${path}/items`, { issue_id: issue }).then(found, () => lead(`${path}/items`));
  }, [issue]);
}

function ItemFilters({ states, state, search }) {
  const { path, one } = useConnection();
  const [typed, setTyped] = useState(search);
  const set = (change) => go(`${path}/items`, { state, search, ...change }, { replace: true });
  useEffect(() => setTyped(search), [search]);
  useEffect(() => {
    const timer = typed !== search && setTimeout(() => set({ search: typed }), 400);
    return () => clearTimeout(timer);
  }, [typed]);
  const options = states.map((value) => ({ value, label: `${word("state", value)} (${one.counts[value] ?? 0})` }));
  return html`<div class="filters" role="search" aria-label=${t("connection.items.filters")}>
    <${Search} label=${t("connection.items.search")} value=${typed} onValue=${setTyped} />
    <${Select}
      label=${t("connection.items.state")}
      hideLabel
      options=${options}
      value=${state}
      empty=${t("connection.items.all")}
      onValue=${(value) => set({ state: value })}
    />
  </div>`;
}

function Rows({ paged, filtered }) {
  const { path } = useConnection();
  if (!paged.pages) return paged.error ? null : html`<${Spinner} />`;
  if (!paged.rows.length && paged.next) return html`<p>${t("connection.log.rare")}</p>`;
  const text = t(filtered ? "connection.items.none.filtered" : "connection.items.none.text");
  const empty = html`<${Empty} title=${t("connection.items.none")}><p>${text}</p><//>`;
  const changed = (item) => paged.change((rows) => rows.map((row) => (row.id === item.id ? item : row)));
  return html`<${Card} className="card-flush">
    <${Table} caption=${t("connection.tab.items")} columns=${columns(path, changed)} rows=${paged.rows} empty=${empty} />
  <//>`;
}

function columns(path, changed) {
  return [
    {
      key: "issue",
      label: t("connection.issue"),
      lead: true,
      render: (item) => html`<${ItemLink} to=${itemHref(path, item.id)}>${numberOf("tracker", item.issue)}<//>`,
    },
    {
      key: "observation",
      label: t("connection.observation"),
      render: (item) => html`<${TwinLink} side="procore" twin=${item.observation} />`,
    },
    {
      key: "state",
      label: t("connection.items.state"),
      render: (item) => html`<${StateBadge} state=${item.state} label=${word("state", item.state)} />`,
    },
    { key: "cause", label: t("connection.items.cause"), render: (item) => html`<${Why} item=${item} />` },
    { key: "updated", label: t("connection.items.updated"), render: (item) => html`<${Time} at=${item.updated_at} />` },
    {
      key: "acts",
      label: t("connection.items.acts"),
      hideLabel: true,
      acts: true,
      render: (item) => RETRIED.includes(item.state) && html`<${Retry} item=${item} onDone=${changed} />`,
    },
  ];
}

function Why({ item }) {
  const count = Object.keys(item.remarks).length;
  if (!item.cause && !item.next_step && !count) return null;
  return html`<div class="story">
    <${Said} text=${item.cause} />
    <${Said} text=${item.next_step} className="small muted" />
    ${count > 0 && html`<p class="small">${t("connection.items.remarks", { n: count })}</p>`}
  </div>`;
}
