/** Step 3: the project on both sides. */
import { api } from "../../lib/api.js";
import { html, useEffect, useState } from "../../lib/html.js";
import { useAction, useResource } from "../../lib/resource.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Card, fieldError, FieldError, Search, Spinner } from "../../parts/index.js";
import { Ask } from "./ask.js";
import { PickList } from "./pick_list.js";
import { Refused } from "./refused.js";
import { StepButtons } from "./step_buttons.js";
import { saveChange } from "./values.js";

const TYPED = 350;
const FIELDS = ["project_id", "tracker_project_id"];

/** Both projects, side by side; saved together on going on. */
export function Project({ connection, onSaved, onNext, back }) {
  const [procore, setProcore] = useState({ id: connection.project_id, name: connection.project_name });
  const [tracker, setTracker] = useState({ id: connection.tracker_project_id, name: connection.tracker_project_name });
  const [save, { busy, error }] = useAction(async () => {
    onSaved(await saveChange(connection, changeOf(connection, procore.id, tracker.id)));
    onNext();
  });
  const where = whereOf(connection);
  const projects = useProcoreProjects(where);
  if (projects.error) return html`<${NoProjects} connection=${connection} projects=${projects} where=${where} back=${back} />`;
  return html`<div class="stack">
    <div class="columns">
      <${Card} title=${t("setup.project.procore", { company: connection.company_name })}>
        <${ProcoreProjects} projects=${projects} company=${connection.company_name} value=${procore} onValue=${setProcore} />
        <${FieldError} id="setup-project-error" error=${fieldError(error, "project_id")} />
      <//>
      <${Card} title=${t("setup.project.cxalloy")}>
        <${TrackerProjects} connection=${connection} value=${tracker} onValue=${setTracker} />
        <${FieldError} id="setup-tracker-error" error=${fieldError(error, "tracker_project_id")} />
      <//>
    </div>
    <${Refused} error=${fieldOnly(error) ? null : error} fields=${FIELDS} onRetry=${save} where=${where} />
    <${StepButtons} back=${back}>
      <${Button} kind="primary" busy=${busy} disabled=${!procore.id || !tracker.id} onClick=${save}>${t("setup.save_on")}<//>
    <//>
  </div>`;
}

const fieldOnly = (error) => error && FIELDS.includes(error.field) && error.code !== "not_visible";

const whereOf = ({ procore_authorization_id, company_id, company_name }) => ({
  authorizationId: procore_authorization_id,
  companyId: company_id,
  companyName: company_name,
});

function changeOf(connection, project_id, tracker_project_id) {
  const wanted = { project_id, tracker_project_id };
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => connection[key] !== value));
}

/** All projects of the company, page by page, searched by Procore itself. */
function useProcoreProjects(where) {
  const [search, setSearch] = useState("");
  const [pages, setPages] = useState([]);
  const asked = useSettled(search);
  const path = `/authorizations/${where.authorizationId}/companies/${where.companyId}/projects`;
  const first = useResource(() => api.get(path, { search: asked }), [path, asked]);
  useEffect(() => setPages([]), [path, asked]);
  const next = (pages.at(-1) ?? first.data)?.next_token;
  const [more, moving] = useAction(async () => {
    const page = await api.get(path, { search: asked, page: next });
    setPages((before) => [...before, page]);
  });
  const entries = first.data && [first.data, ...pages].flatMap((page) => page.items);
  return { search, setSearch, asked, entries, error: first.error, reload: first.reload, next, more, moving };
}

/** The company's projects cannot be read: what to ask of whom, or another company. */
function NoProjects({ connection, projects, where, back }) {
  return html`<div class="stack">
    <${Refused} error=${projects.error} onRetry=${projects.reload} where=${where} />
    <${StepButtons} back=${back}>
      <a href=${href(`/connections/${connection.id}/setup/company`)}>${t("setup.project.other_company")}</a>
    <//>
  </div>`;
}

function ProcoreProjects({ projects, company, value, onValue }) {
  const { search, setSearch, asked, entries, next, more, moving } = projects;
  return html`<div class="stack">
    <${Search} label=${t("setup.project.search")} value=${search} onValue=${setSearch} />
    ${
      entries
        ? html`<${PickList} key=${asked} legend=${t("setup.project.legend.procore")} entries=${withChosen(entries, value)} value=${value.id}
            onValue=${onValue} detail=${(one) => one.kind} empty=${t("setup.project.none")} />`
        : html`<${Spinner} />`
    }
    <${Refused} error=${moving.error} onRetry=${more} />
    ${next && html`<div><${Button} busy=${moving.busy} onClick=${more}>${t("setup.project.more")}<//></div>`}
    <${Missing} company=${company} />
  </div>`;
}

/** Why a project may not be in the list, and what to ask for. */
function Missing({ company }) {
  return html`<details class="setup-details">
    <summary>${t("setup.project.missing")}</summary>
    <ul class="setup-list">
      ${["access", "permitted", "inactive", "other"].map((one) => html`<li key=${one}>${t(`setup.project.missing.${one}`)}</li>`)}
    </ul>
    <${Ask} text=${t("setup.refused.visible.ask", { company, cause: t("setup.project.missing.cause") })} />
  </details>`;
}

function TrackerProjects({ connection, value, onValue }) {
  const id = connection.tracker_authorization_id;
  const listed = useResource(() => api.get(`/authorizations/${id}/tracker-projects`), [id]);
  const [search, setSearch] = useState("");
  if (!listed.data) {
    return listed.error ? html`<${Refused} error=${listed.error} onRetry=${listed.reload} />` : html`<${Spinner} />`;
  }
  const found = listed.data.items.filter((one) => one.name.toLocaleLowerCase().includes(search.toLocaleLowerCase()));
  return html`<div class="stack">
    <${Search} label=${t("setup.project.search.cxalloy")} value=${search} onValue=${setSearch} />
    <${PickList} legend=${t("setup.project.legend.cxalloy")} entries=${withChosen(found, value)} value=${value.id}
      onValue=${onValue} empty=${t("setup.project.none.cxalloy")} />
  </div>`;
}

const withChosen = (entries, { id, name }) =>
  !id || entries.some((one) => one.id === id) ? entries : [{ id, name }, ...entries];

/** What was typed, a moment after the last key. */
function useSettled(text) {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), TYPED);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
