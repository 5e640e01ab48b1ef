/** Connect to Procore in a new tab, and go on here when it has happened (S1, S9). */
import { api } from "../lib/api.js";
import { html, useRef } from "../lib/html.js";
import { arrivalIn, useProcoreTab } from "../lib/procore_tab.js";
import { t } from "../lib/words.js";
import { Button } from "./button.js";
import { Notice, RefusalNotice } from "./notice.js";

/**
 * The button and everything that may follow. `authorizationId` signs that one in again; `onDone` gets the
 * authorization that came of it.
 */
export function ProcoreSignIn({ authorizationId = "", label = "", kind = "primary", onDone }) {
  const read = () => api.get("/authorizations");
  const look = useRef(null);
  const start = async () => {
    const { items } = await read();
    look.current = arrivalIn(read, items, authorizationId);
    return api.post("/authorizations/procore", { authorization_id: authorizationId });
  };
  const [begin, waiting] = useProcoreTab({ start, look: () => look.current(), onDone });
  return html`<${ProcoreTab} begin=${begin} waiting=${waiting} kind=${kind} label=${label || t("procore.connect")} />`;
}

/** How a sign-in in the other tab stands, with its button; for what `useProcoreTab` returns. */
export function ProcoreTab({ begin, waiting, label, kind = "primary" }) {
  const { step, address, error, cancel } = waiting;
  if (step === "waiting") {
    const action = html`<${Button} href=${address} newTab>${t("procore.open")}<//><${Button} kind="quiet" onClick=${cancel}>${t("dialog.cancel")}<//>`;
    return html`<${Notice} live title=${t("procore.waiting.title")} action=${action}><p>${t("procore.waiting.text")}</p><//>`;
  }
  return html`<div class="stack">
    ${step === "expired" && html`<${Notice} kind="warning" live title=${t("procore.expired.title")}><p>${t("procore.expired.text")}</p><//>`}
    <${RefusalNotice} error=${error} />
    <div class="row"><${Button} kind=${kind} icon="external" busy=${step === "starting"} onClick=${begin}>${label}<//></div>
  </div>`;
}
