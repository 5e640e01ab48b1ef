/** Where the page is: everything after "#". */
import { store, useStore } from "./store.js";

const place = store(read());
addEventListener("hashchange", () => place.set(read()));

/** The route: `{parts: ["connections", id, "log"], query: {outcome: "failed"}, path: "/connections/…"}`. */
export const route = () => place.get();

/** The route, in a component. */
export const useRoute = () => useStore(place);

/** Write the address of a route: `href("/connections/1/log", {outcome: "failed"})`. */
export function href(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `#${path.startsWith("/") ? path : `/${path}`}${text ? `?${text}` : ""}`;
}

/** Go to a route; with `replace` the step back leads past the page that is left. */
export function go(path, query = {}, { replace = false } = {}) {
  const address = href(path, query);
  if (replace) history.replaceState(null, "", address);
  else if (location.hash !== address) history.pushState(null, "", address);
  place.set(read());
}

function read() {
  const [path, query = ""] = location.hash.replace(/^#/, "").split("?", 2);
  const parts = path.split("/").filter(Boolean).map(decoded);
  return Object.freeze({ path: `/${parts.join("/")}`, parts, query: Object.fromEntries(new URLSearchParams(query)) });
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
