/** Choosing which credential a connection uses. */
import { useAction } from "../../lib/resource.js";
import { saveChange } from "./values.js";

/**
 * `[choose(authorization), {busy, error}]`. A draft whose company or project the new credential does not see
 * lets go of them, so that they are chosen anew; a connection that has run refuses instead.
 */
export function useAuthorizationChoice(connection, onSaved) {
  const [run, state] = useAction(async (chosen) => {
    const saved = await save(connection, changeFor(connection, chosen));
    onSaved(saved);
    return saved;
  });
  return [run, state];
}

function changeFor(connection, chosen) {
  if (chosen.kind === "cxalloy_key") return { tracker_authorization_id: chosen.id };
  const change = { procore_authorization_id: chosen.id };
  if (chosen.kind !== "procore_service_account" || connection.company_id === chosen.subject) return change;
  return { ...change, company_id: chosen.subject, project_id: "" };
}

async function save(connection, change) {
  try {
    return await saveChange(connection, change);
  } catch (refusal) {
    const lost = LOST[refusal.field];
    if (connection.state !== "draft" || refusal.code !== "not_visible" || !lost) throw refusal;
    return saveChange(connection, { ...change, ...lost });
  }
}

const LOST = {
  company_id: { company_id: "", project_id: "" },
  project_id: { project_id: "" },
  tracker_project_id: { tracker_project_id: "" },
};
