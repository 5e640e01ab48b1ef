/** The connect invitation: somebody with the Procore rights connects, without an account here (S3). */
import { api } from "../lib/api.js";
import { date } from "../lib/format.js";
import { html, useRef } from "../lib/html.js";
import { useProcoreTab } from "../lib/procore_tab.js";
import { useResource } from "../lib/resource.js";
import { has, rich, t } from "../lib/words.js";
import { Button, Notice, Page, RefusalNotice, Spinner } from "../parts/index.js";
import { ProcoreTab } from "../parts/procore_sign_in.js";
import { Gate } from "../parts/shell.js";

const GONE = ["invitation_unknown", "invitation_expired", "invalid"];

/** The page behind the link of an invitation. */
export function Invitation({ token }) {
  const { data, error, loading, reload } = useResource(() => api.root.post("/invitations/read", { token }), [token]);
  return html`<${Gate} wide>
    <section class="card">
      ${data ? html`<${Invited} token=${token} told=${data} />` : error ? html`<${Refused} error=${error} busy=${loading} again=${reload} />` : html`<${Spinner} />`}
    </section>
  <//>`;
}

function Invited({ token, told }) {
  const begun = useRef(false);
  const start = async () => {
    const started = await api.root.post("/invitations/accept", { token });
    begun.current = true;
    return started;
  };
  const [begin, waiting] = useProcoreTab({ start, look: () => usedUp(token) });
  if (waiting.step === "done") return html`<${Done} told=${told} />`;
  if (begun.current && waiting.error?.code === "invitation_unknown") return html`<${Done} told=${told} />`;
  const names = { by: told.invited_by, tenant: html`<strong>${told.tenant_name}</strong>` };
  return html`<${Page} title=${t(told.renews ? "invitation.title.again" : "invitation.title")}>
    <p>${rich(told.invited_by ? "invitation.who" : "invitation.who.tenant", names)}</p>
    ${told.note && html`<blockquote class="quote">${told.note}</blockquote>`}
    ${told.renews && html`<p>${t("invitation.renews", { name: told.renews })}</p>`}
    <h2>${t("invitation.next")}</h2>
    <ol class="steps">
      ${["open", "allow", "back"].map((step) => html`<li key=${step}><span>${t(`invitation.step.${step}`)}</span></li>`)}
    </ol>
    <${ProcoreTab} begin=${begin} waiting=${waiting} label=${t("invitation.act")} />
    <div class="muted small prose">
      <p>${t("invitation.rights")}</p>
      <p>${t("invitation.safe", { tenant: told.tenant_name, date: date(told.expires_at) })}</p>
    </div>
  <//>`;
}

/** The invitation is gone once the sign-in has succeeded: that is how this page learns of it. */
async function usedUp(token) {
  try {
    await api.root.post("/invitations/read", { token });
    return null;
  } catch (error) {
    if (error.code === "invitation_unknown") return true;
    throw error;
  }
}

function Done({ told }) {
  return html`<${Page} title=${t("invitation.done.title")}>
    <${Notice} kind="good" live title=${t("invitation.done.text", { tenant: told.tenant_name })}>
      <p>${t("invitation.done.next")}</p>
    <//>
  <//>`;
}

function Refused({ error, busy, again }) {
  if (!GONE.includes(error.code)) {
    return html`<${Page} title=${t("invitation.title")}>
      <${RefusalNotice} error=${error} action=${html`<${Button} busy=${busy} onClick=${again}>${t("page.again")}<//>`} />
    <//>`;
  }
  const own = has(`invitation.refused.${error.code}`) ? `invitation.refused.${error.code}` : "invitation.refused.invitation_unknown";
  return html`<${Page} title=${t(own)}>
    <${Notice} kind="warning" live title=${t("invitation.refused.next")}>
      <p>${t(`${own}.text`)}</p>
      ${error.support && html`<p>${t("refusal.support", { address: error.support })}</p>`}
    <//>
  <//>`;
}
