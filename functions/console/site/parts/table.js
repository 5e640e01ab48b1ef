/** Tables that become cards on a narrow screen, and what goes with lists. */
import { html } from "../lib/html.js";
import { t } from "../lib/words.js";
import { Button } from "./button.js";

/**
 * A table: `columns` [{key, label, render(row), numeric, lead, hideLabel}]; `lead` marks the column that names the
 * row; `middle` aligns cells to their middle, for rows with controls. Roles are written out, since the narrow layout would otherwise lose them.
 */
export function Table({ caption, columns, rows, rowKey = (row) => row.id, empty = null, middle = false }) {
  if (rows.length === 0 && empty) return empty;
  return html`<table class=${middle ? "table table-middle" : "table"} role="table">
    <caption class="hidden">${caption}</caption>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map((one) => html`<th key=${one.key} role="columnheader" scope="col" class=${classOf(one)}>${one.hideLabel ? html`<span class="hidden">${one.label}</span>` : one.label}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map((row) => html`<tr role="row" key=${rowKey(row)}>${columns.map((one) => html`<${Cell} key=${one.key} column=${one} row=${row} />`)}</tr>`)}
    </tbody>
  </table>`;
}

function Cell({ column, row }) {
  const inside = column.render ? column.render(row) : row[column.key];
  const label = column.hideLabel ? "" : column.label;
  if (column.lead) return html`<th role="rowheader" scope="row" class=${classOf(column)} data-label=${label}>${inside}</th>`;
  return html`<td role="cell" class=${classOf(column)} data-label=${label}>${inside}</td>`;
}

const classOf = (column) =>
  [column.numeric && "numeric", column.lead && "lead-cell", column.acts && "acts"].filter(Boolean).join(" ") || undefined;

/** More of a list, as long as `next` says that there is more. */
export function Pager({ next, onMore, busy = false }) {
  return next ? html`<div class="pager"><${Button} busy=${busy} onClick=${onMore}>${t("list.more")}<//></div>` : null;
}

/** What a change did, field by field. */
export function BeforeAfter({ before = {}, after = {}, label = (field) => field }) {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const columns = [
    { key: "field", label: t("change.field"), lead: true, render: (field) => label(field) },
    { key: "before", label: t("change.before"), render: (field) => html`<${Value} value=${before[field]} />` },
    { key: "after", label: t("change.after"), render: (field) => html`<${Value} value=${after[field]} />` },
  ];
  return html`<div class="before-after"><${Table} caption=${t("change.caption")} columns=${columns} rows=${fields} rowKey=${(field) => field} /></div>`;
}

/** A value of any shape, as text; one that is empty says so. */
export function Value({ value }) {
  if (value === undefined || value === null || value === "") return html`<span class="muted">${t("value.empty")}</span>`;
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  return html`<span class="value">${typeof value === "object" ? JSON.stringify(value) : String(value)}</span>`;
}

/** Names and values: `items` [{label, value}]; those without a value are left out. */
export function Facts({ items }) {
  const shown = items.filter(({ value }) => value !== undefined && value !== null && value !== "");
  return html`<dl class="facts">${shown.map((one) => html`<div key=${one.label}><dt>${one.label}</dt><dd>${one.value}</dd></div>`)}</dl>`;
}
