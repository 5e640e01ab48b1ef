/** The settings of a connection, as the set-up has them; read when they are opened, for they are much. */
import { html } from "../../lib/html.js";
import { useResource } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Notice, Spinner } from "../../parts/index.js";
import { useConnection } from "./context.js";

/** The tab of the settings. */
export function SettingsPage() {
  const { one, set } = useConnection();
  const { data, error } = useResource(() => import("../setup/settings.js"));
  if (error) return html`<${Notice} kind="bad" title=${t("connection.settings.failed")} />`;
  return data ? html`<${data.Settings} connection=${one} onSaved=${set} />` : html`<${Spinner} />`;
}
