/** The way back and on, at the end of every step. */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button } from "../../parts/index.js";

/** A link back beside what leads on (children). */
export function StepButtons({ back, children }) {
  return html`<div class="setup-buttons">
    ${children}
    ${back && html`<${Button} href=${back}>${t("setup.back")}<//>`}
  </div>`;
}
