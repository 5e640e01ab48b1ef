/** One connection: its head, its tabs, and the page of the chosen tab. */
import { api } from "../../lib/api.js";
import { html, useMemo } from "../../lib/html.js";
import { useRepeat, useResource } from "../../lib/resource.js";
import { useLanguage, t } from "../../lib/words.js";
import { Button, Page, RefusalNotice, Spinner, StateBadge } from "../../parts/index.js";
import { Acts, useTold } from "./acts.js";
import { AuthorizationBanner, BrakeBanner, DraftBanner } from "./banners.js";
import { BrakePage } from "./brake.js";
import { ConflictsPage } from "./conflicts.js";
import { ConnectionContext, paceOf, shared, useConnection } from "./context.js";
import { ItemPage } from "./item.js";
import { ItemsPage } from "./items.js";
import { LogPage } from "./log.js";
import { Overview } from "./overview.js";
import { ParkedPage } from "./parked.js";
import { SettingsPage } from "./settings.js";
import { ConnectionTabs } from "./tabs.js";

const PAGES = {
  log: LogPage,
  items: ItemsPage,
  parked: ParkedPage,
  conflicts: ConflictsPage,
  deletes: BrakePage,
  settings: SettingsPage,
};

/** The pages under `#/connections/<id>`; `item` is an item's id under the tab "items". */
export function ConnectionPages({ id, tab = "", item = "" }) {
  useLanguage();
  const path = `/connections/${encodeURIComponent(id)}`;
  const read = useResource(() => api.get(path), [id]);
  useRepeat(read.reload, paceOf(read.data));
  const open = useOpenConflicts(path, read.data);
  const value = useMemo(
    () => read.data && shared(read.data, { reload: read.reload, set: read.set, openConflicts: open }),
    [read.data, open],
  );
  if (!read.data) return html`<${Unread} error=${read.error} reload=${read.reload} />`;
  const content = tab === "items" && item ? html`<${ItemPage} key=${item} id=${item} />` : html`<${Tabbed} tab=${tab} error=${read.error} />`;
  return html`<${ConnectionContext.Provider} value=${value}>${content}<//>`;
}

/** `{count, reload}`: how many conflicts wait for a person, at most 100; null while that is not known. */
function useOpenConflicts(path, one) {
  const wanted = one?.approach === "sync";
  const load = async () => (wanted ? api.get(`${path}/conflicts`, { state: "open", limit: 100 }) : null);
  const { data, reload } = useResource(load, [path, wanted]);
  useRepeat(reload, wanted ? 20_000 : 0);
  return useMemo(() => ({ count: data?.items.length ?? null, reload }), [data, reload]);
}

function Unread({ error, reload }) {
  const again = html`<${Button} onClick=${reload}>${t("connection.again")}<//>`;
  return html`<${Page} title=${t("connection.title")} crumbs=${crumbs()}>
    ${error ? html`<${RefusalNotice} error=${error} action=${again} />` : html`<${Spinner} />`}
  <//>`;
}

function Tabbed({ tab, error }) {
  const { one } = useConnection();
  const [told, outcome] = useTold();
  const Shown = PAGES[tab] ?? Overview;
  return html`<${Page}
    title=${one.name}
    crumbs=${crumbs()}
    badge=${html`<${StateBadge} state=${one.glance.state} />`}
    actions=${html`<${Acts} told=${told} />`}
  >
    ${outcome}
    <${RefusalNotice} error=${error} />
    <${DraftBanner} />
    <${AuthorizationBanner} />
    <${BrakeBanner} tab=${tab} />
    <${ConnectionTabs} current=${tab in PAGES ? tab : ""} />
    <${Shown} key=${tab} />
  <//>`;
}

const crumbs = () => [{ label: t("connection.crumbs.all"), href: "#/" }];
