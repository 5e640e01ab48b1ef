/** The app's own service account in one Procore company. */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Field, fieldError, Form } from "../../parts/index.js";
import { Refused } from "./refused.js";

const FIELDS = ["company_id", "label"];

/** The form; `onMade` takes the new credential. */
export function ServiceAccountForm({ onMade }) {
  const [given, setGiven] = useState({ company_id: "", label: "" });
  const [add, { busy, error }] = useAction(async () => {
    const made = await api.post("/authorizations/service-account", given);
    onMade(made.authorization);
  });
  const field = (name, more = {}) => html`<${Field}
    label=${t(`setup.service.${name}`)}
    hint=${t(`setup.service.${name}.hint`)}
    error=${error?.install ? null : fieldError(error, name)}
    value=${given[name]}
    onValue=${(text) => setGiven({ ...given, [name]: text.trim() })}
    ...${more}
  />`;
  return html`<${Form} onSubmit=${add} error=${error}>
    <p>${t("setup.service.about")}</p>
    ${field("company_id", { inputMode: "numeric", required: true, autocomplete: "off" })} ${field("label", { autocomplete: "off" })}
    <${Refused} error=${error} fields=${FIELDS} onRetry=${add} where=${{ companyId: given.company_id }} />
    <div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("setup.service.add")}<//></div>
  <//>`;
}
