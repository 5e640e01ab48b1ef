/** A CxAlloy key: a new one is tried before it is kept (S20); or another secret for one that is there. */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Field, fieldError, Form, FormButtons, RefusalNotice } from "../../parts/index.js";
import { TestResult } from "./test_result.js";

const HOST = "tq.cxalloy.com";
const FIELDS = ["host", "identifier", "secret", "label"];
const PLAIN = { autocomplete: "off", spellcheck: "false" };

/**
 * The form; `onDone(authorization, test)` follows. A new key that reaches no project is not kept: the form tells why
 * and stays. With `replaces`, that authorization gets the key, and there is no test.
 */
export function KeyForm({ onDone, replaces = null, onCancel = null }) {
  const [given, setGiven] = useState({ host: HOST, identifier: replaces?.subject ?? "", secret: "", label: "" });
  const [told, setTold] = useState(null);
  const [run, { busy, error }] = useAction(async () => {
    setTold(null);
    const { made, test } = await (replaces ? replaced(replaces, given) : storedAndTried(given));
    return made ? onDone(made, test) : setTold(test);
  });
  const field = (name, more) => html`<${Field}
    error=${fieldError(error, name)}
    value=${given[name]}
    onValue=${(text) => setGiven((before) => ({ ...before, [name]: text }))}
    ...${PLAIN}
    ...${more}
  />`;
  return html`<${Form} onSubmit=${run} error=${error}>
    ${!replaces && field("host", { label: t("key.host"), hint: t("key.host.hint"), required: true, inputmode: "url" })}
    ${field("identifier", { label: t("key.identifier"), hint: t("key.identifier.hint"), required: true })}
    ${field("secret", { label: t("key.secret"), hint: t("key.secret.hint"), required: true, type: "password", autocomplete: "new-password" })}
    ${!replaces && field("label", { label: t("authorizations.label"), hint: t("authorizations.label.hint"), optional: true })}
    <${RefusalNotice} error=${error} fields=${FIELDS} />
    ${told && html`<${TestResult} told=${told} />`}
    <${FormButtons} act=${t(replaces ? "key.replace" : "key.add")} busy=${busy} onCancel=${onCancel} />
  <//>`;
}

async function replaced({ id }, { identifier, secret }) {
  return { made: await api.put(`/authorizations/${id}/key`, { identifier: identifier.trim(), secret: secret.trim() }) };
}

/** `made` is missing where the key does not work. */
async function storedAndTried(given) {
  const trimmed = Object.fromEntries(FIELDS.map((name) => [name, given[name].trim()]));
  const made = await api.post("/authorizations/cxalloy", trimmed);
  const forget = () => api.del(`/authorizations/${made.id}`).catch(() => null);
  try {
    const test = await api.post(`/authorizations/${made.id}/test`);
    if (test.projects.length) return { made, test };
    await forget();
    return { test };
  } catch (refusal) {
    await forget();
    throw refusal;
  }
}
