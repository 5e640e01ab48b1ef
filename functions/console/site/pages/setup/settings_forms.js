/** The maps and the options as later changes: nothing old follows them until a preview is approved (S17). */
import { html } from "../../lib/html.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Notice } from "../../parts/index.js";
import { NoLists, useLists } from "./lists.js";
import { Maps } from "./maps.js";
import { Options } from "./options.js";
import { useSettingsForm } from "./values.js";

export const MapsPart = (given) => html`<${FormPart} body=${Maps} ...${given} />`;
export const OptionsPart = (given) => html`<${FormPart} body=${Options} ...${given} />`;

function FormPart({ body, connection, onSaved }) {
  const lists = useLists(connection);
  const form = useSettingsForm(connection, onSaved);
  if (!lists.data) return html`<${NoLists} connection=${connection} lists=${lists} />`;
  return html`<div class="stack">
    <p class="muted">${t("setup.change.lead")}</p>
    <${body} connection=${connection} lists=${lists} form=${form} />
    <div class="setup-savebar" data-dirty=${form.dirty}>
      <${Button} kind="primary" busy=${form.state.busy} disabled=${!form.dirty} onClick=${form.save}>${t("setup.save")}<//>
      <span role="status">${form.dirty && t("setup.unsaved")}</span>
      ${form.state.done && !form.dirty && html`<${Saved} connection=${connection} />`}
    </div>
  </div>`;
}

/** What follows from a change, and where to see it before it is accepted. */
function Saved({ connection }) {
  const preview =
    connection.approach === "sync" &&
    html`<${Button} icon="eye" href=${href(`/connections/${connection.id}/settings/preview`)}>${t("setup.change.preview")}<//>`;
  return html`<${Notice} kind="good" live title=${t("setup.saved")} action=${preview}>
    <p>${t(connection.approach === "sync" ? "setup.change.saved.sync" : "setup.change.saved.copy")}</p>
  <//>`;
}
