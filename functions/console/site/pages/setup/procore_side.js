/** Procore's side of the first step: sign in, the app's service account, or an invitation. */
import { html, useState } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button, Card, ProcoreSignIn, RadioGroup, RefusalNotice } from "../../parts/index.js";
import { InviteForm } from "../authorizations/invite_form.js";
import { ServiceAccountForm } from "../authorizations/service_account_form.js";
import { CredentialList } from "./credential_list.js";

const WAYS = ["person", "service", "invite"];

/** The choice of a Procore credential, and three ways to a new one; one that arrives is used at once. */
export function ProcoreSide({ connection, held, choosing, onChoose, onMade }) {
  const chosen = connection.procore_authorization_id;
  const inUse = held.find((one) => one.id === chosen);
  const [more, setMore] = useState(!chosen);
  const take = async (one) => {
    if (await onChoose(one)) setMore(false);
    onMade();
  };
  return html`<${Card} title=${t("setup.procore.title")}>
    <${CredentialList}
      held=${held}
      chosen=${chosen}
      busy=${choosing.busy}
      onChoose=${take}
      label=${t("setup.procore.held")}
    />
    <${RefusalNotice} error=${choosing.error} />
    ${inUse && !inUse.valid && html`<${ProcoreSignIn} authorizationId=${inUse.id} label=${t("setup.sign_in.again", { name: inUse.label })} onDone=${onMade} />`}
    ${
      more
        ? html`<${Ways} onArrived=${take} />`
        : html`<div class="row"><${Button} kind="quiet" icon="plus" onClick=${() => setMore(true)}>${t("setup.procore.other")}<//></div>`
    }
  <//>`;
}

function Ways({ onArrived }) {
  const [way, setWay] = useState("person");
  return html`<div class="stack">
    <${RadioGroup}
      legend=${t("setup.procore.how")}
      value=${way}
      onValue=${setWay}
      options=${WAYS.map((one) => ({
        value: one,
        label: t(`setup.way.${one}`),
        hint: t(`setup.way.${one}.hint`),
      }))}
    />
    ${way === "person" && html`<${ProcoreSignIn} onDone=${onArrived} /><p class="muted small">${t("setup.sign_in.hint")}</p>`}
    ${way === "service" && html`<${ServiceAccountForm} onDone=${onArrived} />`}
    ${way === "invite" && html`<${InviteForm} onDone=${onArrived} />`}
  </div>`;
}
