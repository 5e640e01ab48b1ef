/** The check of a map in words: what will happen, and what to do where that is not wanted (A20). */
import { html } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Icon } from "../../parts/index.js";

const LOOKS = { unknown: ["bad", "cross"], bounce: ["warning", "warning"], many_to_one: ["info", "info"], hole: ["info", "info"] };
const ORDER = ["unknown", "bounce", "many_to_one", "hole"];
const NAMED = 8;

/** All findings of one map, the grave ones first. */
export function MapFindings({ told, tracker, procore }) {
  if (!told.length) return html`<p class="setup-finding setup-finding-good"><${Icon} name="checkCircle" />${t("setup.maps.fine")}</p>`;
  const sorted = [...told].sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
  return html`<ul class="setup-findings" aria-label=${t("setup.maps.findings")}>
    ${sorted.map((one) => html`<${Finding} key=${JSON.stringify(one)} told=${one} tracker=${tracker} procore=${procore} />`)}
  </ul>`;
}

function Finding({ told, tracker, procore }) {
  const { kind, direction, values, target, fallback } = told;
  const [mine, other] = direction === "to_procore" ? [tracker, procore] : [procore, tracker];
  const [look, icon] = LOOKS[kind];
  const from = (id) => nameOf(mine, id);
  const text = t(keyOf(kind, direction, fallback), {
    n: values.length,
    values: listOf(values.map(from)),
    value: from(values[0]),
    back: kind === "bounce" ? from(values[1]) : "",
    target: nameOf(other, target),
    fallback: nameOf(other, fallback),
  });
  return html`<li class=${`setup-finding setup-finding-${look}`} data-kind=${kind}>
    <${Icon} name=${icon} /><span><strong>${t(`setup.maps.kind.${kind}`)}</strong> ${text}</span>
  </li>`;
}

function keyOf(kind, direction, fallback) {
  if (kind === "hole") return `setup.maps.hole.${direction}.${fallback ? "default" : "unset"}`;
  return `setup.maps.${kind}.${direction}`;
}

const nameOf = (entries, id) => entries.find((one) => one.id === id)?.name || id;
const listOf = (names) => names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ` + ${names.length - NAMED}` : "");
