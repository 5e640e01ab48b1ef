/** What the test of a credential told (S20). */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Notice } from "../../parts/index.js";

const KINDS = { good: "good", limited: "warning", useless: "bad", unreachable: "bad" };
const SHOWN = 10;

/** Who it is at Procore, or what a CxAlloy key may do, and all that it reaches; causes in the API's own words. */
export function TestResult({ told }) {
  const outcome = outcomeOf(told);
  const reached = [...told.companies, ...told.projects];
  return html`<${Notice} kind=${KINDS[outcome]} live title=${t(`test.${outcome}`)}>
    ${told.cause && html`<p lang="en">${told.cause} ${told.next_step}</p>`}
    ${told.login && html`<p>${t("test.login", { name: told.login })}</p>`}
    ${told.projects.length > 0 && html`<p>${t(`test.access.${told.access}`)}</p>`}
    ${reached.length > 0 && html`<${Reached} entries=${reached} companies=${told.companies.length > 0} />`}
  <//>`;
}

function outcomeOf({ reachable, login, projects, access }) {
  if (!reachable) return "unreachable";
  if (login || access === "read_write") return "good";
  return projects.length ? "limited" : "useless";
}

/** A few stand there at once, more behind their number. */
function Reached({ entries, companies }) {
  return html`<details open=${entries.length <= SHOWN}>
    <summary>${t(companies ? "test.companies" : "test.projects", { n: entries.length })}</summary>
    <ul class="reached">${entries.map((one) => html`<li key=${one.id}>${one.name} <span class="muted">${one.id}</span></li>`)}</ul>
  </details>`;
}
