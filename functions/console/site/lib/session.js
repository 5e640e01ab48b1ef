/**
 * Who is signed in. The access token lives in this module's memory only; the refresh token is a cookie that
 * no script can read and that only `/session` gets to see.
 */
import { addressOf } from "./place.js";
import { refusalOf, Refusal } from "./refusal.js";
import { store, useStore } from "./store.js";

const ADDRESS = addressOf("/session");
const EARLY = 60;
const PATIENCE = 5000;

const OUT = Object.freeze({ state: "out", person: null, ended: false });
const current = store(Object.freeze({ state: "unknown", person: null, ended: false }));
let access = { token: "", until: 0 };
let refreshing = null;

/** `{state: "unknown" | "out" | "in", person: {sub, email} | null, ended}`; `ended`: it was cut off. */
export const session = () => current.get();

/** Call `watcher` when somebody signs in or out; returns what stops that. */
export const onSession = (watcher) => current.watch(watcher);

/** The session, in a component. */
export const useSession = () => useStore(current);

/**
 * Sign in by e-mail and password. Returns null when done, else the challenge to answer:
 * `{name, session, email}` with a name such as "NEW_PASSWORD_REQUIRED" or "SOFTWARE_TOKEN_MFA".
 */
export async function signIn(email, password) {
  return entered(await ask("POST", { email, password }), email);
}

/** Answer a challenge with `{new_password}` or `{code}`; returns as `signIn` does. */
export async function answerChallenge(challenge, given) {
  const { name, session, email } = challenge;
  return entered(await ask("POST", { email, challenge: name, session, ...given }), email);
}

/** Sign in again by the cookie, after a reload. Returns whether that worked. */
export async function resume() {
  const worked = await refresh().catch(() => false);
  if (!worked) leave(false);
  return worked;
}

/**
 * Sign out at the server, then here: a page that is reloaded or closed before the cookie is gone would be
 * signed in again. A server that does not answer leaves nobody signed in here either.
 */
export async function signOut() {
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  await Promise.race([ask("DELETE").catch(() => null), late]);
  leave(false);
}

/** Return a token that is still good, refreshed shortly before its end; empty when nobody is signed in. */
export async function token() {
  if (access.token && Date.now() / 1000 > access.until - EARLY) await refresh().catch(() => false);
  return access.token;
}

/** Get a new access token by the cookie; many callers at once ask once. Returns whether there is one. */
export function refresh() {
  refreshing ??= renewed().finally(() => (refreshing = null));
  return refreshing;
}

/** Forget the session; `ended` says that it was cut off, so that the page can say so. */
export function leave(ended) {
  access = { token: "", until: 0 };
  current.set(Object.freeze({ ...OUT, ended }));
}

async function renewed() {
  try {
    const told = await ask("PUT");
    if (!told.access_token) return false; // no cookie: nobody was signed in
    entered(told, "");
    return true;
  } catch (error) {
    if (error instanceof Refusal && [400, 401, 403].includes(error.status)) return false;
    throw error;
  }
}

function entered(told, email) {
  if (told.challenge) return { name: told.challenge, session: told.session, email };
  access = { token: told.access_token, until: Date.now() / 1000 + (told.expires_in ?? 3600) };
  const claims = claimsOf(told.access_token);
  const before = current.get().person;
  const person = { sub: claims.sub ?? "", email: told.email || email || before?.email || claims.username || "" };
  const same = before && before.sub === person.sub && before.email === person.email;
  if (!same) current.set(Object.freeze({ state: "in", person, ended: false }));
  return null;
}

/** Read the claims for showing only; the API alone decides what the token is worth. */
function claimsOf(jwt) {
  try {
    const part = jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(part), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

async function ask(method, body) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  // a sign-out goes on though the page is left meanwhile
  const keepalive = method === "DELETE";
  const sent = { method, headers, credentials: "same-origin", cache: "no-store", keepalive };
  const answer = await fetch(ADDRESS, { ...sent, body: body && JSON.stringify(body) }).catch(() => {
    throw Refusal.offline();
  });
  if (!answer.ok) throw await refusalOf(answer);
  return answer.status === 204 ? {} : answer.json();
}
