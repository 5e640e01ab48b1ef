/** What a manager may do with an item: retry, copy again, unlink, link. */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button, Confirm } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { LinkByHand } from "./link.js";
import { RETRIED, Retry } from "./retry.js";

const RETRY_ALSO = [...RETRIED, "synced"];

/** The acts that make sense for the item as it is. */
export function ItemActs({ item, itemPath, onDone }) {
  const { linked, enabled, mayManage } = useConnection();
  if (!mayManage) return null;
  const again = enabled && (item.state === "copied" || item.state === "unlinked");
  return html`${RETRY_ALSO.includes(item.state) && html`<${Retry} item=${item} onDone=${onDone} small=${false} />`}
    ${again && html`<${Asked} name="copy_again" act=${() => api.post(`${itemPath}/copy-again`)} onDone=${onDone} />`}
    ${linked && item.state === "unlinked" && html`<${LinkByHand} issueId=${item.issue.id} />`}
    ${linked &&
    item.state !== "unlinked" &&
    html`<${Asked} name="unlink" kind="danger" act=${() => api.post(`${itemPath}/unlink`)} onDone=${onDone} />`}`;
}

function Asked({ name, kind = "primary", act, onDone }) {
  const { reload } = useConnection();
  const [open, setOpen] = useState(false);
  const key = `connection.${name}`;
  const yes = async () => {
    await act();
    onDone();
    reload();
  };
  return html`<${Button} onClick=${() => setOpen(true)}>${t(key)}<//>
    <${Confirm}
      open=${open}
      title=${t(`${key}.title`)}
      text=${t(`${key}.text`)}
      yes=${t(key)}
      kind=${kind}
      onYes=${yes}
      onClose=${() => setOpen(false)}
    />`;
}
