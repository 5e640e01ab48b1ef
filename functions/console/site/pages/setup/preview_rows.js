/** A preview's rows, item by item, and the whole of it as a file. */
import { api, saveAs } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Card, Pager, RefusalNotice, Select, Table } from "../../parts/index.js";

const ACTS = ["create", "update", "adopt", "delete", "restore", "unlink", "leave", "unclear"];
const PAGE = 200;
const MOST = 1000;

/** @param first the preview with its first rows, @param path its address in the API */
export function PreviewRows({ first, path, id }) {
  const [more, setMore] = useState([]);
  const [act, setAct] = useState("");
  const last = more.at(-1) ?? first;
  const [read, reading] = useAction(async () => {
    const page = await api.get(path, { limit: PAGE, token: last.next_token });
    setMore((before) => [...before, page]);
  });
  const rows = [first, ...more].flatMap((page) => page.items);
  if (!rows.length) return null;
  const shown = act ? rows.filter((row) => row.act === act) : rows;
  const present = ACTS.filter((one) => rows.some((row) => row.act === one));
  return html`<${Card} title=${t("setup.preview.rows")} actions=${html`<${Downloads} path=${path} id=${id} />`}>
    <div class="setup-narrow">
      <${Select} label=${t("setup.preview.filter")} empty=${t("setup.preview.all")} value=${act} onValue=${setAct}
        options=${present.map((one) => ({ value: one, label: t(`setup.act.${one}`) }))} />
    </div>
    <${Table} caption=${t("setup.preview.rows")} columns=${columns()} rows=${shown} rowKey=${keyOf} />
    <${RefusalNotice} error=${reading.error} />
    <${Pager} next=${last.next_token} onMore=${read} busy=${reading.busy} />
  <//>`;
}

const keyOf = (row) => `${row.act} ${row.side} ${row.issue_id} ${row.observation_id} ${row.by_settings}`;

const columns = () => [
  { key: "act", label: t("setup.preview.act"), lead: true, render: (row) => html`<${Act} row=${row} />` },
  { key: "issue", label: t("setup.preview.issue"), render: (row) => numbered(row.issue_number, row.issue_id) },
  { key: "observation", label: t("setup.preview.observation"), render: (row) => numbered(row.observation_number, row.observation_id) },
  { key: "changes", label: t("setup.preview.changes"), render: (row) => html`<${Changes} row=${row} />` },
  { key: "takes", label: t("setup.preview.takes"), render: takes },
];

const numbered = (number, id) => (number || id ? `#${number || id}` : "—");

function Act({ row }) {
  const side = row.side && t(`setup.side.${row.side}`);
  return html`<span class="setup-act" data-act=${row.act}>
    <strong>${t(`setup.act.${row.act}`)}</strong>${side && html` <span class="muted small">${side}</span>`}
    ${row.by_settings && html` <span class="muted small">${t("setup.preview.by_settings")}</span>`}
  </span>`;
}

function Changes({ row }) {
  return html`<div>
    <p lang="en">${row.reason}</p>
    ${
      row.changes.length > 0 &&
      html`<details class="setup-details">
        <summary>${t("setup.preview.fields", { n: row.changes.length })}</summary>
        <dl class="setup-changes">
          ${row.changes.map(
            (one) => html`<div key=${one.field}>
              <dt>${t(`setup.field.${one.field}`)}</dt>
              <dd><del>${one.before || t("setup.preview.empty")}</del> → <ins>${one.after || t("setup.preview.empty")}</ins></dd>
            </div>`,
          )}
        </dl>
      </details>`
    }
  </div>`;
}

function takes({ comments, files, calls, notifications }) {
  const told = Object.entries({ comments, files, calls, notifications }).filter(([, n]) => n > 0);
  if (!told.length) return "—";
  return told.map(([name, n]) => t(`setup.takes.${name}`, { n })).join(" · ");
}

function Downloads({ path, id }) {
  const [csv, asCsv] = useAction(() => api.download(`${path}.csv`, `preview-${id}.csv`));
  const [json, asJson] = useAction(async () => saveAs(asFile(await whole(path)), `preview-${id}.json`));
  return html`
    <${Button} small icon="download" busy=${asCsv.busy} onClick=${csv}>CSV<//>
    <${Button} small icon="download" busy=${asJson.busy} onClick=${json}>JSON<//>
    <${RefusalNotice} error=${asCsv.error ?? asJson.error} />
  `;
}

const asFile = (value) => new Blob([JSON.stringify(value, null, 2)], { type: "application/json" });

async function whole(path) {
  const first = await api.get(path, { limit: MOST });
  const items = [...first.items];
  for (let token = first.next_token; token; ) {
    const page = await api.get(path, { limit: MOST, token });
    items.push(...page.items);
    token = page.next_token;
  }
  return { ...first, items, next_token: "" };
}
