/** The set-up in steps, and the later change of its choices. */
import { api } from "../../lib/api.js";
import { html, useEffect } from "../../lib/html.js";
import { useResource } from "../../lib/resource.js";
import { go, href } from "../../lib/router.js";
import { useTenant } from "../../lib/tenant.js";
import { t } from "../../lib/words.js";
import { Notice, Page, Spinner } from "../../parts/index.js";
import { Approach } from "./approach.js";
import { ChecksStep } from "./checks.js";
import { Company } from "./company.js";
import { Connect } from "./connect.js";
import { Enable } from "./enable.js";
import { MapsStep } from "./maps.js";
import { NewConnection } from "./new.js";
import { OptionsStep } from "./options.js";
import { PreviewStep } from "./preview.js";
import { Project } from "./project.js";
import { Refused } from "./refused.js";
import { StepList } from "./step_list.js";
import { neighbours, resumeAt, STEPS } from "./steps.js";

export { Settings } from "./settings.js";

const PAGES = {
  connect: Connect,
  company: Company,
  project: Project,
  checks: ChecksStep,
  approach: Approach,
  maps: MapsStep,
  options: OptionsStep,
  preview: PreviewStep,
  enable: Enable,
};

/** One step of the set-up of a connection; without an id the making of one, without a step the first open one. */
export function Setup({ id, step }) {
  const { can } = useTenant();
  if (!can("manager")) {
    return html`<${Page} title=${t("setup.title")}><${Notice} kind="info" title=${t("setup.manager.title")}>
      ${t("setup.manager.text")}<//><//>`;
  }
  return id ? html`<${SetupOf} key=${id} id=${id} step=${step} />` : html`<${NewConnection} />`;
}

function SetupOf({ id, step }) {
  const { data, error, reload, set } = useResource(() => api.get(`/connections/${id}`), [id]);
  const wanted = PAGES[step] ? step : "";
  const place = data ? reachable(data, wanted) : wanted;
  useEffect(() => {
    if (data && place !== step) go(`/connections/${id}/setup/${place}`, {}, { replace: true });
  }, [data, place, step]);
  const crumbs = [
    { label: t("setup.connections"), href: href("/") },
    { label: data?.name ?? "…", href: href(`/connections/${id}`) },
  ];
  const title = place ? t(`setup.step.${place}`) : t("setup.title");
  return html`<${Page} title=${title} crumbs=${crumbs} lead=${place && t(`setup.lead.${place}`)}>
    ${data && place === step && html`<${Step} connection=${data} place=${place} onSaved=${set} />`}
    ${!data && (error ? html`<${Refused} error=${error} onRetry=${reload} />` : html`<${Spinner} />`)}
  <//>`;
}

function Step({ connection, place, onSaved }) {
  const { before, after } = neighbours(place);
  const to = (key) => key && `/connections/${connection.id}/setup/${key}`;
  return html`<div class="stack">
    <${StepList} connection=${connection} current=${place} />
    ${["enabled", "paused"].includes(connection.state) && html`<${Running} connection=${connection} />`}
    <${PAGES[place]}
      connection=${connection}
      onSaved=${onSaved}
      onNext=${() => after && go(to(after))}
      back=${to(before) && href(to(before))}
    />
  </div>`;
}

function Running({ connection }) {
  return html`<${Notice} kind="info" title=${t("setup.running.title")}>
    <p>${t("setup.running.text")} <a href=${href(`/connections/${connection.id}/settings`)}>${t("setup.running.link")}</a></p>
  <//>`;
}

/** The wanted step, or where to go on when it lacks what comes before it. */
function reachable(connection, wanted) {
  const step = STEPS.find((one) => one.key === wanted);
  return step?.needs(connection) ? wanted : resumeAt(connection);
}
