/** The state of a connection in one card (S13): the word, its time, n of m. */
import { html } from "../../lib/html.js";
import { href } from "../../lib/router.js";
import { rich, t } from "../../lib/words.js";
import { Card, Facts, Progress, StateBadge, Time } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { Said, When } from "./pieces.js";

/** The card; while content is carried over it follows the progress. */
export function GlanceCard() {
  const { one, path } = useConnection();
  const { state, cause, parked, done, total } = one.glance;
  const dead = state === "needs_authorization";
  return html`<${Card} title=${t("connection.glance")} className="standing">
    <p class="row" role="status"><${StateBadge} state=${state} /> <span><${Since} glance=${one.glance} /></span></p>
    ${state === "syncing" && html`<${Progress} value=${done} max=${total} label=${t("connection.glance.progress")} />`}
    ${!dead && html`<${Said} text=${cause} />`}
    ${parked > 0 && html`<p><a href=${href(`${path}/parked`)}>${t("connection.glance.parked", { n: parked })}</a></p>`}
    <${Sides} one=${one} />
  <//>`;
}

function Since({ glance }) {
  if (!glance.at) return html`<span class="muted">${t("connection.glance.never")}</span>`;
  const key = glance.state === "syncing" ? "began" : "success";
  const times = { ago: html`<${Time} at=${glance.at} />`, time: html`<${When} iso=${glance.at} />` };
  return rich(`connection.glance.${key}`, times);
}

function Sides({ one }) {
  const project = html`${one.project_name} <span class="muted">${one.company_name}</span>`;
  const items = [
    { label: t("connection.side.tracker"), value: one.tracker_project_name },
    { label: t("connection.side.procore"), value: one.project_name && project },
    { label: t("connection.approach"), value: t(`connection.approach.${one.approach}`) },
    { label: t("connection.enabled_at"), value: one.enabled_at && html`<${When} iso=${one.enabled_at} />` },
  ];
  return html`<${Facts} items=${items} />`;
}
