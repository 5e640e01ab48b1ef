/** Trying failed items again: one, or all of them (S14). */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, RefusalNotice } from "../../parts/index.js";
import { useConnection } from "./context.js";

/** States of items that trying again makes sense for. */
export const RETRIED = ["parked", "waiting"];

/** Retry one item; `onDone` gets it as it is then. */
export function Retry({ item, onDone, small = true }) {
  const { path, mayManage, enabled, reload } = useConnection();
  const [run, { busy, error, done }] = useAction(async () => {
    onDone?.(await api.post(`${path}/items/${encodeURIComponent(item.id)}/retry`));
    reload();
  });
  if (!mayManage || !enabled) return null;
  const label = item.issue.number ? t("connection.retry.of", { number: item.issue.number }) : undefined;
  return html`<${Button} small=${small} icon="sync" busy=${busy} onClick=${run} label=${label}>${t("connection.retry")}<//>
    <span class="hidden" role="status">${done && t("connection.retry.done")}</span>
    <${RefusalNotice} error=${error} />`;
}

/** Retry all that failed. */
export function RetryAll({ count, onDone }) {
  const { path, mayManage, enabled, reload } = useConnection();
  const [told, setTold] = useState(null);
  const [run, { busy, error }] = useAction(async () => {
    setTold(await api.post(`${path}/retry-failed`));
    reload();
    onDone?.();
  });
  if (!mayManage || !enabled || (!count && !told && !error)) return null;
  const key = told?.more ? "connection.retry_all.more" : "connection.retry_all.done";
  return html`<div class="row">
    ${count > 0 && html`<${Button} icon="sync" busy=${busy} onClick=${run}>${t("connection.retry_all", { n: count })}<//>`}
    <span class=${told ? undefined : "hidden"} role="status">${told && t(key, { n: told.retried })}</span>
    <${RefusalNotice} error=${error} />
  </div>`;
}
