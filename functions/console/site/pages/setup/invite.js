/** An invitation: somebody with the Procore rights does the Connect step, with no account here (S3). */
import { api } from "../../lib/api.js";
import { html, useRef, useState } from "../../lib/html.js";
import { dateTime } from "../../lib/format.js";
import { arrivalIn } from "../../lib/procore_tab.js";
import { useAction, useRepeat } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, CopyText, Field, fieldError, Form, Notice, RefusalNotice } from "../../parts/index.js";

const LOOK_EVERY = 5000;
const FIELDS = ["note", "expires_in_days"];

/** The form, then the link, shown this once; when the invited person has connected, the page goes on. */
export function InviteForm({ held, onArrived }) {
  const [given, setGiven] = useState({ note: "", expires_in_days: 7 });
  const [made, setMade] = useState(null);
  const look = useRef(null);
  const [invite, { busy, error }] = useAction(async () => {
    look.current = arrivalIn(() => api.get("/authorizations"), held);
    setMade(await api.post("/invitations", { ...given, expires_in_days: Number(given.expires_in_days) }));
  });
  const check = async () => {
    const arrived = await look.current?.().catch(() => null);
    if (!arrived) return;
    look.current = null;
    onArrived(arrived);
  };
  useRepeat(check, made ? LOOK_EVERY : 0);
  const put = (name) => (text) => setGiven({ ...given, [name]: text });
  if (made) return html`<${Made} made=${made} onAgain=${() => setMade(null)} />`;
  return html`<${Form} onSubmit=${invite} error=${error}>
    <${Field} label=${t("setup.invite.note")} hint=${t("setup.invite.note.hint")} error=${fieldError(error, "note")}
      value=${given.note} onValue=${put("note")} rows="2" maxlength="1000" />
    <${Field} label=${t("setup.invite.days")} hint=${t("setup.invite.days.hint")} error=${fieldError(error, "expires_in_days")}
      type="number" min="1" max="90" value=${given.expires_in_days} onValue=${put("expires_in_days")} />
    <${RefusalNotice} error=${error} fields=${FIELDS} />
    <div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("setup.invite.make")}<//></div>
  <//>`;
}

function Made({ made, onAgain }) {
  const until = dateTime(made.expires_at);
  const text = t("setup.invite.mail", { link: made.link, until });
  return html`<div class="stack">
    <${Notice} kind="good" live title=${t("setup.invite.made")}>${t("setup.invite.made.text", { until })}<//>
    <h3>${t("setup.invite.link")}</h3>
    <${CopyText} text=${made.link} />
    <h3>${t("setup.invite.message")}</h3>
    <${CopyText} text=${text} many />
    <p class="muted small">${t("setup.invite.waiting")}</p>
    <div class="row"><${Button} onClick=${onAgain}>${t("setup.invite.another")}<//></div>
  </div>`;
}
