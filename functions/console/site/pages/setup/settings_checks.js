/** The permission and webhook checks of a connection that was set up. */
import { html } from "../../lib/html.js";
import { HookCheck } from "./hook.js";
import { PermissionCard, useChecks } from "./checks.js";

/** Both checks, live. */
export function ChecksPart({ connection }) {
  return html`<div class="stack">
    <${PermissionCard} connection=${connection} checks=${useChecks(connection)} />
    <${HookCheck} connection=${connection} />
  </div>`;
}
