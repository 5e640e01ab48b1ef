/** The organization, its people and what each may do (S21). */
import { api } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { useAction, useResource } from "../lib/resource.js";
import { go, useRoute } from "../lib/router.js";
import { useSession } from "../lib/session.js";
import { loadTenants, ROLES, useTenant } from "../lib/tenant.js";
import { t } from "../lib/words.js";
import { Button, Card, Confirm, CopyText, Dialog, Field, fieldError, Form, FormButtons, Notice, Page, RadioGroup } from "../parts/index.js";
import { RefusalNotice, Select, Spinner, Table } from "../parts/index.js";
import { NewTenant } from "./no_tenant.js";

/** The page. */
export function People() {
  const { tenant, can } = useTenant();
  const { query } = useRoute();
  const [adding, setAdding] = useState(Boolean(query.add) && can("co_owner"));
  const { data, error, reload } = useResource(() => api.get("/members"), [tenant.id]);
  const close = () => {
    setAdding(false);
    if (query.add) go("/people", {}, { replace: true });
  };
  const add = html`<${Button} kind="primary" icon="plus" onClick=${() => setAdding(true)}>${t("people.add")}<//>`;
  return html`<${Page} title=${t("people.title")} lead=${t("people.lead", { tenant: tenant.name })} actions=${can("co_owner") ? add : null}>
    ${query.add && !can("co_owner") && html`<${Notice} kind="warning" title=${t("people.add.notYours")} />`}
    <${RefusalNotice} error=${error} />
    ${data ? html`<${Members} members=${data.items} reload=${reload} />` : !error && html`<${Spinner} />`}
    <div class="columns">
      <${Roles} />
      <div class="stack"><${Organization} key=${tenant.id} /><${Another} /></div>
    </div>
    <${AddPerson} open=${adding} given=${query} onClose=${close} reload=${reload} />
  <//>`;
}

function Members({ members, reload }) {
  const { can } = useTenant();
  const { person } = useSession();
  const [leaving, setLeaving] = useState(null);
  const [change, { error }] = useAction(async (member, role) => {
    await api.put(`/members/${encodeURIComponent(member.sub)}`, { role, email: member.email });
    await Promise.all([reload(), loadTenants()]);
  });
  const remove = async () => {
    await api.del(`/members/${encodeURIComponent(leaving.sub)}`);
    await Promise.all([reload(), loadTenants()]);
  };
  const acts = { change, leave: setLeaving, mine: person.sub, may: can("co_owner") };
  return html`<${RefusalNotice} error=${error} />
    <div class="card card-flush"><${Table} middle caption=${t("people.title")} columns=${columns(acts)} rows=${named(members, person)} rowKey=${(one) => one.sub} /></div>
    <${Confirm} open=${Boolean(leaving)} title=${t("people.remove.title", { name: nameOf(leaving) })} text=${t("people.remove.text")}
      yes=${t("people.remove.act")} onYes=${remove} onClose=${() => setLeaving(null)} />`;
}

/** People with their e-mail as far as it is known: whoever made the organization gave none, but is signed in. */
const named = (members, person) =>
  members
    .map((one) => (one.sub === person.sub ? { ...one, email: one.email || person.email } : one))
    .sort((one, other) => ROLES.indexOf(one.role) - ROLES.indexOf(other.role) || one.email.localeCompare(other.email));

const nameOf = (member) => member?.email || t("people.noEmail");

function columns({ change, leave, mine, may }) {
  const roleOf = (one) =>
    may
      ? html`<${Select} label=${t("people.roleOf", { name: nameOf(one) })} hideLabel options=${roleOptions()} value=${one.role} onValue=${(role) => change(one, role)} />`
      : t(`role.${one.role}`);
  const shown = [
    { key: "email", label: t("people.person"), lead: true, render: (one) => html`<${Person} member=${one} mine=${one.sub === mine} />` },
    { key: "role", label: t("people.role"), render: roleOf },
  ];
  const act = (one) => html`<div class="row"><${Button} kind="quiet" icon="bin" label=${t("people.remove", { name: nameOf(one) })} onClick=${() => leave(one)} /></div>`;
  return may ? [...shown, { key: "acts", label: t("list.acts"), hideLabel: true, acts: true, render: act }] : shown;
}

