/** The webhook check: ours by name, what is off and one click to repair it; others' are shown, never changed (S7). */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useAction, useResource } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Card, Notice, RefusalNotice, Spinner, Table } from "../../parts/index.js";

const RUNNING = ["enabled", "paused"];

/** The check of a running connection; before that it says when the webhook is made. */
export function HookCheck({ connection }) {
  const told = connection.approach === "copy" ? "setup.hook.copy" : "setup.hook.later";
  if (connection.approach === "copy" || !RUNNING.includes(connection.state)) {
    return html`<${Card} title=${t("setup.hook.title")}><p>${t(told)}</p><//>`;
  }
  return html`<${Running} connection=${connection} />`;
}

function Running({ connection }) {
  const path = `/connections/${connection.id}/hook`;
  const { data, error, loading, reload, set } = useResource(() => api.get(path), [connection.id]);
  const [repair, repairing] = useAction(async () => set(await api.post(`${path}/repair`)));
  const again = html`<${Button} icon="sync" busy=${loading} onClick=${reload}>${t("setup.check_again")}<//>`;
  return html`<${Card} title=${t("setup.hook.title")} actions=${again}>
    <${RefusalNotice} error=${error ?? repairing.error} />
    ${data ? html`<${Told} told=${data} repairing=${repairing} onRepair=${repair} />` : !error && html`<${Spinner} />`}
  <//>`;
}

function Told({ told, repairing, onRepair }) {
  const mend = html`<${Button} kind="primary" busy=${repairing.busy} onClick=${onRepair}>${t("setup.hook.repair")}<//>`;
  return html`<div class="stack">
    ${
      told.healthy
        ? html`<${Notice} kind="good" live title=${t("setup.hook.healthy")} />`
        : html`<${Notice} kind="warning" live title=${t("setup.hook.off", { n: told.problems.length })} action=${mend}>
            <ul lang="en" class="setup-list">
              ${told.problems.map((one) => html`<li key=${one.field + one.reason}>${one.reason} ${one.next_step}</li>`)}
            </ul>
          <//>`
    }
    <p class="muted">${t(told.tells_comments ? "setup.hook.comments" : "setup.hook.no_comments")}</p>
    ${told.others.length > 0 && html`<${Others} others=${told.others} />`}
  </div>`;
}

function Others({ others }) {
  const columns = [
    { key: "namespace", label: t("setup.hook.namespace"), lead: true },
    { key: "address", label: t("setup.hook.address"), render: (one) => html`<span class="setup-break">${one.address}</span>` },
    { key: "whose", label: t("setup.hook.whose"), render: (one) => t(one.ours ? "setup.hook.sibling" : "setup.hook.foreign") },
  ];
  return html`<details class="setup-details">
    <summary>${t("setup.hook.others", { n: others.length })}</summary>
    <p class="muted">${t("setup.hook.others.text")}</p>
    <${Table} caption=${t("setup.hook.others", { n: others.length })} columns=${columns} rows=${others} />
  </details>`;
}
