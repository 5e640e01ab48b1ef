/** A text to send to somebody who can help. */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { CopyText } from "../../parts/index.js";

/** The text with a button that copies it. */
export function Ask({ text, title = "" }) {
  return html`<div class="setup-ask">
    <h3>${title || t("setup.ask")}</h3>
    <${CopyText} text=${text} many label=${title || t("setup.ask")} />
  </div>`;
}
