/** The credentials of an organization: test, sign in again, replace, delete (S2, S3, S9, S10, S20). */
import { api } from "../../lib/api.js";
import { date } from "../../lib/format.js";
import { html, useState } from "../../lib/html.js";
import { useAction, useResource } from "../../lib/resource.js";
import { href } from "../../lib/router.js";
import { useTenant } from "../../lib/tenant.js";
import { t } from "../../lib/words.js";
import { Button, Card, Confirm, Dialog, Notice, Page, ProcoreSignIn, RefusalNotice, Spinner, StateBadge } from "../../parts/index.js";
import { InviteForm } from "./invite_form.js";
import { KeyForm } from "./key_form.js";
import { ServiceAccountForm } from "./service_account_form.js";
import { TestResult } from "./test_result.js";

const PERSON = "procore_person";
const KEY = "cxalloy_key";

/** The page. */
export function Authorizations() {
  const { tenant, can } = useTenant();
  const { data, error, reload } = useResource(readAll, [tenant.id], { every: 30_000 });
  const [news, setNews] = useState(null);
  const told = (key, one, test = null) => {
    setNews({ title: t(key, { name: one.label }), test });
    return reload();
  };
  const of = (isKey) => (data?.held ?? []).filter((one) => (one.kind === KEY) === isKey);
  const given = { users: data?.connections ?? [], told, reload, may: can("manager") };
  return html`<${Page} title=${t("authorizations.title")} lead=${t("authorizations.lead")}>
    <${RefusalNotice} error=${error} />
    ${news && html`<${Notice} kind="good" live title=${news.title} />`}
    ${news?.test && html`<${TestResult} told=${news.test} />`}
    ${!data && !error && html`<${Spinner} />`}
    ${data && html`<${ProcoreCard} held=${of(false)} ...${given} /><${KeyCard} held=${of(true)} ...${given} />`}
  <//>`;
}

async function readAll() {
  const [held, connections] = await Promise.all([api.get("/authorizations"), api.get("/connections")]);
  return { held: held.items, connections: connections.items };
}

function ProcoreCard({ held, ...given }) {
  const [open, setOpen] = useState("");
  const close = () => setOpen("");
  const done = (one) => (close(), given.told("authorizations.connected", one));
  const acts = given.may && html`<${Button} small icon="mail" onClick=${() => setOpen("invite")}>${t("invite.open")}<//>
    <${Button} small onClick=${() => setOpen("service")}>${t("service.act")}<//>`;
  return html`<${Card} title="Procore" lead=${t("authorizations.procore")} actions=${acts || null}>
    <${Held} held=${held} ...${given} none=${t("authorizations.procore.none")} />
    ${given.may && html`<${ProcoreSignIn} kind=${held.length ? "plain" : "primary"} onDone=${done} />`}
    <${Dialog} open=${open === "invite"} title=${t("invite.title")} onClose=${close}><p>${t("invite.text")}</p><${InviteForm} onDone=${done} onClose=${close} /><//>
    <${Dialog} open=${open === "service"} title=${t("service.act")} onClose=${close} wide><${ServiceAccountForm} onDone=${done} onCancel=${close} /><//>
  <//>`;
}

function KeyCard({ held, ...given }) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const done = (one, test) => (close(), given.told("authorizations.stored", one, test));
  return html`<${Card} title="CxAlloy" lead=${t("authorizations.cxalloy")}>
    <${Held} held=${held} ...${given} none=${t("authorizations.cxalloy.none")} />
    ${given.may && html`<div class="row"><${Button} kind=${held.length ? "plain" : "primary"} icon="plus" onClick=${() => setOpen(true)}>${t("key.title")}<//></div>`}
    <${Dialog} open=${open} title=${t("key.title")} onClose=${close}><${KeyForm} onDone=${done} onCancel=${close} /><//>
  <//>`;
}

function Held({ held, none, ...given }) {
  if (held.length === 0) return html`<p class="muted">${none}</p>`;
  return html`<ul class="held">${held.map((one) => html`<li key=${one.id}><${One} one=${one} ...${given} /></li>`)}</ul>`;
}

