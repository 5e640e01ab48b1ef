/** Credentials that are there already, each to be used. */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Button, Icon } from "../../parts/index.js";

/**
 * Credentials of one side.
 * @param chosen the id of the one in use, @param onChoose called with the one to use
 * @param extra what else stands in a row, called with the credential
 */
export function CredentialList({ held, chosen, busy, onChoose, label, extra }) {
  if (!held.length) return null;
  return html`<ul class="setup-credentials" aria-label=${label}>
    ${held.map(
      (one) => html`<li key=${one.id} data-chosen=${one.id === chosen}>
        <${Told} credential=${one} />
        <div class="setup-credential-acts">
          ${
            one.id === chosen
              ? html`<strong class="setup-in-use"><${Icon} name="check" />${t("setup.credential.in_use")}</strong>`
              : html`<${Button} kind="plain" busy=${busy} onClick=${() => onChoose(one)} label=${t("setup.credential.use_name", { name: one.label })}>
                  ${t("setup.credential.use")}<//>`
          }
          ${extra && extra(one)}
        </div>
      </li>`,
    )}
  </ul>`;
}

function Told({ credential }) {
  const { label, kind, valid, cause, host, subject } = credential;
  const detail = kind === "cxalloy_key" ? `${host} · ${subject}` : t(`kind.${kind}`);
  return html`<div class="setup-credential">
    <strong>${label}</strong>
    <span class="muted small">${detail}</span>
    ${
      !valid &&
      html`<span class="setup-bad"><${Icon} name="cross" />${t("setup.credential.invalid")} ${cause && html`<span lang="en">${cause}</span>`}</span>`
    }
  </div>`;
}
