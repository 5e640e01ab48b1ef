/** What a person has to see first: unfinished set-up, a dead credential, deletions that wait. */
import { html, useEffect, useRef, useState } from "../../lib/html.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Notice } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { Said } from "./pieces.js";
import { Reauthorize } from "./reauthorize.js";

const SAID_FOR = 20_000;

/** The set-up of a draft goes on in its steps. */
export function DraftBanner() {
  const { one, path, mayManage } = useConnection();
  if (one.state !== "draft") return null;
  const go = mayManage && html`<${Button} kind="primary" href=${href(`${path}/setup`)}>${t("connection.draft.go_on")}<//>`;
  return html`<${Notice} kind="info" title=${t("connection.draft.title")} action=${go}><p>${t("connection.draft.text")}</p><//>`;
}

/** Stands while a credential is dead; when it works again the banner goes, and that is said once. */
export function AuthorizationBanner() {
  const { one } = useConnection();
  const dead = one.glance.state === "needs_authorization";
  const [mended, setMended] = useState(false);
  const was = useRef(dead);
  useEffect(() => {
    if (was.current !== dead) setMended(!dead);
    was.current = dead;
  }, [dead]);
  useEffect(() => {
    const timer = mended && setTimeout(() => setMended(false), SAID_FOR);
    return () => clearTimeout(timer);
  }, [mended]);
  return html`<div data-banner="authorization">
    ${dead && html`<${Dead} cause=${one.glance.cause} />`}
    <div role="status">${mended && html`<${Notice} kind="good" title=${t("connection.dead.mended")} />`}</div>
  </div>`;
}

function Dead({ cause }) {
  const { path, mayManage } = useConnection();
  const atTracker = cause.startsWith("CxAlloy");
  const key = html`<${Button} kind="primary" icon="key" href=${href("/authorizations")}>${t("connection.dead.key")}<//>`;
  return html`<${Notice} kind="bad" title=${t("connection.dead.title")}>
    <${Said} text=${cause} />
    <p>${t("connection.dead.text")}</p>
    ${!mayManage && html`<p>${t("connection.dead.ask")}</p>`}
    ${mayManage && (atTracker ? key : html`<${Reauthorize} />`)}
    ${mayManage && html`<p><a href=${href(`${path}/settings/general`)}>${t("connection.another")}</a></p>`}
  <//>`;
}

/** Deletions wait for a person (S16). */
export function BrakeBanner({ tab }) {
  const { one, path } = useConnection();
  const held = one.counts.held ?? 0;
  if (!held || tab === "deletes") return null;
  const look = html`<${Button} href=${href(`${path}/deletes`)}>${t("connection.brake.look")}<//>`;
  return html`<${Notice} kind="warning" title=${t("connection.brake.banner", { n: held })} action=${look}>
    <p>${t("connection.brake.why")}</p>
  <//>`;
}
