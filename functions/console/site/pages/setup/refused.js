/**
 * A refusal that stops a page: what happened, who can help, a text to send them, and a way to try again (S4, S5).
 * Causes and next steps are the API's own words.
 */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button, Notice, RefusalNotice } from "../../parts/index.js";
import { Ask } from "./ask.js";
import { NotInstalled } from "./not_installed.js";

const ASKED = {
  forbidden: "permission",
  no_permitted_projects: "permitted",
  not_visible: "visible",
  not_found: "visible",
};

/**
 * @param error the refusal, or nothing
 * @param fields names whose problems stand at their fields
 * @param onRetry tries again
 * @param where {authorizationId, companyId, companyName}: what the call was about, where that is known
 */
export function Refused({ error, fields = [], onRetry, where = {} }) {
  if (!error) return null;
  if (error.install) return html`<${NotInstalled} error=${error} onRetry=${onRetry} where=${where} />`;
  const kind = ASKED[error.code];
  const again = onRetry && html`<${Button} onClick=${onRetry}>${t("setup.check_again")}<//>`;
  if (!kind) return html`<${RefusalNotice} error=${error} fields=${fields} action=${again} />`;
  return html`<div class="stack">
    <${Notice} kind="bad" title=${t(`setup.refused.${kind}.title`)} action=${again}>
      <p lang="en">${error.cause} ${error.nextStep}</p>
      <p>${t(`setup.refused.${kind}.text`)}</p>
      ${error.support && html`<p>${t("refusal.support", { address: error.support })}</p>`}
    <//>
    <${Ask} text=${t(`setup.refused.${kind}.ask`, { company: where.companyName || "", cause: error.cause })} />
  </div>`;
}
