/** All that happened to one item, newest first. */
import { api } from "../../lib/api.js";
import { html, useEffect } from "../../lib/html.js";
import { useRepeat } from "../../lib/resource.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Card, Pager, RefusalNotice, Spinner } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { Entry } from "./entry.js";
import { usePaged } from "./paged.js";

const PAGE = 30;
const PACE = 6000;

/** The timeline of an item. */
export function Timeline({ item }) {
  const { path } = useConnection();
  const paged = usePaged((token) => api.get(`${path}/activity`, { item: item.id, limit: PAGE, token }), [item.id]);
  useRepeat(paged.refresh, paged.pages === 1 ? PACE : 0);
  useEffect(() => {
    if (paged.pages) paged.refresh();
  }, [item.state, item.updated_at]);
  const log = href(`${path}/log`, { item: item.id, number: item.issue.number || item.issue.id });
  const inLog = html`<${Button} small icon="list" href=${log}>${t("connection.timeline.log")}<//>`;
  return html`<${Card} title=${t("connection.timeline")} actions=${inLog}>
    <${RefusalNotice} error=${paged.error} />
    ${!paged.pages && !paged.error && html`<${Spinner} />`}
    ${paged.pages > 0 && !paged.rows.length && html`<p class="muted">${t("connection.timeline.none")}</p>`}
    <ol class="timeline">${paged.rows.map((entry) => html`<li key=${entry.id}><${Entry} entry=${entry} bare /></li>`)}</ol>
    <${Pager} next=${paged.next} busy=${paged.loading} onMore=${paged.more} />
  <//>`;
}
