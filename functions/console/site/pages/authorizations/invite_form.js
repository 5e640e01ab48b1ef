/** An invitation: somebody with the Procore rights does the Connect step, with no account here (S3). */
import { api } from "../../lib/api.js";
import { dateTime } from "../../lib/format.js";
import { html, useRef, useState } from "../../lib/html.js";
import { arrivalIn } from "../../lib/procore_tab.js";
import { useAction, useRepeat } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, CopyText, Field, fieldError, Form, FormButtons, Notice, RefusalNotice } from "../../parts/index.js";

const LOOK_EVERY = 5000;
const FIELDS = ["note", "expires_in_days"];

/**
 * The form, then the link, shown this once. While it stands, `onDone` gets the authorization of the person who has
 * connected; `authorizationId` is the one to renew, if any. With `onClose` it may be left before that.
 */
export function InviteForm({ authorizationId = "", onDone, onClose = null }) {
  const [given, setGiven] = useState({ note: "", expires_in_days: "7" });
  const [made, setMade] = useState(null);
  const look = useRef(null);
  const [invite, { busy, error }] = useAction(async () => {
    const read = () => api.get("/authorizations");
    look.current = arrivalIn(read, (await read()).items, authorizationId);
    const days = Number(given.expires_in_days);
    setMade(await api.post("/invitations", { note: given.note.trim(), expires_in_days: days, authorization_id: authorizationId }));
  });
  useArrival(look, made, onDone);
  if (made) return html`<${Made} made=${made} onAgain=${() => setMade(null)} onClose=${onClose} />`;
  const field = (name, more) => html`<${Field}
    error=${fieldError(error, name)}
    value=${given[name]}
    onValue=${(text) => setGiven((before) => ({ ...before, [name]: text }))}
    ...${more}
  />`;
  return html`<${Form} onSubmit=${invite} error=${error}>
    ${field("note", { label: t("invite.note"), hint: t("invite.note.hint"), optional: true, rows: "3", maxlength: "1000" })}
    ${field("expires_in_days", { label: t("invite.days"), hint: t("invite.days.hint"), type: "number", min: "1", max: "90" })}
    <${RefusalNotice} error=${error} fields=${FIELDS} />
    <${FormButtons} act=${t("invite.act")} busy=${busy} onCancel=${onClose} />
  <//>`;
}

function useArrival(look, made, onDone) {
  const check = async () => {
    // a failed look is no news: the next one is five seconds away
    const arrived = await look.current?.().catch(() => null);
    if (!arrived) return;
    look.current = null;
    onDone(arrived);
  };
  useRepeat(check, made ? LOOK_EVERY : 0);
}

function Made({ made, onAgain, onClose }) {
  const until = dateTime(made.expires_at);
  return html`<div class="stack">
    <${Notice} kind="good" live title=${t("invite.made")}><p>${t("invite.made.text", { until })}</p><//>
    <h3>${t("invite.link")}</h3>
    <${CopyText} text=${made.link} label=${t("invite.link")} />
    <h3>${t("invite.message")}</h3>
    <${CopyText} text=${t("invite.mail", { link: made.link, until })} label=${t("invite.message")} many />
    <p class="muted small">${t("invite.waiting")}</p>
    <div class=${onClose ? "row row-end" : "row"}>
      <${Button} onClick=${onAgain}>${t("invite.another")}<//>
      ${onClose && html`<${Button} kind="primary" onClick=${onClose}>${t("dialog.done")}<//>`}
    </div>
  </div>`;
}
