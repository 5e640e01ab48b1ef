/** Step 6: the maps, with both lists side by side and their checks (A20-A22). */
import { html, useEffect } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Card, fieldError, RefusalNotice, Select } from "../../parts/index.js";
import { asOptions, Incomplete, NoLists, trackerEntries, useLists } from "./lists.js";
import { MapField } from "./map_field.js";
import { LISTS, MAP_FIELDS } from "./maps_check.js";
import { SaveButtons } from "./step_buttons.js";
import { lacking } from "./steps.js";
import { useSettingsForm } from "./values.js";

/** The maps as a step: saved on going on; without the defaults that enabling needs it stays and says so. */
export function MapsStep({ connection, onSaved, onNext, back }) {
  const lists = useLists(connection);
  const form = useSettingsForm(connection, onSaved);
  if (!lists.data) return html`<${NoLists} connection=${connection} lists=${lists} />`;
  return html`<div class="stack">
    <${Maps} connection=${connection} lists=${lists} form=${form} />
    <${SaveButtons} step="maps" form=${form} back=${back} onNext=${onNext} />
  </div>`;
}

/** The defaults and the four maps over a settings form; used by the step and by the later change. */
export function Maps({ connection, lists, form }) {
  const { draft, change, state } = form;
  useProposal(lists, draft, change, connection.approach);
  const directions = connection.approach === "sync" ? ["to_procore", "to_tracker"] : ["to_procore"];
  return html`<div class="stack">
    <${Incomplete} lists=${lists} />
    <${Defaults} connection=${connection} lists=${lists.data} form=${form} />
    ${MAP_FIELDS.map((field) => {
      const [here, there] = LISTS[field];
      return html`<${MapField}
        key=${field}
        ...${{ field, draft, change, directions, error: state.error, list: here }}
        tracker=${trackerEntries(lists.data, draft, here)}
        procore=${lists.data.procore[there]}
      />`;
    })}
    <${RefusalNotice} error=${state.error} />
  </div>`;
}

function Defaults({ connection, lists, form }) {
  const { draft, change, state } = form;
  const missing = lacking("maps", connection.approach, draft);
  const error = (name) =>
    fieldError(state.error, `settings.${name}`) ?? (state.done && missing.includes(name) ? t("setup.maps.needed") : null);
  return html`<${Card} title=${t("setup.maps.defaults")} lead=${t("setup.maps.defaults.lead")}>
    <div class="columns">
      <${Select}
        label=${t("setup.maps.default_type")}
        hint=${t("setup.maps.default_type.hint")}
        error=${error("default_type_id")}
        empty=${t("setup.choose")}
        options=${asOptions(lists.procore.types, draft.default_type_id)}
        value=${draft.default_type_id}
        onValue=${(value) => change("default_type_id", value)}
      />
      ${
        connection.approach === "sync" &&
        html`<${Select}
          label=${t("setup.maps.initial_status")}
          hint=${t("setup.maps.initial_status.hint")}
          error=${error("initial_status_id")}
          empty=${t("setup.choose")}
          options=${asOptions(trackerEntries(lists, draft, "statuses"), draft.initial_status_id)}
          value=${draft.initial_status_id}
          onValue=${(value) => change("initial_status_id", value)}
        />`
      }
    </div>
  <//>`;
}

/** The initial status is proposed: "Open", where CxAlloy has it. */
function useProposal(lists, draft, change, approach) {
  useEffect(() => {
    if (approach !== "sync" || draft.initial_status_id || !lists.data) return;
    const open = lists.data.tracker.statuses.find((one) => one.name.trim().toLowerCase() === "open");
    if (open) change("initial_status_id", open.id);
  }, [lists.data]);
}
