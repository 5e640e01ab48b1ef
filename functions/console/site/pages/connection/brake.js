/** Deletions that wait for a person (S16): the plan, and what came of it meanwhile. */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useRepeat, useResource } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Card, Empty, Notice, RefusalNotice, Spinner, Table } from "../../parts/index.js";
import { Decide } from "./brake_decide.js";
import { useConnection } from "./context.js";
import { itemHref, ItemLink, When } from "./pieces.js";

const PACE = 8000;

/** The tab of the brake. The plan stays as it was seen: one that grew or shrank is only said to have changed. */
export function BrakePage() {
  const { path } = useConnection();
  const read = useResource(() => api.get(`${path}/brake`), [path]);
  const [newer, setNewer] = useState(null);
  const seen = read.data;
  const show = (plan) => {
    setNewer(null);
    read.set(plan);
  };
  useRepeat(async () => {
    const plan = await api.get(`${path}/brake`).catch(() => null);
    if (plan && seen) isNews(seen, plan) ? setNewer(plan) : show(plan);
  }, PACE);
  if (!seen) return read.error ? html`<${RefusalNotice} error=${read.error} />` : html`<${Spinner} />`;
  return html`<div class="stack">
    ${newer && html`<${Changed} onShow=${() => show(newer)} />`}
    ${seen.items.length ? html`<${Plan} plan=${seen} show=${show} onChanged=${setNewer} />` : html`<${Nothing} />`}
  </div>`;
}

/** A plan that is carried out gets shorter by itself; any other change is one that a person has to see. */
const isNews = (seen, plan) => plan.hash !== seen.hash && !seen.approved && plan.items.length > 0;

const Nothing = () => html`<${Empty} title=${t("connection.brake.none")} icon="lock"><p>${t("connection.brake.none.text")}</p><//>`;

function Changed({ onShow }) {
  const look = html`<${Button} onClick=${onShow}>${t("connection.brake.changed.show")}<//>`;
  return html`<${Notice} kind="warning" live title=${t("connection.brake.changed")} action=${look} />`;
}

function Plan({ plan, show, onChanged }) {
  const { mayManage, enabled, running } = useConnection();
  const given = { plan, show, onChanged };
  return html`<${Card} title=${t("connection.brake.title", { n: plan.items.length })}>
    <p>${t("connection.brake.why")}</p>
    <${Totals} plan=${plan} />
    ${plan.approved && html`<${Notice} kind="info" live title=${t("connection.brake.approved")} />`}
    ${!plan.approved && mayManage && running && html`<div class="row">
      ${enabled && html`<${Decide} name="approve" kind="danger" ...${given} />`}
      <${Decide} name="dismiss" kind="primary" ...${given} />
    </div>`}
    ${!mayManage && html`<p>${t("connection.brake.ask")}</p>`}
    <${Items} items=${plan.items} />
  <//>`;
}

function Totals({ plan }) {
  const count = (side) => plan.items.filter((item) => item.deletes === side).length;
  const [observations, issues] = [count("observation"), count("issue")];
  return html`<ul class="problems">
    ${observations > 0 && html`<li>${t("connection.brake.observations", { n: observations })}</li>`}
    ${issues > 0 && html`<li>${t("connection.brake.issues", { n: issues })}</li>`}
    ${plan.tripped_at && html`<li>${t("connection.brake.since")} <${When} iso=${plan.tripped_at} /></li>`}
  </ul>`;
}

function Items({ items }) {
  const { path } = useConnection();
  return html`<${Table} caption=${t("connection.brake.caption")} columns=${columns(path)} rows=${items} rowKey=${(item) => item.item_id} />`;
}

const columns = (path) => [
  {
    key: "issue",
    label: t("connection.issue"),
    lead: true,
    render: (item) => html`<${ItemLink} to=${itemHref(path, item.item_id)}>${item.issue_number || item.issue_id}<//>`,
  },
  {
    key: "observation",
    label: t("connection.observation"),
    render: (item) => (item.observation_number ? `#${item.observation_number}` : item.observation_id || "—"),
  },
  { key: "deletes", label: t("connection.brake.deletes"), render: (item) => t(`connection.brake.deletes.${item.deletes || "observation"}`) },
];
