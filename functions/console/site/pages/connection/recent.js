/** The latest lines of the activity log. */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useResource } from "../../lib/resource.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Card, RefusalNotice, Spinner } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { Entry } from "./entry.js";

const SHOWN = 5;
const PACE = 10_000;

/** The newest five lines, kept up to date. */
export function Recent() {
  const { path } = useConnection();
  const read = useResource(() => api.get(`${path}/activity`, { limit: SHOWN }), [path], { every: PACE });
  const all = html`<${Button} small href=${href(`${path}/log`)}>${t("connection.recent.all")}<//>`;
  return html`<${Card} title=${t("connection.recent")} actions=${all}>
    <${RefusalNotice} error=${read.error} />
    ${!read.data && !read.error && html`<${Spinner} />`}
    ${read.data && !read.data.items.length && html`<p class="muted">${t("connection.recent.none")}</p>`}
    ${read.data && html`<${Lines} entries=${read.data.items} />`}
  <//>`;
}

const Lines = ({ entries }) =>
  html`<ol class="timeline">${entries.map((entry) => html`<li key=${entry.id}><${Entry} entry=${entry} /></li>`)}</ol>`;
