/** What happened, and what to do about it. */
import { html } from "../lib/html.js";
import { duration } from "../lib/format.js";
import { has, t } from "../lib/words.js";
import { Icon } from "./icon.js";

const ICONS = { good: "checkCircle", info: "info", warning: "warning", bad: "cross" };

/** A note on the page; a bad one is announced, others are when `live`. `action`: buttons below the text. */
export function Notice({ kind = "info", title = "", live = false, action = null, children = null }) {
  const role = kind === "bad" ? "alert" : live ? "status" : undefined;
  return html`<div class=${`notice notice-${kind}`} role=${role}>
    <${Icon} name=${ICONS[kind]} />
    <div class="notice-body">
      ${title && html`<p class="notice-title">${title}</p>`}
      ${children}
      ${action && html`<div class="row">${action}</div>`}
    </div>
  </div>`;
}

/**
 * A refusal of the API in its own words. `fields` are names whose problems stand at their fields already.
 * Nothing where there is no error.
 */
export function RefusalNotice({ error, fields = [], title = "", action = null }) {
  if (!error) return null;
  const others = (error.problems ?? []).filter((problem) => !fields.includes(problem.field));
  const atFields = (error.problems ?? []).length - others.length;
  const single = others.length === 1 && others[0].reason === error.cause;
  return html`<${Notice} kind="bad" title=${title || titleOf(error, atFields)} action=${action}>
    ${!error.isOffline && atFields === 0 && error.cause && html`<p lang="en">${error.cause} ${error.nextStep}</p>`}
    ${error.isOffline && html`<p>${t("refusal.offline.next")}</p>`}
    ${others.length > 0 && !single && html`<${Problems} problems=${others} />`}
    ${error.retryAfter && html`<p>${t("refusal.retryAfter", { time: duration(error.retryAfter) })}</p>`}
    ${error.support && (atFields === 0 || others.length > 0) && html`<p>${t("refusal.support", { address: error.support })}</p>`}
  <//>`;
}

/** Problems one by one, each with its field and next step. */
export function Problems({ problems }) {
  return html`<ul class="problems" lang="en">
    ${problems.map((problem) => html`<li key=${`${problem.field} ${problem.reason}`}><code>${problem.field}</code> ${problem.reason} ${problem.nextStep}</li>`)}
  </ul>`;
}

function titleOf(error, atFields) {
  if (atFields > 0) return t("refusal.fields", { n: atFields });
  const own = `refusal.${error.code}`;
  if (has(own)) return t(own);
  return error.status >= 500 ? t("refusal.later") : t("refusal.title");
}
