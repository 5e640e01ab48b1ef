/** Approving or dismissing exactly the plan that was seen. */
import { api } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button, Confirm } from "../../parts/index.js";
import { useConnection } from "./context.js";

/**
 * A button with its question. `name` is "approve" or "dismiss"; the plan is named by its hash. One that changed
 * meanwhile is refused: nothing was done, and `onChanged` gets the plan that holds now.
 */
export function Decide({ name, kind, plan, show, onChanged }) {
  const { path, reload } = useConnection();
  const [open, setOpen] = useState(false);
  const key = `connection.brake.${name}`;
  const n = plan.items.length;
  const yes = async () => {
    try {
      show(await api.post(`${path}/brake/${name}`, { hash: plan.hash }));
    } catch (error) {
      if (!error.plan) throw error;
      onChanged(error.plan);
    }
    reload();
  };
  return html`<${Button} kind=${kind} onClick=${() => setOpen(true)}>${t(key, { n })}<//>
    <${Confirm}
      open=${open}
      title=${t(`${key}.title`, { n })}
      text=${t(`${key}.text`)}
      yes=${t(key, { n })}
      kind=${kind}
      onYes=${yes}
      onClose=${() => setOpen(false)}
    />`;
}
