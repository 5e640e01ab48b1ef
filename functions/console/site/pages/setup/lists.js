/** Both sides' lists: Procore's read live, CxAlloy's learned from its issues and added to by hand (A20). */
import { api } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useResource } from "../../lib/resource.js";
import { t } from "../../lib/words.js";
import { Button, Notice, Spinner } from "../../parts/index.js";
import { Refused } from "./refused.js";

/** Read the lists of a connection: `{data: {procore, tracker}, error, loading, reload}`. */
export function useLists(connection) {
  const path = `/connections/${connection.id}/lists`;
  const { project_id, tracker_project_id } = connection;
  return useResource(async () => {
    const [procore, tracker] = await Promise.all([api.get(`${path}/procore`), api.get(`${path}/tracker`)]);
    return { procore, tracker };
  }, [path, project_id, tracker_project_id]);
}

/** What stands in the place of a page whose lists are not there. */
export function NoLists({ connection, lists }) {
  const where = {
    authorizationId: connection.procore_authorization_id,
    companyId: connection.company_id,
    companyName: connection.company_name,
  };
  if (lists.error) return html`<${Refused} error=${lists.error} onRetry=${lists.reload} where=${where} />`;
  return html`<${Spinner} label=${t("setup.lists.reading")} />`;
}

/** A note when not all issues could be read in the time there was. */
export function Incomplete({ lists }) {
  if (lists.data.tracker.complete) return null;
  const again = html`<${Button} busy=${lists.loading} onClick=${lists.reload}>${t("setup.lists.again")}<//>`;
  return html`<${Notice} kind="info" title=${t("setup.lists.incomplete")} action=${again}>${t("setup.lists.incomplete.text")}<//>`;
}

/** CxAlloy's entries of a list with those added by hand in the settings being edited. */
export function trackerEntries(lists, settings, name) {
  const learned = lists.tracker[name] ?? [];
  const before = lists.tracker.added?.[name] ?? {};
  const now = settings.added_values[name] ?? {};
  const kept = learned.filter(({ id }) => !(id in before) || id in now);
  const extra = Object.entries(now)
    .filter(([id]) => !kept.some((one) => one.id === id))
    .map(([id, words]) => ({ id, name: words }));
  return [...kept, ...extra];
}

/** Entries as a `Select` takes them; a value that the list lacks is shown by its id. */
export function asOptions(entries, value = "") {
  const known = entries.map(({ id, name, kind }) => ({ value: id, label: kind ? `${name} (${kind})` : name || id }));
  const lost = value && !entries.some((one) => one.id === value);
  return lost ? [{ value, label: t("setup.list.not_there", { value }) }, ...known] : known;
}
