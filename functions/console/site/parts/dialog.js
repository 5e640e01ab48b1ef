/** Dialogs: the browser's own, so that focus and Escape are as they should be. */
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { useAction } from "../lib/resource.js";
import { t } from "../lib/words.js";
import { Button } from "./button.js";
import { Field, useOwnId } from "./field.js";
import { RefusalNotice } from "./notice.js";

/** A dialog over the page; `onClose` is called however it is closed. `actions`: buttons at its foot. */
export function Dialog({ open, title, onClose, actions = null, wide = false, children }) {
  const box = useRef(null);
  const id = useOwnId("dialog");
  useEffect(() => {
    const dialog = box.current;
    if (open && !dialog.open) {
      dialog.showModal();
      firstControl(dialog)?.focus();
    }
    if (!open && dialog.open) dialog.close();
  }, [open]);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${box} class=${wide ? "dialog dialog-wide" : "dialog"} aria-labelledby=${id} onCancel=${cancel}>
    ${open &&
    html`<div class="dialog-head">
        <h2 id=${id}>${title}</h2>
        <${Button} kind="quiet" icon="close" label=${t("dialog.close")} onClick=${onClose} />
      </div>
      <div class="dialog-body">${children}</div>
      ${actions && html`<div class="dialog-foot">${actions}</div>`}`}
  </dialog>`;
}

/** Where a person goes on: the first field, else the first button at the foot, which cancels. */
function firstControl(dialog) {
  const field = ".dialog-body :is(input:not([type=radio]), select, textarea, input:checked):not(:disabled)";
  return dialog.querySelector(field) ?? dialog.querySelector(".dialog-foot button");
}

/**
 * Ask before something that is hard to take back. `onYes` may take time: the dialog waits, shows a refusal, and
 * calls `onClose` when it worked. `yes` is the button's text; with `word` the person has to type that word first.
 */
export function Confirm({ open, title, text = "", yes = "", word = "", kind = "danger", onYes, onClose, children = null }) {
  const [typed, setTyped] = useState("");
  const [run, { busy, error }] = useAction(async () => {
    await onYes();
    return true;
  });
  useEffect(() => setTyped(""), [open]);
  const mayGo = !word || typed.trim().toLowerCase() === word.toLowerCase();
  const go = async () => (await run()) && onClose();
  const actions = html`<${Button} onClick=${onClose}>${t("dialog.cancel")}<//>
    <${Button} kind=${kind} busy=${busy} disabled=${!mayGo} onClick=${go}>${yes || t("dialog.yes")}<//>`;
  return html`<${Dialog} open=${open} title=${title} onClose=${onClose} actions=${actions}>
    ${text && html`<p>${text}</p>`}
    ${children}
    ${word && html`<${Field} label=${t("dialog.type", { word })} value=${typed} onValue=${setTyped} autocomplete="off" />`}
    <${RefusalNotice} error=${error} />
  <//>`;
}
