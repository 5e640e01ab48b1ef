/** Buttons, and links that look like one. */
import { html, useState } from "../lib/html.js";
import { t } from "../lib/words.js";
import { Icon } from "./icon.js";

/**
 * A button: `kind` is "primary", "plain", "danger" or "quiet"; `busy` keeps the focus and takes no more clicks;
 * `href` makes it a link, `newTab` opens that in a new tab; `icon` is a name of `Icon`.
 */
export function Button({ kind = "plain", busy = false, disabled = false, icon = "", small = false, ...given }) {
  const { children, href, newTab = false, onClick, type = "button", label, ...more } = given;
  const look = `button button-${kind}${small ? " button-small" : ""}${children ? "" : " button-icon"}`;
  const inside = html`${busy ? html`<span class="spinner-ring" aria-hidden="true"></span>` : icon && html`<${Icon} name=${icon} />`}${children}`;
  if (href) {
    const tab = newTab ? { target: "_blank", rel: "noopener noreferrer" } : {};
    return html`<a class=${look} href=${href} aria-label=${label} onClick=${onClick} ...${tab} ...${more}>${inside}${newTab && html`<${NewTab} />`}</a>`;
  }
  const off = busy || disabled;
  const click = (event) => (off ? event.preventDefault() : onClick?.(event));
  return html`<button
    class=${look}
    type=${type}
    aria-disabled=${off ? "true" : undefined}
    aria-busy=${busy ? "true" : undefined}
    aria-label=${label}
    onClick=${click}
    ...${more}
  >
    ${inside}
  </button>`;
}

/** A link out of the console, in a new tab. */
export function OutLink({ href, children }) {
  if (!href) return html`<span>${children}</span>`;
  return html`<a class="out" href=${href} target="_blank" rel="noopener noreferrer">${children}<${NewTab} /></a>`;
}

function NewTab() {
  return html`<${Icon} name="external" /><span class="hidden">${t("page.newTab")}</span>`;
}

/** Text to hand on, with a button that copies it; `many` shows more than one line. */
export function CopyText({ text, label = "", many = false }) {
  const [told, setTold] = useState("");
  const copy = async () => {
    const worked = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    setTold(worked ? t("copy.done") : t("copy.failed"));
    setTimeout(() => setTold(""), 4000);
  };
  return html`<div class=${many ? "copy copy-many" : "copy"}>
    <code class="copy-text" tabindex="0" aria-label=${label || undefined} role=${label ? "group" : undefined}>${text}</code>
    <${Button} icon=${told ? "check" : "copy"} onClick=${copy}>${told || t("copy.act")}<//>
    <span class="hidden" role="status">${told}</span>
  </div>`;
}