function Person({ member, mine }) {
  return html`<span>${nameOf(member)}</span>${mine && html` <span class="badge badge-calm">${t("people.you")}</span>`}
    ${!member.email && html`<div class="muted small"><code>${member.sub}</code></div>`}`;
}

const roleOptions = () => ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }));

function AddPerson({ open, given, onClose, reload }) {
  return html`<${Dialog} open=${open} title=${t("people.add")} onClose=${onClose} wide>
    <${AddForm} given=${given} onClose=${onClose} reload=${reload} />
  <//>`;
}

function AddForm({ given, onClose, reload }) {
  const [sub, setSub] = useState(given.add ?? "");
  const [email, setEmail] = useState(given.email ?? "");
  const [role, setRole] = useState("viewer");
  const [run, { busy, error }] = useAction(async () => {
    await api.put(`/members/${encodeURIComponent(sub.trim())}`, { role, email: email.trim() });
    await reload();
    onClose();
  });
  const options = roleOptions().map((one) => ({ ...one, hint: t(`role.${one.value}.may`) }));
  return html`<p>${t("people.add.text")}</p>
    <${CopyText} text=${location.href.split("#")[0]} label=${t("people.add.address")} />
    <${Form} onSubmit=${run} error=${error}>
      <${Field} label=${t("people.sub")} hint=${t("people.sub.hint")} required value=${sub} onValue=${setSub} error=${fieldError(error, "sub")} autocomplete="off" spellcheck="false" />
      <${Field} label=${t("people.email")} type="email" optional value=${email} onValue=${setEmail} error=${fieldError(error, "email")} autocomplete="off" />
      <${RadioGroup} legend=${t("people.role")} options=${options} value=${role} onValue=${setRole} cards error=${fieldError(error, "role")} />
      <${RefusalNotice} error=${error} fields=${["sub", "email", "role"]} />
      <${FormButtons} act=${t("people.add.act")} busy=${busy} disabled=${!sub.trim()} onCancel=${onClose} />
    <//>`;
}

function Roles() {
  return html`<${Card} title=${t("people.roles")}>
    <dl class="role-list">
      ${ROLES.map((role) => html`<div key=${role}><dt>${t(`role.${role}`)}</dt><dd class="muted">${t(`role.${role}.may`)}</dd></div>`)}
    </dl>
  <//>`;
}

function Organization() {
  const { tenant, can } = useTenant();
  const [name, setName] = useState(tenant.name);
  const [support, setSupport] = useState(tenant.support_address);
  const [save, { busy, error, done }] = useAction(async () => {
    await api.patch("", { name: name.trim(), support_address: support.trim() });
    await loadTenants();
  });
  const locked = !can("manager");
  return html`<${Card} title=${t("tenant.title")}>
    <${Form} onSubmit=${save} error=${error}>
      <${Field} label=${t("tenant.name")} value=${name} onValue=${setName} disabled=${locked} error=${fieldError(error, "name")} autocomplete="off" />
      <${Field} label=${t("tenant.support")} hint=${t("tenant.support.hint")} optional value=${support} onValue=${setSupport} disabled=${locked} error=${fieldError(error, "support_address")} autocomplete="off" />
      <${RefusalNotice} error=${error} fields=${["name", "support_address"]} />
      ${!locked && html`<div class="row"><${Button} type="submit" busy=${busy}>${t("save")}<//><span role="status" class="muted">${done ? t("saved") : ""}</span></div>`}
    <//>
  <//>`;
}

function Another() {
  const [open, setOpen] = useState(false);
  return html`<div><${Button} kind="quiet" icon="plus" onClick=${() => setOpen(true)}>${t("tenant.another")}<//></div>
    <${Dialog} open=${open} title=${t("tenant.another")} onClose=${() => setOpen(false)}><p>${t("tenant.another.text")}</p><${NewTenant} /><//>`;
}
