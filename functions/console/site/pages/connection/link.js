/** Making an issue and an observation twins by hand (A10). */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { go } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Dialog, Field, fieldError, FormButtons, RefusalNotice } from "../../parts/index.js";
import { useConnection } from "./context.js";

const FIELDS = ["issue_id", "observation_id"];

/** The button with its dialog; `issueId` is given where the issue is known. */
export function LinkByHand({ issueId = "" }) {
  const [open, setOpen] = useState(false);
  return html`<${Button} icon="plus" onClick=${() => setOpen(true)}>${t("connection.link")}<//>
    <${Dialog} open=${open} title=${t("connection.link.title")} onClose=${() => setOpen(false)}>
      <${LinkForm} issueId=${issueId} onClose=${() => setOpen(false)} />
    <//>`;
}

function LinkForm({ issueId, onClose }) {
  const { path, reload } = useConnection();
  const [given, setGiven] = useState({ issue_id: issueId, observation_id: "" });
  const [run, { busy, error }] = useAction(async () => {
    const item = await api.post(`${path}/items`, Object.fromEntries(FIELDS.map((name) => [name, idOf(given[name])])));
    onClose();
    reload();
    go(`${path}/items/${encodeURIComponent(item.id)}`);
  });
  const field = (name) => html`<${Field}
    label=${t(`connection.link.${name}`)}
    hint=${t(`connection.link.${name}.hint`)}
    error=${fieldError(error, name)}
    value=${given[name]}
    onValue=${(value) => setGiven((now) => ({ ...now, [name]: value }))}
    autocomplete="off"
    required
  />`;
  const submit = (event) => {
    event.preventDefault();
    run();
  };
  const single = error && FIELDS.includes(error.field);
  return html`<form class="stack" onSubmit=${submit}>
    <p>${t("connection.link.text")}</p>
    ${field("issue_id")} ${field("observation_id")}
    ${!single && html`<${RefusalNotice} error=${error} fields=${FIELDS} />`}
    <${FormButtons} act=${t("connection.link")} busy=${busy} onCancel=${onClose} />
  </form>`;
}

/** People have the page's address at hand rather than the id: it ends with the id. */
export function idOf(text) {
  const path = text.trim().replace(/[?#].*$/, "").replace(/\/+$/, "");
  return path.slice(path.lastIndexOf("/") + 1);
}
