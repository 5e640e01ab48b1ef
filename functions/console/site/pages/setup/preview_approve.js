/** Approving exactly the plan that was seen, and what came of it. */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { dateTime } from "../../lib/format.js";
import { t } from "../../lib/words.js";
import { Button, Confirm, Notice, Spinner, Table } from "../../parts/index.js";

/** `again(labelKey, kind)` draws the button for a new preview. */
export function ApprovePreview({ preview, path, onApproved, again }) {
  if (preview.state === "approving") return html`<${Notice} kind="info" live title=${t("setup.approve.going")}><${Spinner} /><//>`;
  if (preview.state === "approved") return html`<${Approved} preview=${preview} again=${again} />`;
  if (preview.settings_changed) {
    return html`<${Notice} kind="warning" title=${t("setup.approve.stale")} action=${again("setup.preview.again")}>${t("setup.approve.stale.text")}<//>`;
  }
  return html`<${Offer} ...${{ preview, path, onApproved, again }} />`;
}

function Offer({ preview, path, onApproved, again }) {
  const [asking, setAsking] = useState(false);
  const { adopt = 0, by_settings = 0, unclear = 0 } = preview.totals;
  const approve = async () => {
    await api.post(`${path}/approve`, { hash: preview.hash });
    onApproved();
  };
  const act = html`<${Button} kind="primary" icon="check" onClick=${() => setAsking(true)}>${t("setup.approve.act")}<//>
    ${again("setup.preview.again", "plain")}`;
  return html`<${Notice} kind="info" title=${t("setup.approve.ready")} action=${act}>
      <p>${t("setup.approve.text")}</p>
      ${unclear > 0 && html`<p>${t("setup.approve.unclear", { n: unclear })}</p>`}
    <//>
    <${Confirm} open=${asking} kind="primary" title=${t("setup.approve.title")} text=${t("setup.approve.confirm", { adopt, remap: by_settings })}
      yes=${t("setup.approve.act")} onYes=${approve} onClose=${() => setAsking(false)} />`;
}

function Approved({ preview, again }) {
  const { adopted, remapped, set_aside, left_out } = preview;
  const columns = [
    { key: "issue_id", label: t("setup.preview.issue"), lead: true, render: (one) => one.issue_id || "—" },
    { key: "observation_id", label: t("setup.preview.observation"), render: (one) => one.observation_id || "—" },
    { key: "cause", label: t("setup.approve.cause"), render: (one) => html`<span lang="en">${one.cause}</span>` },
  ];
  return html`<${Notice} kind="good" live title=${t("setup.approve.done")} action=${again("setup.preview.again", "plain")}>
      <p>${t("setup.approve.by", { who: preview.approved_by, time: dateTime(preview.approved_at) })}</p>
      <p>${t("setup.approve.counts", { adopted, remapped, aside: set_aside })}</p>
    <//>
    ${
      left_out.length > 0 &&
      html`<${Notice} kind="warning" title=${t("setup.approve.left", { n: left_out.length })}>
        <${Table} caption=${t("setup.approve.left", { n: left_out.length })} columns=${columns} rows=${left_out}
          rowKey=${(one) => `${one.issue_id} ${one.observation_id}`} />
      <//>`
    }`;
}
