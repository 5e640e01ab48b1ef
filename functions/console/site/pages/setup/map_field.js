/** One map: both lists side by side, a choice for each value, and what the check says. */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button, Card, fieldError, Select } from "../../parts/index.js";
import { AddedValues } from "./added_values.js";
import { asOptions } from "./lists.js";
import { MapFindings } from "./map_findings.js";
import { defaultOf, filledByName, findings, mirrored } from "./maps_check.js";

/**
 * @param field one of MAP_FIELDS, @param draft the settings being edited, @param change(path, value)
 * @param tracker CxAlloy's entries, @param procore Procore's, @param list CxAlloy's list by name
 */
export function MapField({ field, draft, change, directions, error, list, tracker, procore }) {
  const maps = draft.maps[field];
  const sides = { to_procore: [tracker, procore], to_tracker: [procore, tracker] };
  const put = (direction, table) => change(`maps.${field}.${direction}`, table);
  const fill = () => {
    let next = maps;
    for (const way of directions) next = { ...next, [way]: filledByName(next[way], ...sides[way]) };
    if (directions.length > 1) next = mirrored(next);
    change(`maps.${field}`, next);
  };
  const told = findings(draft, field, tracker, procore, directions);
  const actions = html`<${Button} small icon="swap" onClick=${fill}>${t("setup.maps.fill")}<//>`;
  return html`<${Card} title=${t(`setup.map.${field}`)} lead=${t(`setup.map.${field}.lead`)} actions=${actions} className="setup-map">
    <div class="columns">
      ${directions.map(
        (direction) => html`<${Direction}
          key=${direction}
          ...${{ field, direction, draft, error, tracker, procore }}
          onPut=${(table) => put(direction, table)}
        />`,
      )}
    </div>
    <${MapFindings} told=${told} tracker=${tracker} procore=${procore} />
    <${AddedValues} list=${list} draft=${draft} change=${change} />
  <//>`;
}

function Direction({ field, direction, draft, error, tracker, procore, onPut }) {
  const table = draft.maps[field][direction];
  const [mine, other] = direction === "to_procore" ? [tracker, procore] : [procore, tracker];
  const lost = Object.keys(table).filter((id) => !mine.some((one) => one.id === id));
  const rows = [...mine, ...lost.map((id) => ({ id, name: t("setup.list.not_there", { value: id }) }))];
  const otherwise = nameOf(other, defaultOf(draft, field, direction));
  const choose = (id, target) => {
    const { [id]: _before, ...rest } = table;
    onPut(target ? { ...rest, [id]: target } : rest);
  };
  return html`<fieldset class="setup-direction">
    <legend>${t(`setup.maps.${direction}`)}</legend>
    ${rows.length === 0 && html`<p class="muted">${t("setup.list.none")}</p>`}
    ${rows.map(
      (one) => html`<div class="setup-pair" key=${one.id}>
        <span class="setup-pair-from" aria-hidden="true">${one.name || one.id}</span>
        <span class="setup-pair-arrow" aria-hidden="true">→</span>
        <${Select}
          hideLabel
          label=${t(`setup.maps.row.${direction}`, { value: one.name || one.id })}
          error=${fieldError(error, `settings.maps.${field}.${direction}.${one.id}`)}
          empty=${otherwise ? t("setup.maps.default", { value: otherwise }) : t("setup.maps.unset")}
          options=${asOptions(other, table[one.id])}
          value=${table[one.id] ?? ""}
          onValue=${(target) => choose(one.id, target)}
        />
      </div>`,
    )}
  </fieldset>`;
}

const nameOf = (entries, id) => (id ? (entries.find((one) => one.id === id)?.name ?? id) : "");
