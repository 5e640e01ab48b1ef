/** Which tenant this browser looks at. */
import { keep, kept } from "./kept.js";
import { store } from "./store.js";

export const chosen = store(kept("tenant"));

/** The id of the tenant that calls are made in. */
export const currentTenantId = () => chosen.get();

/** Look at another tenant from now on. */
export function chooseTenant(id) {
  keep("tenant", id);
  chosen.set(id);
}
