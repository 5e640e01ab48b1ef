/** The way back and on, at the end of every step. */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button } from "../../parts/index.js";
import { lacking } from "./steps.js";

/** A link back beside what leads on (children). */
export function StepButtons({ back, children }) {
  return html`<div class="setup-buttons">
    ${children}
    ${back && html`<${Button} href=${back}>${t("setup.back")}<//>`}
  </div>`;
}

/** The same for a step over a settings form: saves and goes on, or stays where something needed was not chosen. */
export function SaveButtons({ step, form, back, onNext }) {
  const saveAndGo = async () => {
    const saved = await form.save();
    if (saved && !lacking(step, saved.approach, saved.settings).length) onNext();
  };
  return html`<${StepButtons} back=${back}>
    <${Button} kind="primary" busy=${form.state.busy} onClick=${saveAndGo}>${t("setup.save_on")}<//>
  <//>`;
}