function One({ one, users, told, reload, may }) {
  const [open, setOpen] = useState("");
  const [test, { busy, error, done }] = useAction(async () => {
    setResult(await api.post(`/authorizations/${one.id}/test`));
    await reload();
  });
  const [result, setResult] = useState(null);
  const close = () => setOpen("");
  return html`<div class="held-one stack stack-tight">
    <div class="spread">
      <div class="held-name"><h3>${one.label}</h3><p class="muted small">${factsOf(one)}</p></div>
      <${StateBadge} state=${one.valid ? "valid" : "needs_authorization"} />
    </div>
    <p class="small"><${UsedBy} users=${users.filter((user) => uses(user, one.id))} /></p>
    ${!one.valid && html`<${Notice} kind="warning" title=${t(one.kind === KEY ? "authorizations.dead.key" : "authorizations.dead")}>${one.cause && html`<p lang="en">${one.cause}</p>`}<//>`}
    ${may && html`<${Acts} one=${one} busy=${busy} test=${test} open=${setOpen} />`}
    ${open === "renew" && html`<div class="held-act"><${ProcoreSignIn} authorizationId=${one.id} label=${t("procore.again")} onDone=${(made) => (close(), told("authorizations.renewed", made))} /></div>`}
    <${RefusalNotice} error=${error} />
    ${done && result && html`<${TestResult} told=${result} />`}
    <${Dialogs} one=${one} open=${open} close=${close} told=${told} />
  </div>`;
}

function Acts({ one, busy, test, open }) {
  const act = (name, icon, label) => html`<${Button} small icon=${icon} onClick=${() => open(name)}>${t(label)}<//>`;
  return html`<div class="row">
    <${Button} small icon="check" busy=${busy} onClick=${test} label=${t("authorizations.test.name", { name: one.label })}>${t("authorizations.test")}<//>
    ${one.kind === PERSON && act("renew", "key", "authorizations.renew")}
    ${one.kind === PERSON && act("invite", "mail", "invite.renew")}
    ${one.kind === KEY && act("replace", "key", "key.replace")}
    <${Button} small kind="quiet" icon="bin" onClick=${() => open("delete")}>${t("authorizations.delete")}<//>
  </div>`;
}

function Dialogs({ one, open, close, told }) {
  const remove = async () => {
    await api.del(`/authorizations/${one.id}`);
    await told("authorizations.deleted", one);
  };
  const done = (key) => (made) => (close(), told(key, made));
  return html`<${Dialog} open=${open === "replace"} title=${t("key.replace.title", { name: one.label })} onClose=${close}>
      <p>${t("key.replace.text")}</p><${KeyForm} replaces=${one} onDone=${done("authorizations.replaced")} onCancel=${close} />
    <//>
    <${Dialog} open=${open === "invite"} title=${t("invite.renew.title", { name: one.label })} onClose=${close}>
      <p>${t("invite.text")}</p><${InviteForm} authorizationId=${one.id} onDone=${done("authorizations.renewed")} onClose=${close} />
    <//>
    <${Confirm} open=${open === "delete"} title=${t("authorizations.delete.title", { name: one.label })} text=${t(one.kind === PERSON ? "authorizations.delete.person" : "authorizations.delete.text")}
      yes=${t("authorizations.delete")} onYes=${remove} onClose=${close} />`;
}

function UsedBy({ users }) {
  if (users.length === 0) return html`<span class="muted">${t("authorizations.unused")}</span>`;
  const links = users.map((user, place) => html`${place > 0 && ", "}<a href=${href(`/connections/${user.id}`)}>${user.name}</a>`);
  return html`<span class="muted">${t("authorizations.usedBy", { n: users.length })}</span> ${links}`;
}

const uses = (user, id) => [user.procore_authorization_id, user.tracker_authorization_id, ...user.other_authorization_ids].includes(id);

function factsOf(one) {
  const where = { [KEY]: `${one.host.replace(/^https?:\/\//, "")} · ${one.subject}`, procore_service_account: t("service.of", { company: one.subject }) }[one.kind];
  const since = t("authorizations.since", { date: date(one.authorized_at ?? one.created_at) });
  return [t(`kind.${one.kind}`), where, one.environment === "sandbox" && t("environment.sandbox"), since].filter(Boolean).join(" · ");
}
