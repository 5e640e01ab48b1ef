/** Things read from the API, and acts upon it, in components. */
import { useCallback, useEffect, useRef, useState } from "./html.js";

const NOTHING = Object.freeze({ data: null, error: null, loading: true });

/**
 * Read something and keep it: `{data, error, loading, reload, set}`. Reads again when `deps` change and, with
 * `every` (milliseconds), while the page is in view. What was read stays while it is read again.
 */
export function useResource(load, deps = [], { every = 0 } = {}) {
  const [state, setState] = useState(NOTHING);
  const run = useRef(0);
  const pending = useRef(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(async () => {
    const mine = ++run.current;
    const put = (next) => mine === run.current && setState(next);
    setState((before) => ({ ...before, loading: true }));
    pending.current++;
    try {
      const data = await latest.current();
      put({ data, error: null, loading: false });
    } catch (error) {
      put((before) => ({ data: before.data, error, loading: false }));
    } finally {
      pending.current--;
    }
  }, []);
  useEffect(() => {
    setState(NOTHING);
    reload();
    return () => run.current++;
  }, deps);
  // a look that takes longer than the pause between two is waited for, or none would ever be the latest
  useRepeat(() => pending.current === 0 && reload(), every);
  const set = useCallback((data) => {
    run.current++;
    setState({ data, error: null, loading: false });
  }, []);
  return { ...state, reload, set };
}

/** Call `act` each `every` milliseconds while the page is in view, and once when it comes into view; 0: never. */
export function useRepeat(act, every) {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!every) return undefined;
    const look = () => document.visibilityState === "visible" && latest.current();
    const timer = setInterval(look, every);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [every]);
}

/**
 * An act that a person starts: `[run, {busy, error, done}]`. `run` returns what `act` returned, or undefined
 * when it was refused (then `error` is set) or is still busy.
 */
export function useAction(act) {
  const [state, setState] = useState({ busy: false, error: null, done: false });
  const held = useRef({ act, busy: false, there: true });
  held.current.act = act;
  useEffect(() => () => (held.current.there = false), []);
  const run = useCallback(async (...given) => {
    const mine = held.current;
    if (mine.busy) return undefined;
    const put = (next) => mine.there && setState(next);
    mine.busy = true;
    put({ busy: true, error: null, done: false });
    try {
      const told = await mine.act(...given);
      put({ busy: false, error: null, done: true });
      return told;
    } catch (error) {
      put({ busy: false, error, done: false });
      return undefined;
    } finally {
      mine.busy = false;
    }
  }, []);
  return [run, state];
}
