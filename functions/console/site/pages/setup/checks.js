/** Step 4: does the credential have the levels that the approach needs, and does Procore tell us of changes (S6, S7)? */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useResource } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Card, Spinner } from "../../parts/index.js";
import { HookCheck } from "./hook.js";
import { Permissions } from "./permissions.js";
import { Refused } from "./refused.js";
import { StepButtons } from "./step_buttons.js";

/** Read the checks of a connection, anew when its choices change. */
export function useChecks(connection) {
  const { id, version } = connection;
  return useResource(() => api.get(`/connections/${id}/checks`), [id, version]);
}

/** The permission check and the webhook check; a missing level may be asked for and the set-up go on meanwhile. */
export function ChecksStep({ connection, onNext, back }) {
  const checks = useChecks(connection);
  return html`<div class="stack">
    <${PermissionCard} connection=${connection} checks=${checks} />
    <${HookCheck} connection=${connection} />
    <${StepButtons} back=${back}>
      <${Button} kind="primary" onClick=${onNext}>${t("setup.continue")}<//>
    <//>
  </div>`;
}

/** The permission check as a card, with a new check on demand. */
export function PermissionCard({ connection, checks }) {
  const again = html`<${Button} icon="sync" busy=${checks.loading} onClick=${checks.reload}>${t("setup.check_again")}<//>`;
  return html`<${Card} title=${t("setup.checks.permissions")} actions=${again}
    lead=${t(`setup.checks.permissions.${connection.approach}`)}>
    <${PermissionsOf} connection=${connection} checks=${checks} />
  <//>`;
}

function PermissionsOf({ connection, checks }) {
  const where = {
    authorizationId: connection.procore_authorization_id,
    companyId: connection.company_id,
    companyName: connection.company_name,
  };
  if (checks.error) return html`<${Refused} error=${checks.error} onRetry=${checks.reload} where=${where} />`;
  if (!checks.data) return html`<${Spinner} label=${t("setup.checks.reading")} />`;
  return html`<${Permissions} connection=${connection} checks=${checks.data} />`;
}
