/** Some of a few: a box for each; the order is that of the options. */
import { html } from "../../lib/html.js";
import { Check, FieldError, useOwnId } from "../../parts/index.js";

/** `options` [{value, label}]; the API refuses none of them. */
export function Some({ options, value, onValue, error, label, hint }) {
  const id = useOwnId("some");
  const put = (chosen, on) => onValue(options.map((one) => one.value).filter((one) => (one === chosen ? on : value.includes(one))));
  return html`<fieldset class="radios" aria-describedby=${error ? `${id}-error` : undefined}>
    <legend>${label}</legend>
    <p class="hint">${hint}</p>
    <div class="radios-list">
      ${options.map(
        (one) => html`<${Check} key=${one.value} label=${one.label} checked=${value.includes(one.value)} onValue=${(on) => put(one.value, on)} />`,
      )}
    </div>
    <${FieldError} id=${`${id}-error`} error=${error} />
  </fieldset>`;
}
