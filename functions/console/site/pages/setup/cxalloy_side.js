/** CxAlloy's side of the first step: a key, tried before it is used (S20). */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Card, RefusalNotice } from "../../parts/index.js";
import { KeyForm } from "../authorizations/key_form.js";
import { TestResult } from "../authorizations/test_result.js";
import { CredentialList } from "./credential_list.js";

/** The choice of a CxAlloy key, a test of each, and a form for another. */
export function CxAlloySide({ connection, held, choosing, onChoose, onMade }) {
  const chosen = connection.tracker_authorization_id;
  const [more, setMore] = useState(!held.length);
  const [tests, setTests] = useState({});
  const [test, { busy, error }] = useAction(async ({ id }) => {
    const told = await api.post(`/authorizations/${id}/test`);
    setTests((before) => ({ ...before, [id]: told }));
    onMade();
    return told;
  });
  const added = async (one, told) => {
    setTests((before) => ({ ...before, [one.id]: told }));
    setMore(false);
    onMade();
    await onChoose(one);
  };
  const extra = (one) => html`
    <${Button} kind="plain" busy=${busy} onClick=${() => test(one)} label=${t("authorizations.test.name", { name: one.label })}>
      ${t("authorizations.test")}<//>
    ${tests[one.id] && html`<div class="setup-test"><${TestResult} told=${tests[one.id]} /></div>`}
  `;
  return html`<${Card} title=${t("setup.cxalloy.title")}>
    <${CredentialList}
      held=${held}
      chosen=${chosen}
      busy=${choosing.busy}
      onChoose=${onChoose}
      label=${t("setup.cxalloy.held")}
      extra=${extra}
    />
    <${RefusalNotice} error=${error} />
    ${
      more
        ? html`<${KeyForm} onDone=${added} />`
        : html`<div class="row"><${Button} kind="quiet" icon="plus" onClick=${() => setMore(true)}>${t("setup.cxalloy.other")}<//></div>`
    }
  <//>`;
}
