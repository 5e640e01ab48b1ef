/**
 * What a manager should know about a map while editing it: holes with their default, many-to-one groups,
 * pairs that would bounce, and rows that name a value which a list lacks. The API checks again before enabling.
 */

export const MAP_FIELDS = ["status", "priority", "discipline", "issue_type"];

/** The names of the two lists of a field: CxAlloy's and Procore's. */
export const LISTS = {
  status: ["statuses", "statuses"],
  priority: ["priorities", "priorities"],
  discipline: ["disciplines", "trades"],
  issue_type: ["types", "types"],
};

/** The value that applies where a map has none; "" means that nothing is set (A21). */
export function defaultOf(settings, field, direction) {
  if (direction === "to_tracker") return field === "status" ? settings.initial_status_id : "";
  return { status: "initiated", priority: "Low", discipline: "", issue_type: settings.default_type_id }[field];
}

/**
 * All findings on one map.
 * @param settings the settings being edited
 * @param field one of MAP_FIELDS
 * @param tracker CxAlloy's entries, @param procore Procore's entries
 * @param directions which ways count: a one-time copy has no way back
 * @returns {Array<{direction, kind, values, target, fallback}>}
 */
export function findings(settings, field, tracker, procore, directions = ["to_procore", "to_tracker"]) {
  const sides = { to_procore: [tracker, procore], to_tracker: [procore, tracker] };
  const table = (direction) => settings.maps[field][direction];
  const told = directions.flatMap((direction) => {
    const [mine, other] = sides[direction].map((entries) => entries.map((entry) => entry.id));
    const fallback = defaultOf(settings, field, direction);
    return [
      ...unknown(table(direction), mine, other),
      ...holes(table(direction), mine, fallback),
      ...manyToOne(table(direction)),
    ].map((finding) => ({ direction, ...finding }));
  });
  if (directions.length < 2) return told;
  const whole = (direction) =>
    withDefault(table(direction), sides[direction][0], defaultOf(settings, field, direction));
  return [
    ...told,
    ...bounces(whole("to_procore"), whole("to_tracker")).map((one) => ({ direction: "to_procore", ...one })),
    ...bounces(whole("to_tracker"), whole("to_procore")).map((one) => ({ direction: "to_tracker", ...one })),
  ];
}

/** The map with its holes filled where the other list has a value of the same name. */
export function filledByName(table, mine, other) {
  const byName = new Map(other.map((entry) => [plain(entry.name), entry.id]));
  const found = mine
    .filter((entry) => !table[entry.id] && byName.has(plain(entry.name)))
    .map((entry) => [entry.id, byName.get(plain(entry.name))]);
  return { ...table, ...Object.fromEntries(found) };
}

/** Both ways of a map, each filled from the other where it has nothing. */
export function mirrored(maps) {
  const turned = (table) => Object.fromEntries(Object.entries(table).map(([value, target]) => [target, value]).reverse());
  return {
    ...maps,
    to_tracker: { ...turned(maps.to_procore), ...maps.to_tracker },
    to_procore: { ...turned(maps.to_tracker), ...maps.to_procore },
  };
}

const plain = (name) => name.toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

function holes(table, mine, fallback) {
  const values = mine.filter((value) => !(value in table));
  return values.length ? [{ kind: "hole", values, target: "", fallback }] : [];
}

function unknown(table, mine, other) {
  return Object.entries(table)
    .filter(([value, target]) => !mine.includes(value) || !other.includes(target))
    .map(([value, target]) => ({ kind: "unknown", values: [value], target, fallback: "" }));
}

function manyToOne(table) {
  const groups = new Map();
  for (const [value, target] of Object.entries(table)) groups.set(target, [...(groups.get(target) ?? []), value]);
  return [...groups]
    .filter(([, values]) => values.length > 1)
    .map(([target, values]) => ({ kind: "many_to_one", values, target, fallback: "" }));
}

function withDefault(table, entries, fallback) {
  const filled = fallback ? Object.fromEntries(entries.map((entry) => [entry.id, fallback])) : {};
  return { ...filled, ...table };
}

function bounces(over, back) {
  return Object.entries(over)
    .filter(([value, target]) => target in back && back[target] !== value)
    .map(([value, target]) => ({ kind: "bounce", values: [value, back[target]], target, fallback: "" }));
}
