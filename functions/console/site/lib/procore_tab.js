/** Procore's sign-in in a new tab, while this page waits for it and goes on by itself (S1, S3, S9). */
import { useEffect, useRef, useState } from "./html.js";
import { useRepeat } from "./resource.js";

const LOOK_EVERY = 2000;
const IDLE = Object.freeze({ step: "idle", address: "", error: null });

/**
 * `start()` asks the API and returns `{authorize_url, expires_at}`; `look()` returns what the sign-in made, or
 * null while there is nothing; `onDone(made)` follows. Returns `[begin, {step, address, error, cancel}]` with step
 * "idle", "starting", "waiting", "done" or "expired"; `address` is to be shown as a link, for browsers that open
 * no tab by themselves. Call `begin` straight from a click.
 */
export function useProcoreTab({ start, look, onDone }) {
  const [state, setState] = useState({ ...IDLE, until: 0 });
  const attempt = useRef(0);
  useEffect(() => () => attempt.current++, []);
  const begin = async () => {
    const mine = ++attempt.current;
    const put = (next) => mine === attempt.current && setState({ ...IDLE, until: 0, ...next });
    const tab = blankTab();
    put({ step: "starting" });
    try {
      const told = await start();
      lead(tab, told.authorize_url);
      put({ step: "waiting", address: told.authorize_url, until: Date.parse(told.expires_at) });
    } catch (error) {
      tab?.close();
      put({ error });
    }
  };
  const check = () => looked(state, setState, attempt, { look, onDone });
  useRepeat(check, state.step === "waiting" ? LOOK_EVERY : 0);
  const cancel = () => {
    attempt.current++;
    setState({ ...IDLE, until: 0 });
  };
  return [begin, { step: state.step, address: state.address, error: state.error, cancel }];
}

async function looked(state, setState, attempt, { look, onDone }) {
  const mine = attempt.current;
  if (Date.now() > state.until) {
    setState({ ...IDLE, step: "expired", until: 0 });
    return;
  }
  // a failed look is no news: the next one is two seconds away
  const made = await look().catch(() => null);
  if (!made || mine !== attempt.current) return;
  attempt.current++;
  setState({ ...IDLE, step: "done", until: 0 });
  onDone?.(made);
}

/** Open the tab while the click still counts, before the API has answered; null where it is blocked. */
function blankTab() {
  const tab = window.open("", "_blank");
  if (tab) tab.opener = null;
  return tab;
}

function lead(tab, address) {
  if (tab && !tab.closed) tab.location.replace(address);
}

/**
 * Tell when a sign-in at Procore has arrived among the authorizations: a function that returns `look`.
 * `before` is the list as it was; `renewed` is the id of the one that is signed in again, if any.
 */
export function arrivalIn(read, before, renewed = "") {
  const known = new Map(before.map((one) => [one.id, one.authorized_at]));
  return async () => {
    const { items } = await read();
    const fresh = (one) => (renewed ? one.id === renewed && one.authorized_at !== known.get(renewed) : !known.has(one.id));
    return items.find((one) => one.kind === "procore_person" && fresh(one)) ?? null;
  };
}
