/** One option: its name, what it does, its default, and how it is chosen. */
import { html } from "../../lib/html.js";
import { duration, number } from "../../lib/format.js";
import { t } from "../../lib/words.js";
import { Check, Field, fieldError, Select } from "../../parts/index.js";
import { DEFAULTS } from "./defaults.js";
import { asOptions, trackerEntries } from "./lists.js";
import { ManyPicker } from "./many_picker.js";
import { Rules } from "./rules.js";
import { Sections } from "./sections.js";
import { Some } from "./some.js";
import { at } from "./values.js";

const KINDS = {
  check: CheckRow,
  choice: ChoiceRow,
  number: NumberRow,
  text: TextRow,
  ids: IdsRow,
  status: StatusRow,
  many: ManyRow,
  rules: RulesRow,
  sections: SectionsRow,
  some: SomeRow,
};

/** `row` is of the schema; `needed`: enabling asks for it and nothing is chosen. */
export function OptionRow({ row, lists, draft, error, needed, onValue }) {
  const value = at(draft, row.path);
  const usual = at(DEFAULTS, row.path);
  const told = fieldError(error, `settings.${row.path}`) ?? (needed ? t("setup.maps.needed") : null);
  const label = t(`setup.option.${row.path}`);
  const hint = t(`setup.option.${row.path}.hint`);
  return html`<${KINDS[row.kind]} ...${{ row, lists, draft, value, usual, error: told, label, hint, onValue }} />`;
}

/** The hint and the default of an option. */
const withDefault = (hint, usual) => html`${hint} <span class="setup-default">${t("setup.default", { value: usual })}</span>`;

function CheckRow({ value, usual, hint, ...field }) {
  return html`<${Check} ...${field} checked=${value} hint=${withDefault(hint, t(usual ? "setup.on" : "setup.off"))} />`;
}

function ChoiceRow({ row, value, usual, hint, ...field }) {
  const word = (one) => t(`setup.option.${row.path}.${one}`);
  const options = row.values.map((one) => ({ value: one, label: word(one) }));
  return html`<${Select} ...${field} value=${value} options=${options} hint=${withDefault(hint, word(usual))} />`;
}

function NumberRow({ row, value, usual, hint, onValue, ...field }) {
  const range = t("setup.range", { min: number(row.min), max: number(row.max) });
  const put = (text) => onValue(text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text));
  const now = row.unit === "seconds" && Number(value) >= 60 ? ` · ${duration(Number(value))}` : "";
  return html`<${Field}
    ...${field}
    className="setup-number"
    type="number"
    min=${row.min}
    max=${row.max}
    value=${value}
    onValue=${put}
    label=${`${field.label}${row.unit ? ` (${t(`setup.unit.${row.unit}`)})` : ""}`}
    hint=${html`${withDefault(hint, withUnit(usual, row.unit))} <span>${range}${now}</span>`}
  />`;
}

function withUnit(value, unit) {
  if (unit === "seconds") return value < 60 ? `${number(value)} s` : duration(value);
  return unit === "percent" ? `${number(value)} %` : number(value);
}

function TextRow({ value, usual, hint, ...field }) {
  return html`<${Field} ...${field} value=${value} maxlength="200" hint=${usual ? withDefault(hint, usual) : hint} />`;
}

function IdsRow({ value, onValue, ...field }) {
  const put = (text) => onValue(text.split(/[\s,;]+/).filter(Boolean));
  return html`<${Field} ...${field}>${(ties) => html`<input class="input" type="text" ...${ties} value=${value.join(", ")} onChange=${(event) => put(event.currentTarget.value)} />`}<//>`;
}

function StatusRow({ lists, draft, value, ...field }) {
  const options = asOptions(trackerEntries(lists, draft, "statuses"), value);
  return html`<${Select} ...${field} value=${value} options=${options} empty=${t("setup.choose")} />`;
}

function ManyRow({ row, lists, draft, usual, hint, ...field }) {
  const [side, name] = row.list.split(".");
  const entries = side === "tracker" ? trackerEntries(lists, draft, name) : lists.procore[name];
  const none = t(row.path.startsWith("filters.") ? "setup.many.all" : "setup.many.none");
  return html`<${ManyPicker} ...${field} entries=${entries} none=${none} hint=${withDefault(hint, none)} />`;
}

function RulesRow({ value, onValue, error }) {
  return html`<${Rules} value=${value} onValue=${onValue} error=${error} />`;
}

function SomeRow({ row, value, onValue, error, label, hint }) {
  const options = row.values.map((one) => ({ value: one, label: t(`setup.option.${row.path}.${one}`) }));
  return html`<${Some} ...${{ options, value, onValue, error, label }} hint=${withDefault(hint, t("setup.some.all"))} />`;
}

function SectionsRow({ value, onValue, error, label, hint }) {
  return html`<${Sections} ...${{ value, onValue, error, label, hint }} />`;
}
