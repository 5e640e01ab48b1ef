/** Settings from elsewhere: another connection's, or a file; and this one's as a file (S25). */
import { api, saveAs } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction, useResource } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Confirm, Field, fieldError, Notice, RefusalNotice, Select } from "../../parts/index.js";

/** Copy, export and import; `onSaved` takes the connection whose settings were replaced. */
export function Transfer({ connection, onSaved }) {
  const [done, setDone] = useState("");
  const saved = (key) => (changed) => {
    setDone(key);
    onSaved(changed);
  };
  return html`<div class="stack">
    ${done && html`<${Notice} kind="good" live title=${t(done)} />`}
    <div class="columns">
      <${CopyFrom} connection=${connection} onSaved=${saved("setup.copy.done")} />
      <${ExportImport} connection=${connection} onSaved=${saved("setup.import.done")} />
    </div>
  </div>`;
}

function CopyFrom({ connection, onSaved }) {
  const { data, error } = useResource(() => api.get("/connections"), [connection.id]);
  const [from, setFrom] = useState("");
  const [asking, setAsking] = useState(false);
  const others = (data?.items ?? []).filter((one) => one.id !== connection.id);
  const name = others.find((one) => one.id === from)?.name ?? "";
  const copy = async () => onSaved(await api.post(`/connections/${connection.id}/copy-settings`, { from_connection_id: from }));
  return html`<section class="stack">
    <h3>${t("setup.copy.title")}</h3>
    <p class="muted">${t("setup.copy.text")}</p>
    <${RefusalNotice} error=${error} />
    <${Select} label=${t("setup.copy.from")} empty=${t(others.length ? "setup.choose" : "setup.copy.none")} value=${from} onValue=${setFrom}
      options=${others.map((one) => ({ value: one.id, label: one.name }))} />
    <div><${Button} icon="copy" disabled=${!from} onClick=${() => setAsking(true)}>${t("setup.copy.act")}<//></div>
    <${Confirm} open=${asking} kind="primary" title=${t("setup.copy.sure", { name })} text=${t("setup.transfer.replaces")} yes=${t("setup.copy.act")}
      onYes=${copy} onClose=${() => setAsking(false)} />
  </section>`;
}

function ExportImport({ connection, onSaved }) {
  const path = `/connections/${connection.id}/settings`;
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  const [save, exporting] = useAction(async () => {
    const told = await api.get(`${path}/export`);
    saveAs(new Blob([JSON.stringify(told, null, 2)], { type: "application/json" }), `${connection.name}-settings.json`);
  });
  const [take, importing] = useAction(async () => {
    const body = parsed(text);
    setWrong(body ? "" : t("setup.import.not_json"));
    if (body) onSaved(await api.post(`${path}/import`, body));
  });
  return html`<section class="stack">
    <h3>${t("setup.export.title")}</h3>
    <p class="muted">${t("setup.export.text")}</p>
    <div><${Button} icon="download" busy=${exporting.busy} onClick=${save}>${t("setup.export.act")}<//></div>
    <${RefusalNotice} error=${exporting.error} />
    <${Field} label=${t("setup.import.file")}>${(ties) => html`<input class="input" type="file" accept="application/json,.json" ...${ties} onChange=${async (event) => setText((await event.currentTarget.files[0]?.text()) ?? "")} />`}<//>
    <${Field} label=${t("setup.import.text")} hint=${t("setup.import.hint")} rows="5" spellcheck="false"
      error=${wrong || atText(importing.error)} value=${text} onValue=${setText} />
    <${RefusalNotice} error=${importing.error} fields=${[importing.error?.field]} />
    <div><${Button} busy=${importing.busy} disabled=${!text.trim()} onClick=${take}>${t("setup.import.act")}<//></div>
  </section>`;
}

/** The first problem stands at the text, with the name of the setting at fault. */
function atText(error) {
  const told = error && fieldError(error, error.field);
  return told && { ...told, reason: `${told.field}: ${told.reason}` };
}

/** An exported file, or its `settings` alone; null for what is no JSON object. */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
    return "settings" in value ? value : { settings: value };
  } catch {
    return null;
  }
}
