/** Whose credentials a connection works with, who stands by, and what they may do (S6, S9, S10). */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction, useResource } from "../../lib/resource.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Card, Facts, RefusalNotice, StateBadge } from "../../parts/index.js";
import { Permissions } from "../setup/permissions.js";
import { useConnection } from "./context.js";
import { Reauthorize } from "./reauthorize.js";

/** The card of the credentials. */
export function Authorizers() {
  const { one, mayManage } = useConnection();
  const read = useResource(() => api.get("/authorizations"), [one.procore_authorization_id, one.version]);
  const held = read.data?.items ?? [];
  const all = html`<${Button} small href=${href("/authorizations")}>${t("connection.authorizers.all")}<//>`;
  return html`<${Card} title=${t("connection.authorizers")} actions=${all}>
    <${RefusalNotice} error=${read.error} />
    ${read.data && html`<${Credentials} one=${one} held=${held} />`}
    ${mayManage && read.data && html`<${Mend} one=${one} held=${held} />`}
  <//>`;
}

function Credentials({ one, held }) {
  const found = (id) => held.find((each) => each.id === id);
  const others = one.other_authorization_ids.map(found).filter(Boolean);
  const items = [
    { label: t("connection.side.procore"), value: html`<${Credential} held=${found(one.procore_authorization_id)} />` },
    { label: t("connection.authorizers.standby"), value: others.length ? html`<${Standby} others=${others} />` : null },
    { label: t("connection.side.tracker"), value: html`<${Credential} held=${found(one.tracker_authorization_id)} />` },
  ];
  return html`<${Facts} items=${items} />`;
}

const Standby = ({ others }) =>
  html`<ul class="bare">${others.map((each) => html`<li key=${each.id}><${Credential} held=${each} /></li>`)}</ul>`;

function Credential({ held }) {
  if (!held) return html`<span class="muted">${t("connection.none")}</span>`;
  return html`<span class="row">${held.label}<${StateBadge} state=${held.valid ? "valid" : "invalid"} /></span>
    ${!held.valid && held.cause && html`<span class="small" lang="en">${held.cause}</span>`}`;
}

/** Check on demand what the authorizer may do; sign in again, or change to another. */
function Mend({ one, held }) {
  const [open, setOpen] = useState(false);
  const [told, setTold] = useState(null);
  const { path } = useConnection();
  const [check, { busy, error }] = useAction(async () => setTold(await api.get(`${path}/checks`)));
  const now = held.find((each) => each.id === one.procore_authorization_id);
  return html`<div class="row">
      <${Button} icon="check" busy=${busy} onClick=${check}>${t("connection.rights.check")}<//>
      <${Button} icon="swap" href=${href(`${path}/settings/general`)}>${t("connection.another")}<//>
      ${now?.kind === "procore_person" &&
      html`<${Button} icon="key" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t("connection.reauthorize")}<//>`}
    </div>
    ${open && html`<div class="stack"><p>${t("connection.reauthorize.text")}</p><${Reauthorize} /></div>`}
    <${RefusalNotice} error=${error} />
    ${told && !busy && html`<${Permissions} connection=${one} checks=${told} />`}`;
}
