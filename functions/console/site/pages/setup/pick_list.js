/** One of many named things: a search, a list of choices, more of it on demand. */
import { html, useState } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button, useOwnId } from "../../parts/index.js";

const STEP = 50;

/**
 * Radio buttons for a list that may be long.
 * @param entries [{id, name, kind}] as the API lists them; `detail(entry)` is a second line
 * @param value the id chosen, @param onValue called with the entry
 */
export function PickList({ legend, entries, value, onValue, detail = () => "", empty = "" }) {
  const [shown, setShown] = useState(STEP);
  const group = useOwnId("pick");
  const [before] = useState(value); // only this one leads the list: one that moves when chosen escapes the arrow keys
  const top = entries.filter((one) => one.id === before);
  const listed = [...top, ...entries.filter((one) => one.id !== before)].slice(0, Math.max(shown, 1));
  if (!entries.length) return html`<p class="muted" role="status">${empty || t("setup.list.none")}</p>`;
  return html`<fieldset class="setup-pick">
    <legend>${legend}</legend>
    <div class="setup-pick-list">
      ${listed.map(
        (one) => html`<${Choice} key=${one.id} ...${{ group, one, detail, onValue }} chosen=${one.id === value} />`,
      )}
    </div>
    <p class="muted small" role="status">${t("setup.list.shown", { n: listed.length, all: entries.length })}</p>
    ${listed.length < entries.length && html`<${Button} onClick=${() => setShown(shown + STEP)}>${t("list.more")}<//>`}
  </fieldset>`;
}

function Choice({ group, one, detail, chosen, onValue }) {
  const id = `${group}-${one.id}`;
  const more = detail(one);
  return html`<label class="setup-choice" for=${id} data-chosen=${chosen}>
    <input id=${id} type="radio" name=${group} value=${one.id} checked=${chosen} onChange=${() => onValue(one)} />
    <span>${one.name || one.id}${more && html` <span class="muted small">${more}</span>`}</span>
  </label>`;
}
