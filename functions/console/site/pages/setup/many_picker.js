/** Any number of a list, which may be long: folded, searched, and told in one line. */
import { html, useState } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button, Check, FieldError, Search, useOwnId } from "../../parts/index.js";

const STEP = 40;
const SEARCH_FROM = 10;
const NAMED = 4;

/** `value`: ids; `none`: what an empty choice means. */
export function ManyPicker({ label, hint, error, entries, value, none, onValue }) {
  const id = useOwnId("many");
  const lost = value.filter((one) => !entries.some((entry) => entry.id === one));
  const all = [...entries, ...lost.map((one) => ({ id: one, name: t("setup.list.not_there", { value: one }) }))];
  const names = value.map((one) => all.find((entry) => entry.id === one).name || one);
  const told = value.length ? t("setup.many.chosen", { n: value.length, names: shortened(names) }) : none;
  return html`<div class="field setup-many">
    <span class="setup-label" id=${id}>${label}</span>
    <p class="hint">${hint}</p>
    <details class="setup-many-box">
      <summary aria-labelledby=${`${id} ${id}-told`}><span id=${`${id}-told`}>${told}</span></summary>
      <${Boxes} legend=${label} all=${all} value=${value} onValue=${onValue} />
    </details>
    <${FieldError} id=${`${id}-error`} error=${error} />
  </div>`;
}

function Boxes({ legend, all, value, onValue }) {
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState(STEP);
  const found = all.filter((one) => one.name.toLocaleLowerCase().includes(search.toLocaleLowerCase()));
  const put = (id, on) => onValue(on ? [...value, id] : value.filter((one) => one !== id));
  return html`<fieldset class="setup-many-list">
    <legend class="hidden">${legend}</legend>
    ${all.length > SEARCH_FROM && html`<${Search} label=${t("setup.many.search", { list: legend })} value=${search} onValue=${setSearch} />`}
    ${all.length === 0 && html`<p class="muted">${t("setup.list.none")}</p>`}
    <div class="setup-many-boxes">
      ${found.slice(0, shown).map(
        (one) => html`<${Check} key=${one.id} label=${one.name || one.id} hint=${one.kind} checked=${value.includes(one.id)} onValue=${(on) => put(one.id, on)} />`,
      )}
    </div>
    <div class="row">
      ${found.length > shown && html`<${Button} small onClick=${() => setShown(shown + STEP)}>${t("list.more")}<//>`}
      ${value.length > 0 && html`<${Button} small kind="quiet" onClick=${() => onValue([])}>${t("setup.many.clear")}<//>`}
    </div>
  </fieldset>`;
}

const shortened = (names) => names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ", …" : "");
