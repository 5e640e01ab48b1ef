/** The tenants of the signed-in person, the chosen one, and what the person may do there (S18, S21). */
import { api } from "./api.js";
import { session } from "./session.js";
import { store, useStore } from "./store.js";
import { chooseTenant, chosen, currentTenantId } from "./tenant_choice.js";

const RANK = { viewer: 0, manager: 1, co_owner: 2, owner: 3 };
/** Roles from most to least. */
export const ROLES = ["owner", "co_owner", "manager", "viewer"];

const known = store({ tenants: null, of: "" });

export { chooseTenant };

/** The person's tenants; null while they are not known yet. */
export const tenants = () => known.get().tenants;

/** The chosen tenant `{id, name, role, support_address}`, or null. */
export function tenant() {
  return (tenants() ?? []).find((one) => one.id === currentTenantId()) ?? null;
}

/** Say whether the person has at least this role in the chosen tenant. */
export const can = (role) => (RANK[tenant()?.role] ?? -1) >= RANK[role];

/** Tenants, the chosen one and `can`, in a component. */
export function useTenant() {
  useStore(known);
  useStore(chosen);
  return { tenants: tenants(), tenant: tenant(), can };
}

/** Read the person's tenants; keeps the choice when it is still theirs, else takes the first. */
export async function loadTenants() {
  const { items } = await api.root.get("/tenants");
  const sorted = [...items].sort((one, other) => one.name.localeCompare(other.name));
  if (!sorted.some((one) => one.id === currentTenantId())) chooseTenant(sorted[0]?.id ?? "");
  known.set({ tenants: sorted, of: session().person?.sub ?? "" });
  return sorted;
}

/** Forget the tenants of a person who left. */
export const forgetTenants = () => known.set({ tenants: null, of: "" });
