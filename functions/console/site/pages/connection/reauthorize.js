/** Signing in at Procore again for this connection, as the same or another person (S9). */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useResource } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Notice, ProcoreSignIn, RefusalNotice } from "../../parts/index.js";
import { useConnection } from "./context.js";

/** The sign-in, which goes on by itself once it is done in the other tab. */
export function Reauthorize() {
  const { one, reload } = useConnection();
  const [done, setDone] = useState(null);
  const read = useResource(() => api.get("/authorizations"), [one.procore_authorization_id]);
  const renews = read.data?.items.find((each) => each.id === one.procore_authorization_id);
  const arrived = (mended) => {
    setDone(mended);
    reload();
  };
  if (!renews) return html`<${RefusalNotice} error=${read.error} />`;
  if (renews.kind !== "procore_person") return html`<p>${t("connection.reauthorize.service_account")}</p>`;
  return html`<div class="stack">
    <${ProcoreSignIn} authorizationId=${renews.id} label=${t("procore.again")} onDone=${arrived} />
    ${done && html`<${Notice} kind="good" live title=${t("connection.reauthorize.done", { label: done.label })} />`}
  </div>`;
}
