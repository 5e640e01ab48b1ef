/** The activity log (S12): filters, pages, CSV, and what each change did. */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useAction, useRepeat } from "../../lib/resource.js";
import { useRoute } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Card, Empty, Pager, RefusalNotice, Spinner, Table } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { About, Outcome, Story, Way } from "./entry.js";
import { asked, LogFilters } from "./log_filters.js";
import { usePaged } from "./paged.js";
import { When } from "./pieces.js";

const PAGE = 50;
const PACE = 10_000;

/** The tab of the log; as long as only its first page is read it keeps up by itself. */
export function LogPage() {
  const { path } = useConnection();
  const { query } = useRoute();
  const wanted = asked(query);
  const read = (token) => api.get(`${path}/activity`, { ...wanted, limit: PAGE, token });
  const paged = usePaged(read, [path, JSON.stringify(wanted)]);
  useRepeat(paged.refresh, paged.pages === 1 ? PACE : 0);
  const count = paged.next ? "connection.log.count_more" : "connection.log.count";
  return html`<div class="stack">
    <${LogFilters} query=${query} />
    <div class="spread">
      <p class="muted" role="status">${paged.pages > 0 && t(count, { n: paged.rows.length })}</p>
      <${Export} wanted=${wanted} />
    </div>
    <${RefusalNotice} error=${paged.error} />
    <${Lines} paged=${paged} />
    <${Pager} next=${paged.next} busy=${paged.loading} onMore=${paged.more} />
  </div>`;
}

function Lines({ paged }) {
  if (!paged.pages) return paged.error ? null : html`<${Spinner} />`;
  if (!paged.rows.length && paged.next) return html`<p>${t("connection.log.rare")}</p>`;
  const empty = html`<${Empty} title=${t("connection.log.none")}><p>${t("connection.log.none.text")}</p><//>`;
  return html`<${Card} className="card-flush">
    <${Table} caption=${t("connection.tab.log")} columns=${columns()} rows=${paged.rows} empty=${empty} />
  <//>`;
}

function columns() {
  return [
    { key: "at", label: t("connection.log.at"), render: (entry) => html`<span class="nowrap"><${When} iso=${entry.at} /></span>` },
    { key: "outcome", label: t("connection.log.outcome"), lead: true, render: (entry) => html`<${Outcome} outcome=${entry.outcome} />` },
    { key: "item", label: t("connection.log.item"), render: (entry) => html`<${About} entry=${entry} />` },
    { key: "story", label: t("connection.log.what"), render: (entry) => html`<div class="story"><${Story} entry=${entry} /></div>` },
    { key: "way", label: t("connection.log.way"), render: (entry) => html`<${Way} entry=${entry} />` },
  ];
}

function Export({ wanted }) {
  const { one, path } = useConnection();
  const [run, { busy, error }] = useAction(() => api.download(`${path}/activity.csv`, `activity-${one.id}.csv`, wanted));
  return html`<div>
    <${Button} icon="download" busy=${busy} onClick=${run} title=${t("connection.log.csv.hint")}>${t("connection.log.csv")}<//>
    <${RefusalNotice} error=${error} />
  </div>`;
}
