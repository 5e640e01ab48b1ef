/** Sign in by e-mail and password, and what may be asked besides. */
import { html, useState } from "../lib/html.js";
import { useAction } from "../lib/resource.js";
import { answerChallenge, signIn, useSession } from "../lib/session.js";
import { has, t } from "../lib/words.js";
import { Button, Field, Form, Notice, Page, RefusalNotice } from "../parts/index.js";
import { Gate } from "../parts/shell.js";

const CHALLENGES = { NEW_PASSWORD_REQUIRED: NewPassword, SOFTWARE_TOKEN_MFA: Code };

/** The page of everyone who is not signed in, at whatever address they came by. */
export function SignIn() {
  const [challenge, setChallenge] = useState(null);
  const Asked = CHALLENGES[challenge?.name];
  const again = () => setChallenge(null);
  return html`<${Gate}>
    <section class="card">
      ${Asked
        ? html`<${Asked} key=${challenge.name} challenge=${challenge} next=${setChallenge} again=${again} />`
        : html`<${Password} next=${setChallenge} />`}
    </section>
  <//>`;
}

function Password({ next }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { ended } = useSession();
  const [run, { busy, error }] = useAction(async () => next(await signIn(email.trim(), password)));
  return html`<${Page} title=${t("signIn.title")}>
    ${ended && !error && html`<${Notice} title=${t("signIn.ended")} live />`}
    <${Form} onSubmit=${run} error=${error}>
      <${Field} label=${t("signIn.email")} type="email" autocomplete="username" required autofocus value=${email} onValue=${setEmail} error=${told(error, "email")} />
      <${Field} label=${t("signIn.password")} type="password" autocomplete="current-password" required value=${password} onValue=${setPassword} error=${told(error, "password")} />
      <${Others} error=${error} fields=${["email", "password"]} />
      <${Button} kind="primary" type="submit" busy=${busy}>${t("signIn.act")}<//>
    <//>
    <p class="muted small">${t("signIn.noAccount")}</p>
  <//>`;
}

function NewPassword({ challenge, next, again }) {
  const [password, setPassword] = useState("");
  const [run, { busy, error }] = useAction(async () => next(await answerChallenge(challenge, { new_password: password })));
  return html`<${Page} title=${t("signIn.new.title")} lead=${t("signIn.new.text")}>
    <${Form} onSubmit=${run} error=${error}>
      <input class="hidden" type="text" autocomplete="username" value=${challenge.email} readonly tabindex="-1" aria-hidden="true" />
      <${Field} label=${t("signIn.new.password")} hint=${t("signIn.new.hint")} type="password" autocomplete="new-password" required value=${password} onValue=${setPassword} error=${told(error, "new_password")} />
      <${Others} error=${error} fields=${["new_password"]} />
      <${Button} kind="primary" type="submit" busy=${busy}>${t("signIn.new.act")}<//>
      <${Button} kind="quiet" onClick=${again}>${t("signIn.again")}<//>
    <//>
  <//>`;
}

function Code({ challenge, next, again }) {
  const [code, setCode] = useState("");
  const [run, { busy, error }] = useAction(async () => next(await answerChallenge(challenge, { code: code.replace(/\s/g, "") })));
  return html`<${Page} title=${t("signIn.code.title")} lead=${t("signIn.code.text")}>
    <${Form} onSubmit=${run} error=${error}>
      <${Field} label=${t("signIn.code.label")} inputmode="numeric" autocomplete="one-time-code" maxlength="8" required value=${code} onValue=${setCode} error=${told(error, "code")} />
      <${Others} error=${error} fields=${["code"]} />
      <${Button} kind="primary" type="submit" busy=${busy}>${t("signIn.act")}<//>
      <${Button} kind="quiet" onClick=${again}>${t("signIn.again")}<//>
    <//>
  <//>`;
}

/** What is wrong with a field: in the reader's language where the page knows the code. */
function told(error, field) {
  if (error?.field !== field) return null;
  const own = `signIn.refused.${error.code}`;
  return has(own) ? t(own) : { reason: error.cause, nextStep: error.nextStep };
}

function Others({ error, fields }) {
  return error && !fields.includes(error.field) ? html`<${RefusalNotice} error=${error} />` : null;
}
