/** Step 8: what would be done, item by item, before anything is written (S11, S17). */
import { html } from "../../lib/html.js";
import { go } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button } from "../../parts/index.js";
import { PreviewPanel } from "./preview_panel.js";
import { StepButtons } from "./step_buttons.js";

/** The preview as a step; it may be passed over. */
export function PreviewStep({ connection, onNext, back }) {
  const place = `/connections/${connection.id}/setup/preview`;
  return html`<div class="stack">
    <${PreviewPanel} connection=${connection} onId=${(preview) => go(place, { preview }, { replace: true })} />
    <${StepButtons} back=${back}>
      <${Button} kind="primary" onClick=${onNext}>${t("setup.continue")}<//>
    <//>
  </div>`;
}
