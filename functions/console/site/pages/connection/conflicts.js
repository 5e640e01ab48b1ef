/** Fields that both sides changed (A13): both values side by side, one click picks one. */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useRepeat, useResource } from "../../lib/resource.js";
import { go, useRoute } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Card, Empty, Pager, RefusalNotice, Select, Spinner } from "../../parts/index.js";
import { ConflictCard } from "./conflict.js";
import { useConnection } from "./context.js";
import { useNames } from "./names.js";
import { usePaged } from "./paged.js";

const PAGE = 25;
const PACE = 8000;
const STATES = ["open", "kept", "picked", "settled"];

/** The tab of the conflicts: the open ones, until another state is chosen. */
export function ConflictsPage() {
  const { path } = useConnection();
  const { query } = useRoute();
  const chosen = query.state ?? "open";
  const state = chosen === "all" ? "" : chosen;
  const paged = usePaged((token) => api.get(`${path}/conflicts`, { state, limit: PAGE, token }), [path, state]);
  useRepeat(paged.refresh, paged.pages === 1 ? PACE : 0);
  const names = useNames(paged.rows.map((conflict) => conflict.field));
  const choose = (value) => go(`${path}/conflicts`, { state: value }, { replace: true });
  const options = [...STATES, "all"].map((value) => ({ value, label: t(`connection.conflict.${value}`) }));
  const none = t(chosen === "open" ? "connection.conflicts.none.text" : "connection.conflicts.none.filtered");
  return html`<div class="stack">
    <div class="filters">
      <${Select} label=${t("connection.conflicts.state")} options=${options} value=${chosen} onValue=${choose} />
    </div>
    <${RefusalNotice} error=${paged.error} />
    ${!paged.pages && !paged.error && html`<${Spinner} />`}
    ${paged.pages > 0 && !paged.rows.length && html`<${Empty} title=${t("connection.conflicts.none")} icon="swap"><p>${none}</p><//>`}
    <${Cards} conflicts=${paged.rows} names=${names} onPicked=${paged.change} />
    <${Pager} next=${paged.next} busy=${paged.loading} onMore=${paged.more} />
  </div>`;
}

/** The conflicts of one item that still matter; nothing where there are none. */
export function ItemConflicts({ item }) {
  const { path } = useConnection();
  const load = () => api.get(`${path}/conflicts`, { item: item.id });
  const read = useResource(load, [item.id], { every: PACE });
  const all = read.data?.items ?? [];
  const conflicts = all.filter((one) => one.state !== "settled");
  const names = useNames(conflicts.map((one) => one.field));
  if (!conflicts.length) return html`<${RefusalNotice} error=${read.error} />`;
  const picked = (edit) => read.set({ ...read.data, items: edit(all) });
  return html`<${Card} title=${t("connection.conflicts.of_item", { n: conflicts.length })}>
    <${Cards} conflicts=${conflicts} names=${names} onPicked=${picked} bare />
  <//>`;
}

function Cards({ conflicts, names, onPicked, bare = false }) {
  const replaced = (now) => onPicked((rows) => rows.map((row) => (row.item_id === now.item_id && row.id === now.id ? now : row)));
  return conflicts.map(
    (one) => html`<${ConflictCard} key=${`${one.item_id} ${one.id}`} conflict=${one} names=${names} onPicked=${replaced} bare=${bare} />`,
  );
}
