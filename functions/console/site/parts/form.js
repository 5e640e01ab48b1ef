/** Forms that are sent by the page itself. */
import { html, useEffect, useRef } from "../lib/html.js";
import { t } from "../lib/words.js";
import { Button } from "./button.js";

/** A form: `onSubmit` is called by its button and by Enter; after a refusal the first field at fault has the focus. */
export function Form({ onSubmit, error = null, children }) {
  const form = useRef(null);
  useEffect(() => {
    if (error) form.current.querySelector('[aria-invalid="true"]')?.focus();
  }, [error]);
  const submit = (event) => {
    event.preventDefault();
    onSubmit();
  };
  return html`<form class="stack" novalidate ref=${form} onSubmit=${submit}>${children}</form>`;
}

/** What stands at a form's foot: the button that sends it, named `act`; in a dialog, with `onCancel`, also one that does not. */
export function FormButtons({ act, busy, disabled = false, onCancel = null }) {
  return html`<div class=${onCancel ? "row row-end" : "row"}>
    ${onCancel && html`<${Button} onClick=${onCancel}>${t("dialog.cancel")}<//>`}
    <${Button} kind="primary" type="submit" busy=${busy} disabled=${disabled}>${act}<//>
  </div>`;
}
