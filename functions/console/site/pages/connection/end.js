/** Ending a connection: disable, which keeps everything, and delete, which forgets the links (S8). */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { go } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Card, Confirm } from "../../parts/index.js";
import { useConnection } from "./context.js";

/** The card with the acts that are hard to take back; for managers only. */
export function EndCard() {
  const { running, mayManage } = useConnection();
  if (!mayManage) return null;
  return html`<${Card} title=${t("connection.end")} className="end">${running ? html`<${Disable} />` : html`<${Delete} />`}<//>`;
}

function Disable() {
  const { path, set } = useConnection();
  return html`<${Ending}
    name="disable"
    onYes=${async () => set(await api.post(`${path}/disable`))}
  />`;
}

function Delete() {
  const { one, path } = useConnection();
  const forget = async () => {
    await api.del(path);
    go("/");
  };
  return html`<${Ending} name="delete" word=${one.name} onYes=${forget} />`;
}

function Ending({ name, word = "", onYes }) {
  const [open, setOpen] = useState(false);
  const key = `connection.${name}`;
  return html`<div class="spread">
      <p>${t(`${key}.short`)}</p>
      <${Button} kind="danger" onClick=${() => setOpen(true)}>${t(`${key}.act`)}<//>
    </div>
    <${Confirm}
      open=${open}
      title=${t(`${key}.title`)}
      text=${t(`${key}.text`)}
      yes=${t(`${key}.yes`)}
      word=${word}
      onYes=${onYes}
      onClose=${() => setOpen(false)}
    />`;
}
