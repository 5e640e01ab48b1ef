/** Step 1: a credential for each side. */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useResource } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Spinner } from "../../parts/index.js";
import { CxAlloySide } from "./cxalloy_side.js";
import { ProcoreSide } from "./procore_side.js";
import { Refused } from "./refused.js";
import { StepButtons } from "./step_buttons.js";
import { useAuthorizationChoice } from "./use_authorization.js";

/** Both sides' credentials: choose one that is there, or make one. */
export function Connect({ connection, onSaved, onNext, back }) {
  const held = useResource(() => api.get("/authorizations"));
  const [choose, choosing] = useAuthorizationChoice(connection, onSaved);
  if (!held.data) return held.error ? html`<${Refused} error=${held.error} onRetry=${held.reload} />` : html`<${Spinner} />`;
  const all = held.data.items;
  const shared = { connection, choosing, onMade: held.reload };
  const both = connection.procore_authorization_id && connection.tracker_authorization_id;
  return html`
    <div class="columns">
      <${ProcoreSide} ...${shared} held=${all.filter((one) => one.kind !== "cxalloy_key")} onChoose=${choose} />
      <${CxAlloySide} ...${shared} held=${all.filter((one) => one.kind === "cxalloy_key")} onChoose=${choose} />
    </div>
    <${StepButtons} back=${back}>
      <${Button} kind="primary" disabled=${!both} onClick=${onNext}>${t("setup.continue")}<//>
      ${!both && html`<span class="muted">${t("setup.connect.both_needed")}</span>`}
    <//>
  `;
}
