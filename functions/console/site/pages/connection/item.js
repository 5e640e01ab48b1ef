/** One item: both twins, what can be done, its open conflicts, its undos, and all that happened to it. */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useResource } from "../../lib/resource.js";
import { href } from "../../lib/router.js";
import { t } from "../../lib/words.js";
import { Page, RefusalNotice, Spinner, StateBadge } from "../../parts/index.js";
import { useConnection } from "./context.js";
import { ItemConflicts } from "./conflicts.js";
import { ItemActs } from "./item_acts.js";
import { ItemFacts } from "./item_facts.js";
import { word } from "./pieces.js";
import { Timeline } from "./timeline.js";
import { Undos } from "./undos.js";

const PACE = 5000;

/** The page of an item; what concerns it is read again while it stands open. */
export function ItemPage({ id }) {
  const { one, path, linked } = useConnection();
  const itemPath = `${path}/items/${encodeURIComponent(id)}`;
  const read = useResource(() => api.get(itemPath), [itemPath], { every: PACE });
  const item = read.data;
  const crumbs = [
    { label: t("connection.crumbs.all"), href: "#/" },
    { label: one.name, href: href(path) },
    { label: t("connection.tab.items"), href: href(`${path}/items`) },
  ];
  return html`<${Page}
    title=${titleOf(item)}
    crumbs=${crumbs}
    badge=${item && html`<${StateBadge} state=${item.state} label=${word("state", item.state)} />`}
    actions=${item && html`<${ItemActs} item=${item} itemPath=${itemPath} onDone=${read.reload} />`}
  >
    <${RefusalNotice} error=${read.error} />
    ${!item && !read.error && html`<${Spinner} />`}
    ${item && html`<${ItemFacts} item=${item} />`}
    ${item && linked && html`<${ItemConflicts} item=${item} /><${Undos} item=${item} itemPath=${itemPath} />`}
    ${item && html`<${Timeline} item=${item} />`}
  <//>`;
}

const titleOf = (item) => t("connection.item.title", { number: item?.issue.number || item?.issue.id || "" }).trim();
