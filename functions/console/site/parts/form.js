/** Forms that are sent by the page itself. */
import { html, useEffect, useRef } from "../lib/html.js";

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
