/** Calls of the settings API, which stands beside this page on the same origin. */
import { addressOf } from "./place.js";
import { refusalOf, Refusal } from "./refusal.js";
import { leave, refresh, token } from "./session.js";
import { currentTenantId } from "./tenant_choice.js";

/** Calls inside the chosen tenant: `api.get("/connections")`. `api.root` is for paths outside of one. */
export const api = {
  ...callsUnder(() => `/tenants/${encodeURIComponent(currentTenantId())}`),
  root: callsUnder(() => ""),
};

function callsUnder(base) {
  const call = (method) => (path, body) => asJson(send(method, base() + path, { body }));
  return {
    get: (path, query) => asJson(send("GET", base() + path, { query })),
    post: call("POST"),
    put: call("PUT"),
    patch: call("PATCH"),
    del: call("DELETE"),
    /** Save an answer as a file of that name; a CSV of several pages becomes one file. */
    download: async (path, name, query) => saveAs(await whole(base() + path, query), name),
  };
}

async function send(method, path, { query, body }) {
  const address = withQuery(path, query);
  const first = await attempt(method, address, body);
  if (first.status !== 401) return checked(first);
  if (await refresh()) {
    const second = await attempt(method, address, body);
    if (second.status !== 401) return checked(second);
  }
  leave(true);
  throw await refusalOf(first);
}

async function attempt(method, address, body) {
  const held = await token();
  const headers = { Accept: "application/json, */*" };
  if (held) headers.Authorization = `Bearer ${held}`;
  // API Gateway refuses a body of length 0 with this content type: an action without details sends {}
  const text = method === "GET" || method === "DELETE" ? undefined : JSON.stringify(body ?? {});
  if (text) headers["Content-Type"] = "application/json";
  const sent = { method, headers, body: text, credentials: "same-origin", cache: "no-store" };
  return fetch(address, sent).catch(() => {
    throw Refusal.offline();
  });
}

function withQuery(path, query = {}) {
  const address = addressOf(path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") address.searchParams.set(name, String(value));
  }
  return address;
}

async function checked(answer) {
  if (!answer.ok) throw await refusalOf(answer);
  return answer;
}

async function asJson(answering) {
  const answer = await answering;
  const text = answer.status === 204 ? "" : await answer.text();
  return text ? JSON.parse(text) : null;
}

/** An answer and all that follow it: the next page of a CSV is named by a header, and repeats the first line. */
async function whole(path, query = {}) {
  const parts = [];
  let kind = "";
  let token = query.token ?? "";
  do {
    const answer = await send("GET", path, { query: { ...query, token } });
    const text = await answer.text();
    parts.push(parts.length ? text.slice(text.indexOf("\n") + 1) : text);
    kind = answer.headers.get("Content-Type") ?? "text/plain";
    token = answer.headers.get("Plumbline-Next-Token") ?? "";
  } while (token);
  return new Blob(parts, { type: kind });
}

/** Hand a file to the person, under a name. */
export function saveAs(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
