/** One line of the activity log: what happened, to what, why, and the fields before and after. */
import { html } from "../../lib/html.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { BeforeAfter, StateBadge } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { fieldName, ItemLink, Said, Sites, When, word } from "./pieces.js";

const BAD = ["failed", "parked", "refused", "needs_authorization"];
const WARNING = ["conflict", "held", "brake", "notice", "waiting"];
const GOOD = ["copied", "created", "updated", "restored", "undone", "comment", "file", "linked", "status_set"];

/** An outcome as mark and word. */
export function Outcome({ outcome }) {
  return html`<${StateBadge} state=${lookOf(outcome)} label=${word("outcome", outcome)} />`;
}

function lookOf(outcome) {
  if (BAD.includes(outcome)) return "failed";
  if (WARNING.includes(outcome)) return "conflict";
  return GOOD.includes(outcome) ? "ok" : outcome;
}

/** Where to a change went, and what set it off. */
export function Way({ entry }) {
  const parts = [entry.direction && word("direction", entry.direction), word("cause", entry.cause)];
  return html`<span class="muted small">${parts.filter(Boolean).join(" · ")}</span>`;
}

/** The words of an entry, with its next step and its changes. */
export function Story({ entry }) {
  return html`<${Said} text=${entry.message} /><${Said} text=${entry.next_step} className="small muted" /><${Changes} ...${entry} />`;
}

/** The fields before and after, folded away. */
export function Changes({ before, after }) {
  const count = new Set([...Object.keys(before), ...Object.keys(after)]).size;
  if (!count) return null;
  return html`<details class="changes">
    <summary>${t("connection.changes", { n: count })}</summary>
    <${BeforeAfter} before=${before} after=${after} label=${fieldName} />
  </details>`;
}

/** What an entry is about: the item's page here, and both twins on their own sites. */
export function About({ entry }) {
  const { path } = useConnection();
  if (!entry.issue_id) return null;
  return html`<span class="about">
    <${ItemLink} to=${href(`${path}/items`, { issue: entry.issue_id })}>${entry.issue_number || entry.issue_id}<//>
    <${Sites} tracker=${entry.issue_address} procore=${entry.observation_address} />
  </span>`;
}

/** A whole line, for a timeline. `bare` leaves out what it is about. */
export function Entry({ entry, bare = false }) {
  return html`<article class="entry">
    <p class="entry-head">
      <${Outcome} outcome=${entry.outcome} />${!bare && html`<${About} entry=${entry} />`}
      <${When} iso=${entry.at} /><${Way} entry=${entry} />
    </p>
    <${Story} entry=${entry} />
  </article>`;
}
