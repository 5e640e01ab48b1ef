/** Which kinds of issues take part: construction, design, or both (A1). */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Check, FieldError, useOwnId } from "../../parts/index.js";

const SECTIONS = ["construction", "design"];

/** Two boxes; the API refuses none of them. */
export function Sections({ value, onValue, error, label, hint }) {
  const id = useOwnId("sections");
  const put = (section, on) => onValue(SECTIONS.filter((one) => (one === section ? on : value.includes(one))));
  return html`<fieldset class="radios" aria-describedby=${error ? `${id}-error` : undefined}>
    <legend>${label}</legend>
    <p class="hint">${hint} <span class="setup-default">${t("setup.default", { value: t("setup.sections.both") })}</span></p>
    <div class="radios-list">
      ${SECTIONS.map(
        (one) => html`<${Check} key=${one} label=${t(`setup.sections.${one}`)} checked=${value.includes(one)} onValue=${(on) => put(one, on)} />`,
      )}
    </div>
    <${FieldError} id=${`${id}-error`} error=${error} />
  </fieldset>`;
}
