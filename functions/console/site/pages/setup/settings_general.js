/** A connection's name, approach and credentials, and who may take over at Procore (S9, S10, S20). */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction, useResource } from "../../lib/resource.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Card, Check, Field, fieldError, Form, Notice, RefusalNotice, Select, Spinner } from "../../parts/index.js";
import { ApproachChoice } from "./approach.js";
import { Refused } from "./refused.js";
import { same, saveChange } from "./values.js";

const IDLE = ["draft", "disabled"];

/** Each card is saved by itself. */
export function GeneralPart({ connection, onSaved }) {
  const held = useResource(() => api.get("/authorizations"));
  return html`<div class="stack">
    <${Name} connection=${connection} onSaved=${onSaved} />
    ${
      held.data
        ? html`<${Credentials} held=${held.data.items} connection=${connection} onSaved=${onSaved} />`
        : held.error
          ? html`<${Refused} error=${held.error} onRetry=${held.reload} />`
          : html`<${Spinner} />`
    }
    ${
      IDLE.includes(connection.state)
        ? html`<${Card}><${ApproachChoice} connection=${connection} onSaved=${onSaved} /><//>`
        : html`<${Card} title=${t("setup.approach.legend")}><p>${t(`setup.approach.${connection.approach}`)}</p><p class="muted">${t("setup.approach.fixed")}</p><//>`
    }
  </div>`;
}

function Name({ connection, onSaved }) {
  const [name, setName] = useState(connection.name);
  const [save, { busy, error, done }] = useAction(async () => onSaved(await saveChange(connection, { name: name.trim() })));
  return html`<${Card} title=${t("setup.general.name")}>
    <${Form} onSubmit=${save} error=${error}>
      <${Field} label=${t("setup.new.name")} error=${fieldError(error, "name")} value=${name} onValue=${setName} required maxlength="200" />
      <${RefusalNotice} error=${error} fields=${["name"]} />
      <div class="row">
        <${Button} type="submit" busy=${busy} disabled=${name.trim() === connection.name}>${t("setup.save")}<//>
        <span role="status">${done && t("setup.saved")}</span>
      </div>
    <//>
  <//>`;
}

function Credentials({ held, connection, onSaved }) {
  const start = chosenIn(connection);
  const [given, setGiven] = useState(start);
  const put = (field) => (value) => setGiven({ ...given, [field]: value });
  const changes = Object.fromEntries(Object.entries(given).filter(([field, value]) => !same(value, connection[field])));
  const [save, { busy, error, done }] = useAction(async () => onSaved(await saveChange(connection, changes)));
  const procore = held.filter((one) => one.kind !== "cxalloy_key");
  const select = (field, entries) => html`<${Select}
    label=${t(`setup.general.${field}`)}
    hint=${t(`setup.general.${field}.hint`)}
    error=${fieldError(error, field)}
    empty=${t("setup.choose")}
    options=${entries.map((one) => ({ value: one.id, label: one.valid ? one.label : t("setup.general.invalid", { name: one.label }) }))}
    value=${given[field]}
    onValue=${put(field)}
  />`;
  return html`<${Card} title=${t("setup.general.credentials")} lead=${t("setup.general.credentials.lead")}>
    <div class="stack">
      <div class="columns">
        ${select("procore_authorization_id", procore)}
        ${select("tracker_authorization_id", held.filter((one) => one.kind === "cxalloy_key"))}
      </div>
      <${Others} held=${procore} main=${given.procore_authorization_id} value=${given.other_authorization_ids} onValue=${put("other_authorization_ids")} />
      <${RefusalNotice} error=${error} fields=${Object.keys(start)} />
      <div class="row">
        <${Button} kind="primary" busy=${busy} disabled=${!Object.keys(changes).length} onClick=${save}>${t("setup.save")}<//>
        <a href=${href("/authorizations")}>${t("setup.general.manage")}</a>
      </div>
      ${done && html`<${Notice} kind="good" live title=${t("setup.saved")} />`}
    </div>
  <//>`;
}

const chosenIn = ({ procore_authorization_id, tracker_authorization_id, other_authorization_ids }) => ({
  procore_authorization_id,
  tracker_authorization_id,
  other_authorization_ids,
});

/** Who takes over, in this order, when the first loses its rights. */
function Others({ held, main, value, onValue }) {
  const able = held.filter((one) => one.id !== main);
  const put = (id, on) => onValue(on ? [...value, id] : value.filter((one) => one !== id));
  return html`<fieldset class="radios">
    <legend>${t("setup.general.others")}</legend>
    <p class="hint">${t("setup.general.others.hint")}</p>
    ${!able.length && html`<p class="muted">${t("setup.general.others.none")}</p>`}
    ${able.map((one) => {
      const place = value.indexOf(one.id) + 1;
      const label = place ? t("setup.general.others.place", { name: one.label, place }) : one.label;
      return html`<${Check} key=${one.id} label=${label} checked=${place > 0} onValue=${(on) => put(one.id, on)} />`;
    })}
  </fieldset>`;
}
