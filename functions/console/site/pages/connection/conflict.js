/** One conflict: both values whole, what became of them, and a button on each side. */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, RefusalNotice, StateBadge, useOwnId, Value } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { fieldName, itemHref, When } from "./pieces.js";

const SIDES = ["tracker", "procore"];
const LOOKS = { open: "conflict", kept: "ok", picked: "running", settled: "ok" };

/** A conflict as a card; `bare` where the item is known from the page. */
export function ConflictCard({ conflict, names, onPicked, bare }) {
  const { path, mayManage, enabled, openConflicts } = useConnection();
  const id = useOwnId("conflict");
  const address = `${path}/conflicts/${encodeURIComponent(conflict.item_id)}/${encodeURIComponent(conflict.id)}/pick`;
  const [pick, { busy, error }] = useAction(async (side) => {
    onPicked(await api.post(address, { side }));
    openConflicts.reload();
  });
  const may = mayManage && enabled && conflict.state !== "settled";
  return html`<article class="conflict" aria-labelledby=${id}>
    <header class="spread">
      <div class="row" id=${id}>
        <${bare ? "h3" : "h2"}>${fieldName(conflict.field)}<//>
        ${!bare && html`<a href=${itemHref(path, conflict.item_id)}>${numbers(conflict)}</a>`}
        <span class="small muted"><${When} iso=${conflict.at} /></span>
      </div>
      <span role="status"><${StateBadge} state=${LOOKS[conflict.state]} label=${t(`connection.conflict.${conflict.state}`)} /></span>
    </header>
    <div class="conflict-sides">
      ${SIDES.map((side) => html`<${Side} key=${side} side=${side} conflict=${conflict} names=${names} pick=${may && pick} busy=${busy} />`)}
    </div>
    <${RefusalNotice} error=${error} />
  </article>`;
}

const numbers = ({ issue_number, observation_number, item_id }) =>
  [issue_number, observation_number && `#${observation_number}`].filter(Boolean).join(" / ") || item_id;

function Side({ side, conflict, names, pick, busy }) {
  const standing = conflict.picked ? conflict.picked === side : Boolean(conflict.losing) && conflict.losing !== side;
  const open = conflict.state === "open";
  const deletion = conflict.field === "deletion";
  const label = deletion ? t(`connection.conflict.deletion.pick.${side}`) : t("connection.conflict.pick");
  const spoken = `${label}: ${t(`connection.side.${side}`)}, ${fieldName(conflict.field)}`;
  return html`<section class=${standing ? "conflict-side conflict-side-standing" : "conflict-side"}>
    <p class="conflict-side-name">${t(`connection.side.${side}`)}</p>
    <${Held} side=${side} conflict=${conflict} names=${names} />
    <p class="small muted">${noteOf(side, conflict)}</p>
    ${pick &&
    !standing &&
    html`<${Button} kind=${open ? "primary" : "plain"} small=${!open} busy=${busy} onClick=${() => pick(side)} label=${spoken}>${label}<//>`}
  </section>`;
}

function Held({ side, conflict, names }) {
  if (conflict.field === "deletion") return html`<p>${t(`connection.conflict.deletion.${side}`)} ${conflict[side]}</p>`;
  return html`<div class="conflict-value"><${Value} value=${names.shown(side, conflict.field, conflict[side])} /></div>`;
}

function noteOf(side, { picked, losing }) {
  if (picked) return picked === side ? t("connection.conflict.note.picked") : "";
  if (!losing) return "";
  return t(losing === side ? "connection.conflict.note.lost" : "connection.conflict.note.won");
}
