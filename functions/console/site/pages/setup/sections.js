/** Which kinds of issues take part: construction, design, or both (A1). */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Some } from "./some.js";

const SECTIONS = ["construction", "design"];

/** Two boxes; the API refuses none of them. */
export function Sections({ hint, ...field }) {
  const options = SECTIONS.map((one) => ({ value: one, label: t(`setup.sections.${one}`) }));
  const told = html`${hint} <span class="setup-default">${t("setup.default", { value: t("setup.sections.both") })}</span>`;
  return html`<${Some} ...${field} options=${options} hint=${told} />`;
}
