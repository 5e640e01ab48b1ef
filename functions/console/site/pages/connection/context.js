/** What all pages of one connection share. */
import { createContext, useContext } from "../../lib/html.js";
import { can } from "../../lib/tenant.js";

export const ConnectionContext = createContext(null);

/** The connection that is looked at; `shared` says what it holds. */
export const useConnection = () => useContext(ConnectionContext);

/**
 * Gather what the pages ask of a connection. `path` is its address in the API and its route; `linked` means that
 * twins are kept in step (ongoing sync), not copied once; `openConflicts` is `{count, reload}`.
 */
export function shared(one, { reload, set, openConflicts }) {
  return {
    one,
    reload,
    set,
    openConflicts,
    path: `/connections/${encodeURIComponent(one.id)}`,
    linked: one.approach === "sync",
    enabled: one.state === "enabled",
    running: one.state === "enabled" || one.state === "paused",
    mayManage: can("manager"),
  };
}

/** How often (milliseconds) to look at a connection in its state. */
export function paceOf(one) {
  if (!one || ["draft", "disabled"].includes(one.state)) return 30_000;
  return ["syncing", "needs_authorization"].includes(one.glance.state) ? 3000 : 10_000;
}
