/** Items that failed for good until somebody acts: each with its cause and what to do (S14). */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useRepeat } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Card, Empty, Pager, RefusalNotice, Spinner, Table, Time } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { usePaged } from "./paged.js";
import { itemHref, ItemLink, numberOf, Said, Sites } from "./pieces.js";
import { Retry, RetryAll } from "./retry.js";

const PAGE = 50;
const PACE = 10_000;

/** The tab of the parked items. */
export function ParkedPage() {
  const { one, path } = useConnection();
  const paged = usePaged((token) => api.get(`${path}/items`, { state: "parked", limit: PAGE, token }), [path]);
  useRepeat(paged.refresh, paged.pages === 1 ? PACE : 0);
  const gone = (item) => paged.change((rows) => rows.filter((row) => row.id !== item.id || item.state === "parked"));
  const empty = html`<${Empty} title=${t("connection.parked.none")} icon="checkCircle"><p>${t("connection.parked.none.text")}</p><//>`;
  return html`<div class="stack">
    <div class="spread">
      <p class="muted">${t("connection.parked.lead")}</p>
      <${RetryAll} count=${one.counts.parked ?? 0} onDone=${paged.refresh} />
    </div>
    <${RefusalNotice} error=${paged.error} />
    ${!paged.pages && !paged.error && html`<${Spinner} />`}
    ${paged.pages > 0 &&
    html`<${Card} className="card-flush">
      <${Table} caption=${t("connection.tab.parked")} columns=${columns(path, gone)} rows=${paged.rows} empty=${empty} />
    <//>`}
    <${Pager} next=${paged.next} busy=${paged.loading} onMore=${paged.more} />
  </div>`;
}

function columns(path, gone) {
  return [
    {
      key: "issue",
      label: t("connection.issue"),
      lead: true,
      render: (item) => html`<${ItemLink} to=${itemHref(path, item.id)}>${numberOf("tracker", item.issue)}<//>`,
    },
    { key: "twins", label: t("connection.twins"), render: (item) => html`<${Twins} item=${item} />` },
    { key: "cause", label: t("connection.items.cause"), render: (item) => html`<div class="story"><${Said} text=${item.cause} /></div>` },
    { key: "next", label: t("connection.next_step"), render: (item) => html`<div class="story"><${Said} text=${item.next_step} /></div>` },
    { key: "since", label: t("connection.items.updated"), render: (item) => html`<${Time} at=${item.updated_at} />` },
    {
      key: "acts",
      label: t("connection.items.acts"),
      hideLabel: true,
      acts: true,
      render: (item) => html`<${Retry} item=${item} onDone=${gone} />`,
    },
  ];
}

const Twins = ({ item }) => html`<span class="about"><${Sites} tracker=${item.issue.address} procore=${item.observation?.address} /></span>`;
