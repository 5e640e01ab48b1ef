/** The regular looks at both sides: when the last was, when the next comes, what keeps them. */
import { duration } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Card, Notice, Table, Time } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { Said } from "./pieces.js";

/** The polls and the sweep. */
export function Looks() {
  const { one, enabled } = useConnection();
  const waiting = html`<span class="muted">${t("connection.looks.waiting")}</span>`;
  const columns = [
    { key: "name", label: t("connection.looks.which"), lead: true, render: (look) => t(`connection.looks.${look.name}`) },
    { key: "last", label: t("connection.looks.last"), render: (look) => html`<${Time} at=${look.last_at} />` },
    { key: "next", label: t("connection.looks.next"), render: (look) => (enabled ? html`<${Next} at=${look.next_at} />` : waiting) },
    { key: "every", label: t("connection.looks.every"), render: (look) => duration(look.interval_seconds) },
  ];
  return html`<${Card} title=${t("connection.looks")}>
    <${Table} caption=${t("connection.looks")} columns=${columns} rows=${one.polls} rowKey=${(look) => look.name} />
    ${one.polls.filter((look) => look.refused || look.notice).map((look) => html`<${Trouble} key=${look.name} look=${look} />`)}
  <//>`;
}

function Next({ at }) {
  if (at && new Date(at) <= Date.now()) return t("connection.looks.now");
  return html`<${Time} at=${at} otherwise=${t("connection.looks.now")} />`;
}

function Trouble({ look }) {
  return html`<${Notice} kind=${look.refused ? "bad" : "warning"} title=${t(`connection.looks.${look.name}`)}>
    <${Said} text=${look.refused || look.notice} />
    <${Said} text=${look.next_step} />
  <//>`;
}
