/** What is linked, what waits and what needs a person, each number leading to its list; and the calls left. */
import { dateTime, number } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Card, Progress } from "../../parts/index.js";
import { useConnection } from "./context.js";

const MOST_COUNTED = 100;

/** The numbers; those that are usually nought are shown only when they are not. */
export function Figures() {
  const { one, path, linked, openConflicts } = useConnection();
  const items = (state) => href(`${path}/items`, { state });
  const done = linked ? "synced" : "copied";
  const count = (state) => one.counts[state] ?? 0;
  const shown = [
    { key: done, value: count(done), to: items(done) },
    { key: "waiting", value: count("waiting"), to: items("waiting") },
    { key: "parked", value: count("parked"), to: href(`${path}/parked`), alarm: true },
    linked && { key: "conflicts", value: openConflicts.count, to: href(`${path}/conflicts`), alarm: true },
    ...rare(count, items, path),
  ];
  return html`<${Card} title=${t("connection.figures")}>
    <ul class="figures">${shown.filter(Boolean).map((figure) => html`<${Figure} key=${figure.key} ...${figure} name=${figure.key} />`)}</ul>
    <${CallsLeft} calls=${one.calls} />
  <//>`;
}

function rare(count, items, path) {
  return ["held", "unlinked", "left", "gone"]
    .filter((state) => count(state))
    .map((state) => ({
      key: state,
      value: count(state),
      to: state === "held" ? href(`${path}/deletes`) : items(state),
      alarm: state === "held",
    }));
}

function Figure({ name, value, to, alarm }) {
  const known = value === null ? "…" : number(value);
  const shown = name === "conflicts" && value === MOST_COUNTED ? `${known}+` : known;
  return html`<li class=${alarm && value ? "figure figure-alarm" : "figure"}>
    <a href=${to}><span class="figure-value">${shown}</span> <span class="figure-label">${t(`connection.figure.${name}`)}</span></a>
  </li>`;
}

function CallsLeft({ calls }) {
  if (!calls) return null;
  return html`<div class="calls">
    <${Progress} value=${calls.left} max=${calls.limit} label=${t("connection.calls")} />
    <p class="small muted">${calls.ends_at ? t("connection.calls.until", { time: dateTime(calls.ends_at) }) : t("connection.calls.whole")}</p>
  </div>`;
}
