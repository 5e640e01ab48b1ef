/** Both twins of an item side by side, and how far it has come. */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Card, Facts, Notice, Time } from "../../parts/index.js";
import { fieldName, Said, TwinLink, When } from "./pieces.js";

/** The facts of an item; why it is as it is stands above them. */
export function ItemFacts({ item }) {
  const stuck = ["parked", "held"].includes(item.state);
  return html`${item.cause &&
    html`<${Notice} kind=${stuck ? "bad" : "info"}><${Said} text=${item.cause} /><${Said} text=${item.next_step} /><//>`}
    <${Card}>
      <${Facts} items=${facts(item)} />
    <//>
    <${Remarks} remarks=${item.remarks} />`;
}

function facts(item) {
  return [
    { label: t("connection.twin.tracker"), value: html`<${TwinLink} side="tracker" twin=${item.issue} />` },
    { label: t("connection.twin.procore"), value: html`<${TwinLink} side="procore" twin=${item.observation} />` },
    { label: t("connection.item.files"), value: item.files },
    { label: t("connection.items.updated"), value: html`<${Time} at=${item.updated_at} />` },
    { label: t("connection.item.tries"), value: item.tries || null },
    { label: t("connection.item.due"), value: item.due_at && html`<${When} iso=${item.due_at} />` },
    { label: t("connection.item.gone_since"), value: item.gone_since && html`<${When} iso=${item.gone_since} />` },
    { label: t("connection.item.former"), value: item.former_observation_ids.join(", ") },
  ];
}

/** What one side does not take, field by field. */
function Remarks({ remarks }) {
  const fields = Object.entries(remarks);
  if (!fields.length) return null;
  return html`<${Notice} kind="warning" title=${t("connection.item.remarks", { n: fields.length })}>
    <ul class="problems">
      ${fields.map(([field, why]) => html`<li key=${field}><strong>${fieldName(field)}</strong>: <span lang="en">${why}</span></li>`)}
    </ul>
  <//>`;
}
