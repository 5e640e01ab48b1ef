/** A preview: asked for, waited for, read, approved. Its id is in the address, so that it can be shared. */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { keep, kept } from "../../lib/kept.js";
import { useAction, useResource } from "../../lib/resource.js";
import { useRoute } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Card, Notice, RefusalNotice, Spinner } from "../../parts/index.js";
import { ApprovePreview } from "./preview_approve.js";
import { PreviewRows } from "./preview_rows.js";
import { PreviewTotals } from "./preview_totals.js";

const LOOK = 2000;
const GOING = ["waiting", "approving"];
const PAGE = 200;

/** The latest preview of a connection, or the way to one. `onId` puts the id into the address. */
export function PreviewPanel({ connection, onId }) {
  if (connection.approach !== "sync") {
    return html`<${Notice} kind="info" title=${t("setup.preview.copy")}>${t("setup.preview.copy.text")}<//>`;
  }
  return html`<${OfSync} connection=${connection} onId=${onId} />`;
}

function OfSync({ connection, onId }) {
  const { query } = useRoute();
  const [id, setId] = useState(query.preview || kept(`preview.${connection.id}`));
  const path = `/connections/${connection.id}/previews`;
  const [ask, asking] = useAction(async () => {
    const made = await api.post(path);
    keep(`preview.${connection.id}`, made.id);
    setId(made.id);
    onId(made.id);
  });
  const button = (label, kind = "primary") =>
    html`<${Button} kind=${kind} icon="eye" busy=${asking.busy} onClick=${ask}>${t(label)}<//>`;
  return html`<div class="stack">
    <${RefusalNotice} error=${asking.error} />
    ${
      id
        ? html`<${Made} key=${id} path=${`${path}/${id}`} id=${id} button=${button} />`
        : html`<${Card}><p>${t("setup.preview.about")}</p><div class="row">${button("setup.preview.ask")}</div><//>`
    }
  </div>`;
}

function Made({ path, id, button }) {
  const [going, setGoing] = useState(true);
  const { data, error, reload } = useResource(
    async () => {
      const told = await api.get(path, { limit: PAGE });
      setGoing(GOING.includes(told.state));
      return told;
    },
    [path],
    { every: going ? LOOK : 0 },
  );
  if (!data) {
    if (!error) return html`<${Spinner} />`;
    const gone = error.status === 404;
    return html`<${RefusalNotice} error=${gone ? null : error} />
      ${gone && html`<${Card}><p>${t("setup.preview.about")}</p><div class="row">${button("setup.preview.ask")}</div><//>`}`;
  }
  if (data.state === "waiting") return html`<${Waiting} />`;
  if (data.state === "failed") {
    return html`<${Notice} kind="bad" title=${t("setup.preview.failed")} action=${button("setup.preview.again")}>
      <p lang="en">${data.cause} ${data.next_step}</p><//>`;
  }
  return html`<${Ready} ...${{ data, path, id, button, reload }} onApproved=${() => setGoing(true) ?? reload()} />`;
}

function Waiting() {
  return html`<${Card}>
    <${Spinner} label=${t("setup.preview.waiting")} />
    <progress class="setup-progress" aria-label=${t("setup.preview.waiting")}></progress>
    <p class="muted">${t("setup.preview.waiting.text")}</p>
  <//>`;
}

function Ready({ data, path, id, button, onApproved }) {
  return html`<div class="stack">
    <${ApprovePreview} preview=${data} path=${path} onApproved=${onApproved} again=${button} />
    ${!data.complete && html`<${Notice} kind="warning" title=${t("setup.preview.incomplete")} action=${button("setup.preview.again", "plain")}>${t("setup.preview.incomplete.text")}<//>`}
    <${PreviewTotals} preview=${data} />
    <${PreviewRows} first=${data} path=${path} id=${id} />
  </div>`;
}
