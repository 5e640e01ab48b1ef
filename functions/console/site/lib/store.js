/** A value that components watch. */
import { useEffect, useState } from "./html.js";

/**
 * Make a value that can be read, changed and watched.
 * @template T
 * @param {T} value
 */
export function store(value) {
  const watchers = new Set();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const watcher of [...watchers]) watcher(value);
    },
    /** Call `watcher` with each new value; returns what stops that. */
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** Read a store in a component, and draw again when it changes. */
export function useStore(watched) {
  const [, draw] = useState(0);
  useEffect(() => watched.watch(() => draw((times) => times + 1)), [watched]);
  return watched.get();
}
