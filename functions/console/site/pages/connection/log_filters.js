/** The filters of the activity log; they live in the page's address, so that a view can be sent on. */
import { api } from "../../lib/api.js";
import { html, useEffect, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";
import { go, route } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Button, Field, fieldError, Select } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { word } from "./pieces.js";

const COMMON = [
  "failed", "parked", "needs_authorization", "notice", "settings_changed", "enabled", "disabled", "paused", "resumed",
  "sync_asked", "retry_asked",
];
const OF_COPY = ["copied", "already_copied", "status_set", "status_kept", "waiting", "copy_again_asked"];
const OF_SYNC = [
  "created", "updated", "comment", "file", "conflict", "picked", "refused", "deleted", "restored", "kept", "left",
  "linked", "unlinked", "undo_asked", "undone", "brake", "held", "deletes_approved", "deletes_dismissed",
  "preview_approved", "authorizer_changed", "hook_repaired",
];
const CAUSES = ["webhook", "poll", "sweep", "manual", "backfill"];
const DIRECTIONS = ["to_procore", "to_tracker"];

/** The names of the filters that the API takes as they stand in the address. */
export const FILTERS = ["item", "outcome", "direction", "cause", "search", "from", "to"];

/** Turn the address's filters into the API's: a last day counts whole. */
export function asked(query) {
  const wanted = Object.fromEntries(FILTERS.map((name) => [name, query[name] ?? ""]));
  return { ...wanted, from: startOf(wanted.from, 0), to: startOf(wanted.to, 1) };
}

/** A day begins where the person is; the API is asked in UTC. */
function startOf(day, later) {
  const [year, month, date] = day.split("-").map(Number);
  const time = new Date(year, month - 1, date + later);
  return day && !Number.isNaN(time.getTime()) ? time.toISOString() : "";
}

/** The row of filters. */
export function LogFilters({ query }) {
  const { path, linked } = useConnection();
  // by the address as it is now: the item is looked up meanwhile, and another filter may have been chosen
  const set = (change) => go(`${path}/log`, { ...route().query, ...change }, { replace: true });
  const clear = () => go(`${path}/log`, {}, { replace: true });
  const outcomes = [...(linked ? OF_SYNC : OF_COPY), ...COMMON];
  return html`<form class="filters" onSubmit=${(event) => event.preventDefault()} role="search" aria-label=${t("connection.log.filters")}>
    <${Words} value=${query.search ?? ""} onValue=${(search) => set({ search })} />
    <${ItemField} query=${query} set=${set} />
    <${Choice} name="outcome" values=${outcomes} query=${query} set=${set} />
    <${Choice} name="direction" values=${DIRECTIONS} query=${query} set=${set} />
    <${Choice} name="cause" values=${CAUSES} query=${query} set=${set} />
    <${Day} name="from" query=${query} set=${set} />
    <${Day} name="to" query=${query} set=${set} />
    ${Object.values(query).some(Boolean) && html`<${Button} kind="quiet" icon="close" onClick=${clear}>${t("connection.log.clear")}<//>`}
  </form>`;
}

function Choice({ name, values, query, set }) {
  const options = values.map((value) => ({ value, label: word(name, value) }));
  const more = query[name] && !values.includes(query[name]) ? [{ value: query[name], label: word(name, query[name]) }] : [];
  return html`<${Select}
    label=${t(`connection.log.${name}`)}
    options=${[...options, ...more]}
    value=${query[name] ?? ""}
    empty=${t("connection.log.all")}
    onValue=${(value) => set({ [name]: value })}
  />`;
}

function Day({ name, query, set }) {
  return html`<${Field} type="date" label=${t(`connection.log.${name}`)} value=${query[name] ?? ""} onValue=${(value) => set({ [name]: value })} />`;
}

/** Words are asked for when the person stops typing. */
function Words({ value, onValue }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    const timer = typed !== value && setTimeout(() => onValue(typed), 400);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`<${Field} type="search" label=${t("connection.log.search")} value=${typed} onValue=${setTyped} maxlength="100" autocomplete="off" />`;
}

/** People know an item by its number; the API filters by its id. */
function ItemField({ query, set }) {
  const { path } = useConnection();
  const [typed, setTyped] = useState(query.number ?? "");
  useEffect(() => setTyped(query.number ?? ""), [query.number]);
  const [find, { error }] = useAction(async () => {
    if (typed.trim() === (query.number ?? "")) return;
    const item = typed.trim() ? await itemOf(path, typed.trim()) : "";
    set({ item, number: typed.trim() });
  });
  const onKeyDown = (event) => event.key === "Enter" && find();
  return html`<${Field}
    label=${t("connection.log.number")}
    error=${error && (error.own ?? fieldError(error, "search") ?? error.message)}
    value=${typed}
    onValue=${setTyped}
    onBlur=${find}
    onKeyDown=${onKeyDown}
    autocomplete="off"
  />`;
}

async function itemOf(path, number) {
  const { items } = await api.get(`${path}/items`, { search: number, limit: 100 });
  const bare = number.replace(/^#/, "").toLowerCase();
  const exact = items.find((item) => [item.issue.number, item.observation?.number].some((each) => each?.toLowerCase() === bare));
  const found = exact ?? (items.length === 1 ? items[0] : null);
  if (!found) throw Object.assign(new Error("no such item"), { own: t("connection.log.item.none") });
  return found.id;
}
