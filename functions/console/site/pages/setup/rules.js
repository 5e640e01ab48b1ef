/** Who wins when both sides changed the same field: per field (A13). */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { FieldError, Select } from "../../parts/index.js";
import { CONFLICT_FIELDS, RULES } from "./options_schema.js";

/** A choice for each field; one without a rule follows the change received last. */
export function Rules({ value, onValue, error }) {
  const put = (field, rule) => {
    const { [field]: _before, ...rest } = value;
    onValue(rule === "last" ? rest : { ...rest, [field]: rule });
  };
  const options = RULES.map((one) => ({ value: one, label: t(`setup.rule.${one}`) }));
  return html`<div class="setup-rules">
    <p class="setup-default">${t("setup.default", { value: t("setup.rule.last") })}</p>
    ${CONFLICT_FIELDS.map(
      (field) => html`<${Select} key=${field} label=${t(`setup.field.${field}`)} options=${options} value=${value[field] ?? "last"} onValue=${(rule) => put(field, rule)} />`,
    )}
    <${FieldError} id="setup-rules-error" error=${error} />
  </div>`;
}
