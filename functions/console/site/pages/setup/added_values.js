/** CxAlloy's values that no issue has yet: no public call lists them, so a person may add them by hand (A20). */
import { html, useState } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button, Field } from "../../parts/index.js";

/** The values of a list that were added by hand, and a form for another. */
export function AddedValues({ list, draft, change }) {
  const added = draft.added_values[list] ?? {};
  const put = (next) => change(`added_values.${list}`, next);
  const without = (id) => Object.fromEntries(Object.entries(added).filter(([key]) => key !== id));
  return html`<details class="setup-details">
    <summary>${t("setup.added.title", { n: Object.keys(added).length })}</summary>
    <p class="muted">${t("setup.added.text")}</p>
    <ul class="setup-added">
      ${Object.entries(added).map(
        ([id, name]) => html`<li key=${id}>
          <span>${name} <code>${id}</code></span>
          <${Button} small kind="quiet" icon="bin" label=${t("setup.added.remove", { name })} onClick=${() => put(without(id))} />
        </li>`,
      )}
    </ul>
    <${Form} onAdd=${(id, name) => put({ ...added, [id]: name })} />
  </details>`;
}

function Form({ onAdd }) {
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const ready = id.trim() && name.trim();
  const add = () => {
    onAdd(id.trim(), name.trim());
    setId("");
    setName("");
  };
  return html`<div class="setup-added-form">
    <${Field} label=${t("setup.added.name")} value=${name} onValue=${setName} maxlength="200" autocomplete="off" />
    <${Field} label=${t("setup.added.id")} hint=${t("setup.added.id.hint")} value=${id} onValue=${setId} maxlength="64" autocomplete="off" />
    <div><${Button} icon="plus" disabled=${!ready} onClick=${add}>${t("setup.added.add")}<//></div>
  </div>`;
}
