/** Step 2: the Procore company, before anything of it is read: touching one can install the app there (S4). */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction, useResource } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Empty, Search, Spinner } from "../../parts/index.js";
import { PickList } from "./pick_list.js";
import { Refused } from "./refused.js";
import { StepButtons } from "./step_buttons.js";
import { saveChange } from "./values.js";

const SEARCH_FROM = 8;

/** The companies that the credential names; the choice is saved on going on. */
export function Company({ connection, onSaved, onNext, back }) {
  const authorizationId = connection.procore_authorization_id;
  const listed = useResource(() => api.get(`/authorizations/${authorizationId}/companies`), [authorizationId]);
  const [chosen, setChosen] = useState(connection.company_id);
  const [search, setSearch] = useState("");
  const [save, { busy, error }] = useAction(async () => {
    if (chosen !== connection.company_id) onSaved(await saveChange(connection, { company_id: chosen, project_id: "" }));
    onNext();
  });
  if (!listed.data) {
    return listed.error ? html`<${Refused} error=${listed.error} onRetry=${listed.reload} />` : html`<${Spinner} />`;
  }
  const all = listed.data.items;
  if (!all.length) {
    return html`<${Empty} title=${t("setup.company.none")} action=${html`<${Button} onClick=${listed.reload}>${t("setup.check_again")}<//>`}>
      ${t("setup.company.none.text")}<//>`;
  }
  const found = all.filter((one) => one.id === chosen || one.name.toLocaleLowerCase().includes(search.toLocaleLowerCase()));
  const name = all.find((one) => one.id === chosen)?.name;
  return html`<div class="stack">
    ${all.length > SEARCH_FROM && html`<${Search} label=${t("setup.company.search")} value=${search} onValue=${setSearch} />`}
    <${PickList} legend=${t("setup.company.legend")} entries=${found} value=${chosen} onValue=${(one) => setChosen(one.id)} />
    <${Refused} error=${error} onRetry=${save} where=${{ authorizationId, companyId: chosen, companyName: name }} />
    <${StepButtons} back=${back}>
      <${Button} kind="primary" busy=${busy} disabled=${!chosen} onClick=${save}>${t("setup.save_on")}<//>
    <//>
  </div>`;
}
