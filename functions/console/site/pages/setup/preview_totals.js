/** A preview's totals: acts on each side, what travels, who is told, what it takes. */
import { html } from "../../lib/html.js";
import { dateTime, duration, number } from "../../lib/format.js";
import { t } from "../../lib/words.js";
import { Card } from "../../parts/index.js";

const ACTS = [
  "create_procore",
  "create_tracker",
  "update_procore",
  "update_tracker",
  "adopt",
  "restore_procore",
  "restore_tracker",
  "delete_procore",
  "delete_tracker",
  "unlink",
  "unlink_procore",
  "unlink_tracker",
  "leave",
  "unclear",
  "by_settings",
];
const COSTS = ["comments", "files", "notifications", "calls"];

/** Totals over all rows, however many are shown. */
export function PreviewTotals({ preview }) {
  const { totals } = preview;
  const acts = ACTS.filter((name) => totals[name]);
  return html`<${Card} title=${t("setup.preview.totals")} lead=${t("setup.preview.made", { time: dateTime(preview.made_at), who: preview.asked_by })}>
    ${!acts.length && html`<p>${t("setup.preview.nothing")}</p>`}
    <dl class="setup-totals">
      ${acts.map((name) => html`<${Total} key=${name} name=${name} value=${number(totals[name])} grave=${name.startsWith("delete")} />`)}
    </dl>
    <dl class="setup-totals setup-totals-small">
      ${COSTS.map((name) => html`<${Total} key=${name} name=${name} value=${number(totals[name] ?? 0)} />`)}
      <${Total} name="seconds" value=${duration(totals.seconds ?? 0)} />
    </dl>
    <p class="muted small">${t("setup.preview.notify", { n: totals.notifications ?? 0 })}</p>
  <//>`;
}

function Total({ name, value, grave = false }) {
  return html`<div class=${grave ? "setup-total setup-total-grave" : "setup-total"} data-total=${name}>
    <dt>${t(`setup.total.${name}`)}</dt>
    <dd>${value}</dd>
  </div>`;
}
