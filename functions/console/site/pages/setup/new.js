/** The beginning: a connection gets its name, and with it everything after is saved step by step. */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { go, href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Field, fieldError, Form, Page, RefusalNotice } from "../../parts/index.js";

/** A name, then the first step. */
export function NewConnection() {
  const [name, setName] = useState("");
  const [make, { busy, error }] = useAction(async () => {
    const made = await api.post("/connections", { name: name.trim() });
    go(`/connections/${made.id}/setup/connect`, {}, { replace: true });
  });
  return html`<${Page} narrow title=${t("setup.new.title")} lead=${t("setup.new.lead")} crumbs=${[{ label: t("setup.connections"), href: href("/") }]}>
    <${Form} onSubmit=${make} error=${error}>
      <${Field} label=${t("setup.new.name")} hint=${t("setup.new.name.hint")} error=${fieldError(error, "name")}
        value=${name} onValue=${setName} required maxlength="200" autocomplete="off" />
      <${RefusalNotice} error=${error} fields=${["name"]} />
      <div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("setup.new.start")}<//></div>
    <//>
    <h2>${t("setup.new.what")}</h2>
    <ul class="setup-list">${["procore", "cxalloy", "time"].map((one) => html`<li key=${one}>${t(`setup.new.what.${one}`)}</li>`)}</ul>
  <//>`;
}
