/** Step 9: the checks once more, then on. */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { go, href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Card, Facts, Notice, Spinner } from "../../parts/index.js";
import { useChecks } from "./checks.js";
import { Permissions } from "./permissions.js";
import { Refused } from "./refused.js";
import { StepButtons } from "./step_buttons.js";
import { stepOfField } from "./steps.js";

const RUNNING = ["enabled", "paused"];

/** A last look at all choices, what stands in the way with the step that mends it, and the button. */
export function Enable({ connection, onSaved, back }) {
  const checks = useChecks(connection);
  const [enable, { busy, error }] = useAction(async () => {
    onSaved(await api.post(`/connections/${connection.id}/enable`));
    go(`/connections/${connection.id}`);
  });
  const running = RUNNING.includes(connection.state);
  const ready = checks.data?.ready && !running;
  return html`<div class="stack">
    <${Card} title=${t("setup.enable.summary")}><${Summary} connection=${connection} /><//>
    <${Result} connection=${connection} checks=${checks} />
    <${EnableRefused} connection=${connection} error=${error} />
    <${StepButtons} back=${back}>
      <${Button} kind="primary" icon="check" busy=${busy} disabled=${!ready} onClick=${enable}>${t("setup.enable.act")}<//>
    <//>
  </div>`;
}

function Summary({ connection }) {
  const one = connection;
  return html`<${Facts} items=${[
    { label: t("setup.enable.name"), value: one.name },
    { label: t("setup.enable.procore"), value: `${one.company_name} · ${one.project_name}` },
    { label: t("setup.enable.cxalloy"), value: one.tracker_project_name },
    { label: t("setup.enable.approach"), value: t(`setup.approach.${one.approach}`) },
    { label: t("setup.enable.sections"), value: one.settings.sections.map((section) => t(`setup.sections.${section}`)).join(", ") },
  ]} />`;
}

function Result({ connection, checks }) {
  const again = html`<${Button} icon="sync" busy=${checks.loading} onClick=${checks.reload}>${t("setup.check_again")}<//>`;
  if (checks.error) return html`<${Refused} error=${checks.error} onRetry=${checks.reload} />`;
  if (!checks.data) return html`<${Card}><${Spinner} label=${t("setup.checks.reading")} /><//>`;
  const { ready, problems, permissions, findings } = checks.data;
  const told = problems.map(({ next_step, ...one }) => ({ ...one, nextStep: next_step }));
  return html`
    ${
      ready
        ? html`<${Notice} kind="good" live title=${t("setup.enable.ready")} action=${again}>${t(`setup.enable.ready.${connection.approach}`)}<//>`
        : html`<${Notice} kind="warning" live title=${t("setup.enable.problems", { n: told.length })} action=${again}>
            <${ProblemList} connection=${connection} problems=${told} /><//>`
    }
    ${permissions.length > 0 && html`<${Card} title=${t("setup.checks.permissions")}><${Permissions} connection=${connection} checks=${checks.data} /><//>`}
    ${findings.length > 0 && html`<p class="muted">${t("setup.enable.findings", { n: findings.length })} <a href=${stepAt(connection, "maps")}>${t("setup.step_name.maps")}</a></p>`}
  `;
}

const stepAt = (connection, key) => href(`/connections/${connection.id}/setup/${key}`);

/** Problems in the API's words, each with the step where it is mended. */
export function ProblemList({ connection, problems }) {
  return html`<ul class="setup-list">
    ${problems.map((one) => {
      const step = stepOfField(one.field);
      return html`<li key=${one.field + one.reason}>
        <span lang="en">${one.reason} ${one.nextStep}</span> <a href=${stepAt(connection, step)}>${t(`setup.step_name.${step}`)}</a>
      </li>`;
    })}
  </ul>`;
}

function EnableRefused({ connection, error }) {
  if (!error?.problems?.length || error.install) return html`<${Refused} error=${error} />`;
  return html`<${Notice} kind="bad" title=${t("setup.enable.refused")}><${ProblemList} connection=${connection} problems=${error.problems} /><//>`;
}
