/** How a connection stands: at a glance, in numbers, its regular looks, its webhook, its credentials. */
import { html } from "../../lib/html.js";
import { HookCheck } from "../setup/hook.js";
import { Authorizers } from "./authorizers.js";
import { useConnection } from "./context.js";
import { EndCard } from "./end.js";
import { Figures } from "./figures.js";
import { GlanceCard } from "./glance.js";
import { Looks } from "./looks.js";
import { Recent } from "./recent.js";

/** The first tab. */
export function Overview() {
  const { one, linked, running } = useConnection();
  if (one.state === "draft") return html`<${EndCard} />`;
  const dead = one.glance.state === "needs_authorization"; // Procore would refuse to show the webhook
  return html`<div class="overview">
    <${GlanceCard} />
    <${Figures} />
    <${Recent} />
    <${Looks} />
    ${linked && running && !dead && html`<${HookCheck} connection=${one} />`}
    <${Authorizers} />
    <${EndCard} />
  </div>`;
}
