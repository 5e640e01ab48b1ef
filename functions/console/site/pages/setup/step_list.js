/** Where the set-up stands: all steps in order, the open ones as links. */
import { html, useEffect, useRef } from "../../lib/html.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { STEPS } from "./steps.js";

/** The list of steps of a connection with the current one marked. */
export function StepList({ connection, current }) {
  const list = useRef(null);
  useEffect(() => {
    const mark = list.current.querySelector("[aria-current]");
    if (mark) list.current.scrollLeft = mark.parentElement.offsetLeft - list.current.clientWidth / 3;
  }, [current]);
  const at = STEPS.findIndex((step) => step.key === current) + 1;
  return html`<nav class="setup-steps" aria-label=${t("setup.steps")}>
    <p class="setup-steps-count">${t("setup.step_of", { n: at, all: STEPS.length })}</p>
    <ol ref=${list}>
      ${STEPS.map((step) => html`<${Item} key=${step.key} ...${{ step, connection, current }} />`)}
    </ol>
  </nav>`;
}

function Item({ step, connection, current }) {
  const name = t(`setup.step_name.${step.key}`);
  const state = stateOf(step, connection, current);
  const told = html`<span class="setup-step-mark" aria-hidden="true"></span><span class="setup-step-name">${name}</span>
    ${state === "done" && html`<span class="hidden"> ${t("setup.step_done")}</span>`}`;
  if (state === "locked") {
    return html`<li data-state="locked"><span>${told}<span class="hidden"> ${t("setup.step_locked")}</span></span></li>`;
  }
  return html`<li data-state=${state}>
    <a href=${href(`/connections/${connection.id}/setup/${step.key}`)} aria-current=${state === "current" ? "step" : undefined}>${told}</a>
  </li>`;
}

function stateOf(step, connection, current) {
  if (step.key === current) return "current";
  if (!step.needs(connection)) return "locked";
  return step.done(connection) ? "done" : "open";
}
