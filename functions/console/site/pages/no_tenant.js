/** Signed in, but in no organization yet: make one, or be added to one. */
import { api } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { consoleAddress } from "../lib/place.js";
import { useAction } from "../lib/resource.js";
import { go, href } from "../lib/router.js";
import { session, useSession } from "../lib/session.js";
import { chooseTenant, loadTenants } from "../lib/tenant.js";
import { t } from "../lib/words.js";
import { Button, Card, CopyText, Field, fieldError, Form, Page, RefusalNotice } from "../parts/index.js";

/** What to do without an organization. */
export function NoTenant() {
  const { person } = useSession();
  const [check, { busy, error }] = useAction(loadTenants);
  const link = consoleAddress(href("/people", { add: person.sub, email: person.email }));
  return html`<${Page} title=${t("noTenant.title")} lead=${t("noTenant.lead")}>
    <div class="columns">
      <${Card} title=${t("noTenant.join.title")}>
        <p>${t("noTenant.join.text")}</p>
        <${CopyText} text=${link} label=${t("noTenant.join.link")} />
        <div class="row"><${Button} icon="sync" busy=${busy} onClick=${() => check()}>${t("noTenant.join.check")}<//></div>
        <${RefusalNotice} error=${error} />
      <//>
      <${Card} title=${t("noTenant.make.title")}>
        <p>${t("noTenant.make.text")}</p>
        <${NewTenant} />
      <//>
    </div>
  <//>`;
}

/** Make an organization and go on in it. */
export function NewTenant() {
  const [name, setName] = useState("");
  const [run, { busy, error }] = useAction(async () => {
    const made = await api.root.post("/tenants", { name: name.trim() });
    chooseTenant(made.id);
    // logs and invitations name people by e-mail, which an access token does not tell the API
    const mine = { role: made.role, email: session().person.email };
    await api.put(`/members/${encodeURIComponent(session().person.sub)}`, mine).catch(() => null);
    await loadTenants();
    go("/");
  });
  return html`<${Form} onSubmit=${run} error=${error}>
    <${Field} label=${t("tenant.name")} required value=${name} onValue=${setName} error=${fieldError(error, "name")} autocomplete="organization" />
    <${RefusalNotice} error=${error} fields=${["name"]} />
    <div class="row"><${Button} kind="primary" type="submit" busy=${busy} disabled=${!name.trim()}>${t("noTenant.make.act")}<//></div>
  <//>`;
}
