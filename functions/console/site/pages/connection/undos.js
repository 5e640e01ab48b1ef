/** What Plumbline changed on an item and can put back (S15); it says first what will happen. */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction, useResource } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Card, Confirm, Notice, RefusalNotice, StateBadge, Value } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { useNames } from "./names.js";
import { fieldName, Said, When, word } from "./pieces.js";

const PACE = 4000;
const SIDES = { write_procore: "procore", write_tracker: "tracker" };

/** The card of an item's undos; nothing where there is nothing to put back. */
export function Undos({ item, itemPath }) {
  const read = useResource(() => api.get(`${itemPath}/undos`), [itemPath], { every: PACE });
  const [asking, ask] = useState(null);
  const undos = read.data?.items ?? [];
  if (!undos.length && !read.error) return null;
  return html`<${Card} title=${t("connection.undos")} lead=${t("connection.undos.lead")}>
    <${RefusalNotice} error=${read.error} />
    <ul class="bare stack">
      ${undos.map((undo) => html`<li key=${undo.id}><${OneUndo} undo=${undo} itemPath=${itemPath} ask=${ask} /></li>`)}
    </ul>
    <${AskUndo} asking=${asking} itemPath=${itemPath} onDone=${read.reload} onClose=${() => ask(null)} />
  <//>`;
}

function OneUndo({ undo, itemPath, ask }) {
  const { mayManage, enabled } = useConnection();
  const address = `${itemPath}/undos/${encodeURIComponent(undo.id)}`;
  const [open, { busy, error }] = useAction(async () => ask(await api.get(address)));
  const what = word("undo_kind", undo.kind);
  const may = mayManage && enabled && !undo.asked_at && !undo.undone_at;
  return html`<div class="undo">
    <div class="spread">
      <p>
        <strong>${what}</strong> <span>${Object.keys(undo.before).map(fieldName).join(", ")}</span>${" "}
        <span class="muted small"><${When} iso=${undo.at} /></span>
      </p>
      ${may &&
      html`<${Button} small icon="undo" busy=${busy} onClick=${open} label=${t("connection.undo.of", { what })}>${t("connection.undo")}<//>`}
      <${Stage} undo=${undo} />
    </div>
    <${RefusalNotice} error=${error} />
    ${undo.possible_until && html`<p class="small muted">${t("connection.undo.until")} <${When} iso=${undo.possible_until} /></p>`}
  </div>`;
}

function Stage({ undo }) {
  if (undo.undone_at) return html`<${StateBadge} state="ok" label=${t("connection.undo.undone")} />`;
  if (undo.asked_at) return html`<${StateBadge} state="running" label=${t("connection.undo.under_way")} />`;
  return null;
}

/** The question, with what will happen in the API's own words. */
function AskUndo({ asking, itemPath, onDone, onClose }) {
  const yes = async () => {
    await api.post(`${itemPath}/undos/${encodeURIComponent(asking.id)}`);
    onDone();
  };
  const title = t("connection.undo.title");
  return html`<${Confirm} open=${Boolean(asking)} title=${title} yes=${t("connection.undo.yes")} kind="primary" onYes=${yes} onClose=${onClose}>
    ${asking && html`<${Notice} kind="info"><${Said} text=${asking.what_happens} /><//><${Fields} undo=${asking} />`}
  <//>`;
}

/** Field by field, what stands since the change and what comes back. */
function Fields({ undo }) {
  const fields = [...new Set([...Object.keys(undo.after), ...Object.keys(undo.before)])];
  const { shown } = useNames(fields);
  const side = SIDES[undo.kind] ?? "";
  return fields.map(
    (field) => html`<section key=${field} class="undo-field">
      <h3>${fieldName(field)}</h3>
      <dl class="conflict-sides">
        <div><dt>${t("connection.undo.now")}</dt><dd class="conflict-value"><${Value} value=${shown(side, field, undo.after[field])} /></dd></div>
        <div><dt>${t("connection.undo.back")}</dt><dd class="conflict-value"><${Value} value=${shown(side, field, undo.before[field])} /></dd></div>
      </dl>
    </section>`,
  );
}
