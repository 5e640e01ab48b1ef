/** The app's own service account in one Procore company (S2). */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Field, fieldError, Form, FormButtons } from "../../parts/index.js";
import { Refused } from "../setup/refused.js";

const FIELDS = ["company_id", "label"];

/** The form; `onDone` takes the new authorization. A refusal says what to ask of whom in that company. */
export function ServiceAccountForm({ onDone, onCancel = null }) {
  const [given, setGiven] = useState({ company_id: "", label: "" });
  const sent = { company_id: given.company_id.trim(), label: given.label.trim() };
  const [run, { busy, error }] = useAction(async () => {
    const made = await api.post("/authorizations/service-account", sent);
    onDone(made.authorization);
  });
  const field = (name, more) => html`<${Field}
    error=${error?.install ? null : fieldError(error, name)}
    value=${given[name]}
    onValue=${(text) => setGiven((before) => ({ ...before, [name]: text }))}
    autocomplete="off"
    ...${more}
  />`;
  return html`<${Form} onSubmit=${run} error=${error}>
    <p>${t("service.text")}</p>
    ${field("company_id", { label: t("service.company"), hint: t("service.company.hint"), required: true, inputmode: "numeric" })}
    ${field("label", { label: t("authorizations.label"), hint: t("authorizations.label.hint"), optional: true })}
    <${Refused} error=${error} fields=${FIELDS} onRetry=${run} where=${{ companyId: sent.company_id }} />
    <${FormButtons} act=${t("service.act")} busy=${busy} onCancel=${onCancel} />
  <//>`;
}
