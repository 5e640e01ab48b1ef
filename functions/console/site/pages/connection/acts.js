/** What a person may have a connection do at once: sync now, pause, resume, enable again. */
import { api } from "../../lib/api.js";
import { html, useEffect, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, RefusalNotice } from "../../parts/index.js";
import { useConnection } from "./context.js";

const SAID_FOR = 8000;
const ACTS = { enabled: ["pause", "sync-now"], paused: ["resume"], disabled: ["enable"], draft: [] };
const ICONS = { pause: "pause", "sync-now": "sync", resume: "arrowRight", enable: "arrowRight" };

/** The buttons beside the connection's name. `told` gets each outcome: `{said}` or `{error}`. */
export function Acts({ told }) {
  const { one, mayManage } = useConnection();
  if (!mayManage) return null;
  return ACTS[one.state].map((name) => html`<${Act} key=${name} name=${name} told=${told} />`);
}

function Act({ name, told }) {
  const { path, set } = useConnection();
  const [run, { busy, error }] = useAction(async () => {
    told({});
    set(await api.post(`${path}/${name}`));
    told({ said: t(`connection.act.${name}.done`) });
  });
  useEffect(() => error && told({ error }), [error]);
  const kind = name === "pause" ? "plain" : "primary";
  return html`<${Button} kind=${kind} icon=${ICONS[name]} busy=${busy} onClick=${run}>${t(`connection.act.${name}`)}<//>`;
}

/** What came of an act, until it is old: `[told, <element>]`. */
export function useTold() {
  const [{ said = "", error = null }, told] = useState({});
  useEffect(() => {
    const timer = said && setTimeout(() => told({}), SAID_FOR);
    return () => clearTimeout(timer);
  }, [said]);
  const shown = html`<p class=${said ? "said" : "hidden"} role="status">${said}</p>
    <${RefusalNotice} error=${error} />`;
  return [told, shown];
}
