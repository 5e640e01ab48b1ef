/** Reading and changing settings by dotted path, and saving what changed. */
import { api } from "../../lib/api.js";
import { useEffect, useRef, useState } from "../../lib/html.js";
import { useAction } from "../../lib/resource.js";

/** The value at a dotted path; undefined where there is none. */
export function at(object, path) {
  return path.split(".").reduce((value, key) => value?.[key], object);
}

/** A copy of the object with the value at a dotted path; undefined takes the key away. */
export function put(object, path, value) {
  const [key, ...rest] = path.split(".");
  const copy = { ...object };
  copy[key] = rest.length ? put(copy[key] ?? {}, rest.join("."), value) : value;
  if (copy[key] === undefined) delete copy[key];
  return copy;
}

/** Whether two JSON values are the same; the order of keys makes no difference. */
export function same(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** The top-level keys of the settings that differ, each whole, as the API takes them. */
export function changed(before, after) {
  const keys = Object.keys(after).filter((key) => !same(before[key], after[key]));
  return Object.fromEntries(keys.map((key) => [key, after[key]]));
}

/**
 * Change a connection. The work of a running one counts its version on: then it is sent again, unless what
 * a person chose was changed by somebody else meanwhile.
 */
export async function saveChange(connection, change) {
  const path = `/connections/${connection.id}`;
  try {
    return await api.patch(path, { ...change, version: connection.version });
  } catch (refusal) {
    if (refusal.code !== "changed_meanwhile") throw refusal;
    const fresh = await api.get(path);
    if (!same(choices(fresh), choices(connection))) throw refusal;
    return api.patch(path, { ...change, version: fresh.version });
  }
}

/**
 * A form over a connection's settings.
 * @returns {{draft, change, dirty, save, state}} `save` resolves to the saved connection, or to nothing when refused.
 */
export function useSettingsForm(connection, onSaved) {
  const [draft, setDraft] = useState(connection.settings);
  const stored = useRef(connection.settings);
  useEffect(() => {
    if (same(stored.current, connection.settings)) return;
    stored.current = connection.settings; // they were imported, or changed by somebody else
    setDraft(connection.settings);
  }, [connection.settings]);
  const change = (path, value) => setDraft((before) => put(before, path, value));
  const sent = changed(connection.settings, draft);
  const dirty = Object.keys(sent).length > 0;
  const [save, state] = useAction(async () => {
    const saved = dirty ? await saveChange(connection, { settings: sent }) : connection;
    setDraft(saved.settings);
    onSaved(saved);
    return saved;
  });
  return { draft, change, dirty, save, state };
}

const CHOICES = [
  "name",
  "approach",
  "procore_authorization_id",
  "other_authorization_ids",
  "company_id",
  "project_id",
  "tracker_authorization_id",
  "tracker_project_id",
  "settings",
];

const choices = (connection) => CHOICES.map((key) => connection[key]);

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
