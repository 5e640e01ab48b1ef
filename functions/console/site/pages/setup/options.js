/** Step 7: the options, each with its default. */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Card, RefusalNotice } from "../../parts/index.js";
import { Incomplete, NoLists, useLists } from "./lists.js";
import { OptionRow } from "./option_row.js";
import { groupsFor } from "./options_schema.js";
import { SaveButtons } from "./step_buttons.js";
import { lacking } from "./steps.js";
import { Transfer } from "./transfer.js";
import { at, useSettingsForm } from "./values.js";

/** The options as a step: saved on going on; without the statuses that a copy needs it stays and says so. */
export function OptionsStep({ connection, onSaved, onNext, back }) {
  const lists = useLists(connection);
  const form = useSettingsForm(connection, onSaved);
  if (!lists.data) return html`<${NoLists} connection=${connection} lists=${lists} />`;
  return html`<div class="stack">
    <${Options} connection=${connection} lists=${lists} form=${form} />
    <details class="setup-details">
      <summary>${t("setup.transfer.title")}</summary>
      <${Transfer} key=${connection.version} connection=${connection} onSaved=${onSaved} />
    </details>
    <${SaveButtons} step="options" form=${form} back=${back} onNext=${onNext} />
  </div>`;
}

/** All options of the connection's approach over a settings form; used by the step and by the later change. */
export function Options({ connection, lists, form }) {
  const groups = groupsFor(connection.approach);
  const paths = groups.flatMap((group) => group.rows.map((row) => `settings.${row.path}`));
  const missing = form.state.done ? lacking("options", connection.approach, form.draft) : [];
  return html`<div class="stack">
    <${Incomplete} lists=${lists} />
    ${groups.map((group) => html`<${Group} key=${group.key} group=${group} lists=${lists.data} form=${form} missing=${missing} />`)}
    <${RefusalNotice} error=${form.state.error} fields=${paths} />
  </div>`;
}

function Group({ group, lists, form, missing }) {
  const { draft, change, state } = form;
  const rows = group.rows
    .filter((row) => !row.when || at(draft, row.when) || at(draft, row.path))
    .map(
      (row) => html`<${OptionRow}
        key=${row.path}
        ...${{ row, lists, draft, error: state.error }}
        needed=${missing.includes(row.path)}
        onValue=${(value) => change(row.path, value)}
      />`,
    );
  const body = html`<div class="setup-options">${rows}</div>`;
  if (group.folded) {
    return html`<${Card}><details class="setup-details setup-group">
      <summary><h2>${t(`setup.group.${group.key}`)}</h2></summary>
      <p class="muted">${t(`setup.group.${group.key}.lead`)}</p>${body}</details><//>`;
  }
  return html`<${Card} title=${t(`setup.group.${group.key}`)} lead=${t(`setup.group.${group.key}.lead`)}>${body}<//>`;
}
