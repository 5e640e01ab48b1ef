/** Fields of forms: each has a label, and its hint and error are tied to it. */
import { html, useState } from "../lib/html.js";
import { t } from "../lib/words.js";
import { Icon } from "./icon.js";

let made = 0;

/** An id that is this component's own. */
export function useOwnId(start = "field") {
  return useState(() => `${start}-${++made}`)[0];
}

/** The problem that the API names for a field, or null: for `error` of any field here. */
export function fieldError(error, field) {
  const named = error?.problems?.find((problem) => problem.field === field);
  if (named) return named;
  return error?.field === field ? { field, reason: error.cause, nextStep: error.nextStep } : null;
}

/**
 * A line to type in; `rows` makes it many lines. `onValue` gets the text. Or give a function as the child, which
 * gets `{id, "aria-describedby", "aria-invalid"}` for a control of your own.
 */
export function Field({ label, hint = null, error = null, optional = false, className = "", children, onValue, ...input }) {
  const { id, ties } = useTies(hint, error);
  const control = childFunction(children);
  const typed = (event) => onValue?.(event.currentTarget.value);
  return html`<div class=${`field ${className}`}>
    <label for=${id}>${label}${optional && html` <span class="optional">${t("field.optional")}</span>`}</label>
    <${Hint} id=${`${id}-hint`} hint=${hint} />
    ${control
      ? control({ id, ...ties })
      : input.rows
        ? html`<textarea id=${id} class="input" ...${ties} ...${input} onInput=${typed}></textarea>`
        : html`<input id=${id} class="input" type="text" ...${ties} ...${input} onInput=${typed} />`}
    <${FieldError} id=${`${id}-error`} error=${error} />
  </div>`;
}

/** A choice from a list: `options` [{value, label, disabled}]; `empty` names the choice of none. */
export function Select({ label, hint = null, error = null, options, value = "", empty = null, onValue, hideLabel = false, ...more }) {
  const { id, ties } = useTies(hint, error);
  return html`<div class="field">
    <label for=${id} class=${hideLabel ? "hidden" : undefined}>${label}</label>
    <${Hint} id=${`${id}-hint`} hint=${hint} />
    <span class="select">
      <select id=${id} class="input" ...${ties} ...${more} value=${value} onChange=${(event) => onValue?.(event.currentTarget.value)}>
        ${empty !== null && html`<option value="" selected=${value === ""}>${empty}</option>`}
        ${options.map((one) => html`<option key=${one.value} value=${one.value} disabled=${one.disabled} selected=${one.value === value}>${one.label}</option>`)}
      </select>
      <${Icon} name="chevronDown" />
    </span>
    <${FieldError} id=${`${id}-error`} error=${error} />
  </div>`;
}

/** A yes or no; the label stands behind the box. */
export function Check({ label, hint = null, error = null, checked = false, onValue, ...more }) {
  const { id, ties } = useTies(hint, error);
  return html`<div class="check">
    <input id=${id} type="checkbox" ...${ties} ...${more} checked=${checked} onChange=${(event) => onValue?.(event.currentTarget.checked)} />
    <div>
      <label for=${id}>${label}</label>
      <${Hint} id=${`${id}-hint`} hint=${hint} />
      <${FieldError} id=${`${id}-error`} error=${error} />
    </div>
  </div>`;
}

/** One of a few: `options` [{value, label, hint, disabled}]; `cards` gives each its own surface. */
export function RadioGroup({ legend, hint = null, error = null, options, value, onValue, cards = false }) {
  const { id, ties } = useTies(hint, error);
  return html`<fieldset class=${cards ? "radios radios-cards" : "radios"} ...${ties}>
    <legend>${legend}</legend>
    <${Hint} id=${`${id}-hint`} hint=${hint} />
    <div class="radios-list">
      ${options.map((one) => html`<${Radio} key=${one.value} group=${id} one=${one} chosen=${one.value === value} onValue=${onValue} />`)}
    </div>
    <${FieldError} id=${`${id}-error`} error=${error} />
  </fieldset>`;
}

function Radio({ group, one, chosen, onValue }) {
  const id = `${group}-${one.value}`;
  return html`<div class=${chosen ? "check check-chosen" : "check"}>
    <input id=${id} type="radio" name=${group} value=${one.value} checked=${chosen} disabled=${one.disabled}
      aria-describedby=${one.hint ? `${id}-hint` : undefined} onChange=${() => onValue?.(one.value)} />
    <div>
      <label for=${id}>${one.label}</label>
      <${Hint} id=${`${id}-hint`} hint=${one.hint} />
    </div>
  </div>`;
}

/** A box to search in; it has no button, the list follows what is typed. */
export function Search({ label, value, onValue, placeholder = "" }) {
  const id = useOwnId("search");
  return html`<div class="search">
    <label for=${id} class="hidden">${label}</label>
    <${Icon} name="search" />
    <input id=${id} class="input" type="search" value=${value} placeholder=${placeholder || label} autocomplete="off"
      onInput=${(event) => onValue(event.currentTarget.value)} />
  </div>`;
}

function Hint({ id, hint }) {
  return hint ? html`<p id=${id} class="hint">${hint}</p>` : null;
}

/** What is wrong with a field: a text, or a problem of the API in its own words. */
export function FieldError({ id, error }) {
  if (!error) return html`<div id=${id} class="field-error" role="alert"></div>`;
  const own = typeof error === "string";
  return html`<div id=${id} class="field-error" role="alert">
    <${Icon} name="warning" />
    <span lang=${own ? undefined : "en"}>${own ? error : `${error.reason} ${error.nextStep ?? ""}`.trim()}</span>
  </div>`;
}

function useTies(hint, error) {
  const id = useOwnId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return { id, ties: { "aria-describedby": described || undefined, "aria-invalid": error ? "true" : undefined } };
}

/** htm hands a lone child over as itself or in a list. */
function childFunction(children) {
  const only = Array.isArray(children) ? children[0] : children;
  return typeof only === "function" ? only : null;
}
