/** Step 5: a one-time copy or ongoing sync. */
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, fieldError, RadioGroup, RefusalNotice } from "../../parts/index.js";
import { PermissionCard, useChecks } from "./checks.js";
import { StepButtons } from "./step_buttons.js";
import { saveChange } from "./values.js";

const APPROACHES = ["copy", "sync"];

/** The choice is saved at once, so that the permissions below are those that it needs. */
export function Approach({ connection, onSaved, onNext, back }) {
  return html`<div class="stack">
    <${ApproachChoice} connection=${connection} onSaved=${onSaved} />
    <${Needs} connection=${connection} />
    <${StepButtons} back=${back}>
      <${Button} kind="primary" onClick=${onNext}>${t("setup.continue")}<//>
    <//>
  </div>`;
}

/** The two approaches and what each does. */
export function ApproachChoice({ connection, onSaved }) {
  const [wanted, setWanted] = useState(connection.approach);
  const [save, { error }] = useAction(async (approach) => {
    setWanted(approach);
    try {
      onSaved(await saveChange(connection, { approach }));
    } catch (refusal) {
      setWanted(connection.approach);
      throw refusal;
    }
  });
  return html`
    <${RadioGroup}
      cards
      legend=${t("setup.approach.legend")}
      value=${wanted}
      onValue=${save}
      error=${fieldError(error, "approach")}
      options=${APPROACHES.map((one) => ({ value: one, label: t(`setup.approach.${one}`), hint: t(`setup.approach.${one}.hint`) }))}
    />
    <${RefusalNotice} error=${error?.field === "approach" ? null : error} />
  `;
}

function Needs({ connection }) {
  return html`<${PermissionCard} connection=${connection} checks=${useChecks(connection)} />`;
}
