/** Names of the ids that a field's value may be: statuses, priorities, trades, types, people's lists. */
import { api } from "../../lib/api.js";
import { useEffect, useState } from "../../lib/html.js";
import { useConnection } from "./context.js";

const LISTS = {
  tracker: {
    status: "statuses",
    status_id: "statuses",
    priority: "priorities",
    priority_id: "priorities",
    discipline: "disciplines",
    discipline_id: "disciplines",
    issue_type: "types",
    type_id: "types",
  },
  procore: {
    status: "statuses",
    priority: "priorities",
    discipline: "trades",
    trade_id: "trades",
    issue_type: "types",
    type_id: "types",
  },
};
const read = new Map();

/**
 * `{shown(side, field, value)}`: a value with its name in the place of its id. The lists are asked for once, and only
 * when one of `fields` is an id; where they cannot be read the ids stand.
 */
export function useNames(fields) {
  const { path } = useConnection();
  const wanted = fields.some((field) => field in LISTS.tracker || field in LISTS.procore);
  const [lists, setLists] = useState(null);
  useEffect(() => {
    if (!wanted) return undefined;
    let there = true;
    listsOf(path).then((found) => there && setLists(found));
    return () => (there = false);
  }, [path, wanted]);
  return { shown: (side, field, value) => nameOf(lists, side, field, value) };
}

function nameOf(lists, side, field, value) {
  const entries = lists?.[side]?.[LISTS[side]?.[field]];
  return entries?.find((entry) => entry.id === String(value))?.name ?? value;
}

function listsOf(path) {
  if (!read.has(path)) read.set(path, readLists(path));
  return read.get(path);
}

async function readLists(path) {
  const one = (side) => api.get(`${path}/lists/${side}`).catch(() => null);
  const [tracker, procore] = await Promise.all([one("tracker"), one("procore")]);
  if (!tracker || !procore) read.delete(path);
  return { tracker, procore };
}
