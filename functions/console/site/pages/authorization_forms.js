/** Forms for credentials: the app's service account, CxAlloy keys, invitations; and what a test told (S2, S3, S20). */
import { api } from "../lib/api.js";
import { dateTime, number } from "../lib/format.js";
import { html, useState } from "../lib/html.js";
import { useAction } from "../lib/resource.js";
import { t } from "../lib/words.js";
import { Button, CopyText, Field, fieldError, Form, Notice, RefusalNotice, Select } from "../parts/index.js";

/** Give a CxAlloy key, or another secret in the place of `replaces`. `onDone` gets the authorization. */
export function CxAlloyKeyForm({ onDone, replaces = null, onCancel = null }) {
  const [given, setGiven] = useState({ host: "tq.cxalloy.com", label: "", identifier: replaces?.subject ?? "", secret: "" });
  const put = (name) => (value) => setGiven((before) => ({ ...before, [name]: value }));
  const [run, { busy, error }] = useAction(async () => onDone(await stored(given, replaces)));
  const field = (name, more) => html`<${Field} label=${t(`key.${name}`)} value=${given[name]} onValue=${put(name)} error=${fieldError(error, name)} autocomplete="off" spellcheck="false" ...${more} />`;
  return html`<${Form} onSubmit=${run} error=${error}>
    ${!replaces && field("host", { hint: t("key.host.hint"), required: true, inputmode: "url" })}
    ${field("identifier", { required: true })}
    ${field("secret", { hint: t("key.secret.hint"), type: "password", required: true, autocomplete: "new-password" })}
    ${!replaces && field("label", { hint: t("key.label.hint"), optional: true })}
    <${RefusalNotice} error=${error} fields=${["host", "identifier", "secret", "label"]} />
    <${Foot} busy=${busy} act=${t(replaces ? "key.replace.act" : "key.add.act")} onCancel=${onCancel} disabled=${!given.identifier || !given.secret} />
  <//>`;
}

function stored({ host, label, identifier, secret }, replaces) {
  const named = { identifier: identifier.trim(), secret: secret.trim() };
  if (replaces) return api.put(`/authorizations/${replaces.id}/key`, named);
  return api.post("/authorizations/cxalloy", { ...named, host: host.trim(), label: label.trim() });
}

/** Connect by the app's own account in a company. `onDone` gets the authorization. */
export function ServiceAccountForm({ onDone, onCancel = null }) {
  const [company, setCompany] = useState("");
  const [label, setLabel] = useState("");
  const [run, { busy, error }] = useAction(async () => {
    const made = await api.post("/authorizations/service-account", { company_id: company.trim(), label: label.trim() });
    onDone(made.authorization, made.projects);
  });
  return html`<${Form} onSubmit=${run} error=${error}>
    <p>${t("service.text")}</p>
    <${Field} label=${t("service.company")} hint=${t("service.company.hint")} inputmode="numeric" required value=${company} onValue=${setCompany} error=${fieldError(error, "company_id")} autocomplete="off" />
    <${Field} label=${t("key.label")} hint=${t("key.label.hint")} optional value=${label} onValue=${setLabel} error=${fieldError(error, "label")} autocomplete="off" />
    <${RefusalNotice} error=${error} fields=${["company_id", "label"]} />
    <${Foot} busy=${busy} act=${t("service.act")} onCancel=${onCancel} disabled=${!company.trim()} />
  <//>`;
}

/** Make a connect invitation and show its link, this once; `authorizationId` is the one it is to renew. */
export function InviteForm({ authorizationId = "", onClose }) {
  const [note, setNote] = useState("");
  const [days, setDays] = useState("7");
  const [made, setMade] = useState(null);
  const [run, { busy, error }] = useAction(async () => {
    const body = { note: note.trim(), expires_in_days: Number(days), authorization_id: authorizationId };
    setMade(await api.post("/invitations", body));
  });
  if (made) return html`<${Invited} made=${made} onClose=${onClose} />`;
  const spans = [1, 3, 7, 14, 30].map((n) => ({ value: String(n), label: t("invite.days", { n }) }));
  return html`<${Form} onSubmit=${run} error=${error}>
    <p>${t("invite.text")}</p>
    <${Field} label=${t("invite.note")} hint=${t("invite.note.hint")} rows="3" maxlength="1000" optional value=${note} onValue=${setNote} error=${fieldError(error, "note")} />
    <${Select} label=${t("invite.expires")} options=${spans} value=${days} onValue=${setDays} error=${fieldError(error, "expires_in_days")} />
    <${RefusalNotice} error=${error} fields=${["note", "expires_in_days"]} />
    <${Foot} busy=${busy} act=${t("invite.act")} onCancel=${onClose} />
  <//>`;
}

function Invited({ made, onClose }) {
  return html`<${Notice} kind="good" live title=${t("invite.made")}><p>${t("invite.made.text", { time: dateTime(made.expires_at) })}</p><//>
    <${CopyText} text=${made.link} label=${t("invite.link")} />
    <div class="row row-end"><${Button} kind="primary" onClick=${onClose}>${t("dialog.done")}<//></div>`;
}

function Foot({ busy, act, onCancel, disabled = false }) {
  return html`<div class=${onCancel ? "row row-end" : "row"}>
    ${onCancel && html`<${Button} onClick=${onCancel}>${t("dialog.cancel")}<//>`}
    <${Button} kind="primary" type="submit" busy=${busy} disabled=${disabled}>${act}<//>
  </div>`;
}

/** What a credential reaches and may do, as its test told. */
export function TestResult({ told }) {
  const reached = [...told.companies, ...told.projects];
  const good = told.reachable && !told.cause;
  return html`<${Notice} kind=${good ? "good" : told.reachable ? "warning" : "bad"} live title=${t(good ? "test.good" : told.reachable ? "test.limited" : "test.unreachable")}>
    ${told.cause && html`<p lang="en">${told.cause} ${told.next_step}</p>`}
    ${told.login && html`<p>${t("test.login", { name: told.login })}</p>`}
    ${told.access !== "unknown" && html`<p>${t(`test.access.${told.access}`)}</p>`}
    ${reached.length > 0 && html`<${Reached} entries=${reached} companies=${told.companies.length > 0} />`}
  <//>`;
}

function Reached({ entries, companies }) {
  const label = t(companies ? "test.companies" : "test.projects", { n: entries.length });
  return html`<details>
    <summary>${label}</summary>
    <ul class="reached">${entries.map((one) => html`<li key=${one.id}>${one.name} <span class="muted">${one.id}</span></li>`)}</ul>
  </details>`;
}
