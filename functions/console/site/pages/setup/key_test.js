/** What the test of a CxAlloy key says. */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Notice } from "../../parts/index.js";

const SHOWN = 5;

/** Reachable or not, which projects, read-write or read-only; causes in the API's own words. */
export function KeyTest({ told }) {
  const good = told.reachable && told.projects.length && told.access === "read_write";
  const kind = good ? "good" : told.projects.length ? "warning" : "bad";
  const names = told.projects.slice(0, SHOWN).map((project) => project.name);
  const rest = told.projects.length - names.length;
  return html`<div role="status" class="setup-test">
    <${Notice} kind=${kind} title=${t(titleOf(told))}>
      ${told.projects.length > 0 && html`<p>${t(`setup.test.access.${told.access}`)}</p>`}
      ${names.length > 0 && html`<p>${t("setup.test.projects", { n: told.projects.length })} ${names.join(" · ")}${rest > 0 && ` + ${rest}`}</p>`}
      ${told.cause && html`<p lang="en">${told.cause} ${told.next_step}</p>`}
    <//>
  </div>`;
}

function titleOf({ reachable, projects }) {
  if (!reachable) return "setup.test.unreachable";
  return projects.length ? "setup.test.reachable" : "setup.test.useless";
}
