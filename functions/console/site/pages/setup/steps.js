/** The steps of the set-up: their order, what each needs before it, and when it counts as done. */

/** Settings of a step that enabling asks for, for each approach. */
const NEEDED = {
  maps: { copy: ["default_type_id"], sync: ["default_type_id", "initial_status_id"] },
  options: { copy: ["trigger_status_id", "done_status_id"], sync: [] },
};

const projectsChosen = (one) => Boolean(one.project_id && one.tracker_project_id);

/** The needed settings of a step that are not chosen, by name. */
export const lacking = (step, approach, settings) => NEEDED[step][approach].filter((name) => !settings[name]);
const hasNeeded = (step) => (one) => !lacking(step, one.approach, one.settings).length;

/** `needs`: may it be opened yet? `done`: true, false, or undefined where only a live look could tell. */
export const STEPS = [
  {
    key: "connect",
    needs: () => true,
    done: (one) => Boolean(one.procore_authorization_id && one.tracker_authorization_id),
  },
  { key: "company", needs: (one) => Boolean(one.procore_authorization_id), done: (one) => Boolean(one.company_id) },
  { key: "project", needs: (one) => Boolean(one.company_id && one.tracker_authorization_id), done: projectsChosen },
  { key: "checks", needs: projectsChosen, done: () => undefined },
  { key: "approach", needs: projectsChosen, done: () => undefined },
  { key: "maps", needs: projectsChosen, done: hasNeeded("maps") },
  { key: "options", needs: projectsChosen, done: hasNeeded("options") },
  { key: "preview", needs: projectsChosen, done: () => undefined },
  { key: "enable", needs: projectsChosen, done: (one) => ["enabled", "paused"].includes(one.state) },
];

const FIELD_STEPS = [
  [/^(procore_authorization_id|tracker_authorization_id|other_authorization_ids)/, "connect"],
  [/^company_id/, "company"],
  [/^(project_id|tracker_project_id)/, "project"],
  [/^approach/, "approach"],
  [/^settings\.(maps|default_type_id|initial_status_id|added_values)/, "maps"],
  [/^settings\./, "options"],
];

/** The step where a field of the API (a dotted path) is chosen; "checks" for what belongs to none. */
export function stepOfField(field) {
  return FIELD_STEPS.find(([pattern]) => pattern.test(field))?.[1] ?? "checks";
}

/** The step to go on with: the first that is not done; past the projects, the checks come first. */
export function resumeAt(connection) {
  const open = STEPS.find((step) => step.done(connection) === false);
  if (!open) return "enable";
  return open.key === "maps" ? "checks" : open.key;
}

/** The neighbours of a step: {before, after}, "" at the ends. */
export function neighbours(key) {
  const at = STEPS.findIndex((step) => step.key === key);
  return { before: STEPS[at - 1]?.key ?? "", after: STEPS[at + 1]?.key ?? "" };
}
