/** The app is not installed in the Procore company: who must install what, and how to ask for it (S5). */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Card, Facts, Field, fieldError, Notice, RefusalNotice } from "../../parts/index.js";
import { Ask } from "./ask.js";

/** Who must install what, the ways to install, a text to send, a request through Procore, and a new check. */
export function NotInstalled({ error, onRetry, where }) {
  const { app_name: app, app_version_key: key, ways } = error.install;
  const company = where.companyName || where.companyId || t("setup.install.your_company");
  return html`<div class="stack">
    <${Notice} kind="bad" title=${t("setup.install.title", { app, company })}
      action=${onRetry && html`<${Button} kind="primary" onClick=${onRetry}>${t("setup.check_again")}<//>`}>
      <p lang="en">${error.cause}</p>
      <p>${t(`setup.install.why.${error.code}`, { app })}</p>
      ${error.support && html`<p>${t("refusal.support", { address: error.support })}</p>`}
    <//>
    <div class="columns">
      <${Card} title=${t("setup.install.who")}>
        <p>${t("setup.install.who.text", { company })}</p>
        <${Facts} items=${[
          { label: t("setup.install.app"), value: app },
          { label: t("setup.install.key"), value: key && html`<code>${key}</code>` },
        ]} />
        <h3>${t("setup.install.ways")}</h3>
        <ol lang="en" class="setup-list">${ways.map((way) => html`<li key=${way}>${way}</li>`)}</ol>
      <//>
      <${Card} title=${t("setup.install.ask")}>
        ${where.authorizationId && where.companyId && html`<${InstallationRequest} where=${where} />`}
        <${Ask} title=${t("setup.install.or_send")} text=${t("setup.install.mail", { app, company, key: key || "—", ways: ways.join("\n") })} />
      <//>
    </div>
  </div>`;
}

function InstallationRequest({ where }) {
  const [notes, setNotes] = useState("");
  const [told, setTold] = useState(null);
  const path = `/authorizations/${where.authorizationId}/companies/${encodeURIComponent(where.companyId)}/installation-request`;
  const [ask, { busy, error }] = useAction(async () => setTold(await api.post(path, { notes })));
  if (told) {
    const key = told.asked_before ? "setup.install.asked_before" : "setup.install.asked";
    return html`<${Notice} kind="good" live title=${t(key)}>${t("setup.install.asked.text")}<//>`;
  }
  return html`<div class="stack">
    <p>${t("setup.install.request.text")}</p>
    <${Field} label=${t("setup.install.notes")} optional value=${notes} onValue=${setNotes} error=${fieldError(error, "notes")} rows="2" maxlength="1000" />
    <${RefusalNotice} error=${error} fields=${["notes"]} />
    <div><${Button} icon="mail" busy=${busy} onClick=${ask}>${t("setup.install.request")}<//></div>
  </div>`;
}
