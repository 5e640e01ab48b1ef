/** The state of things at a glance (S13): a mark, a word, a time; never a colour alone. */
import { html, useEffect, useState } from "../lib/html.js";
import { ago, exactTime, number } from "../lib/format.js";
import { has, rich, t } from "../lib/words.js";
import { Icon } from "./icon.js";

const LOOKS = {
  synced: ["good", "checkCircle"],
  copied: ["good", "checkCircle"],
  ok: ["good", "checkCircle"],
  valid: ["good", "checkCircle"],
  syncing: ["busy", "sync"],
  waiting: ["busy", "sync"],
  running: ["busy", "sync"],
  failed: ["bad", "cross"],
  parked: ["bad", "cross"],
  invalid: ["bad", "cross"],
  needs_authorization: ["warning", "key"],
  conflict: ["warning", "swap"],
  held: ["warning", "lock"],
  paused: ["calm", "pause"],
  disabled: ["calm", "minusCircle"],
  draft: ["calm", "pencil"],
};

/** A state as mark and word; the word is `state.<state>`, or `label`. */
export function StateBadge({ state, label = "" }) {
  const [look, icon] = LOOKS[state] ?? ["calm", "info"];
  const word = label || (has(`state.${state}`) ? t(`state.${state}`) : state);
  return html`<span class=${`badge badge-${look}`} data-state=${state}><${Icon} name=${icon} />${word}</span>`;
}

/** A connection's state at a glance: badge, time, n of m while it syncs, and the cause in the API's words. */
export function GlanceLine({ glance, cause = true }) {
  const { state, at, done, total } = glance;
  const timed = state === "syncing" ? "glance.began" : ["synced", "failed", "paused", "needs_authorization"].includes(state) && "glance.success";
  return html`<div class="glance">
    <${StateBadge} state=${state} />
    ${timed && html`<span class="muted small">${rich(timed, { time: html`<${Time} at=${at} />` })}</span>`}
    ${state === "syncing" && total > 0 && html`<${Progress} value=${done} max=${total} label=${t("glance.items")} />`}
    ${cause && state !== "paused" && glance.cause && html`<span class="small glance-cause" lang="en">${glance.cause}</span>`}
  </div>`;
}

/** How far something has come: a bar with "n of m". */
export function Progress({ value, max, label }) {
  const text = t("progress.of", { done: number(value), total: number(max) });
  return html`<div class="progress">
    <span class="progress-text"><span>${label}</span><span>${text}</span></span>
    <progress value=${value} max=${Math.max(max, 1)} aria-label=${label}>${text}</progress>
  </div>`;
}

/** A time as "5 minutes ago", with the exact one on hovering; it stays true while the page stands. */
export function Time({ at, otherwise = "" }) {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((times) => times + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  if (!at) return otherwise || html`<span class="muted">${t("time.never")}</span>`;
  return html`<time datetime=${at} title=${exactTime(at)}>${ago(at)}</time>`;
}
