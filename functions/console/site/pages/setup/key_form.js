/** A new CxAlloy key: stored, tried, and used when it reaches a project. */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Field, fieldError, Form, RefusalNotice } from "../../parts/index.js";
import { KeyTest } from "./key_test.js";

const FIELDS = ["host", "identifier", "secret", "label"];
const INPUTS = {
  host: { required: true, placeholder: "tq.cxalloy.com", autocomplete: "off", inputMode: "url" },
  identifier: { required: true, autocomplete: "off", spellcheck: false },
  secret: { required: true, type: "password", autocomplete: "new-password" },
  label: { autocomplete: "off" },
};

/** The form; `onAdded(authorization, test)` is called when the key works. One that does not is not kept. */
export function KeyForm({ onAdded }) {
  const [given, setGiven] = useState({ host: "", identifier: "", secret: "", label: "" });
  const [told, setTold] = useState(null);
  const [add, { busy, error }] = useAction(async () => {
    setTold(null);
    const { made, test } = await storeAndTry(given);
    if (!test.projects.length) return setTold(test);
    setGiven({ ...given, secret: "" });
    return onAdded(made, test);
  });
  return html`<${Form} onSubmit=${add} error=${error}>
    ${FIELDS.map(
      (name) => html`<${Field}
        key=${name}
        label=${t(`setup.key.${name}`)}
        hint=${t(`setup.key.${name}.hint`)}
        error=${fieldError(error, name)}
        value=${given[name]}
        onValue=${(text) => setGiven({ ...given, [name]: text })}
        ...${INPUTS[name]}
      />`,
    )}
    <${RefusalNotice} error=${error} fields=${FIELDS} />
    ${told && html`<${KeyTest} told=${told} />`}
    <div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("setup.key.add")}<//></div>
  <//>`;
}

async function storeAndTry(given) {
  const made = await api.post("/authorizations/cxalloy", given);
  const forget = () => api.del(`/authorizations/${made.id}`).catch(() => null);
  try {
    const test = await api.post(`/authorizations/${made.id}/test`);
    if (!test.projects.length) await forget();
    return { made, test };
  } catch (refusal) {
    await forget();
    throw refusal;
  }
}
