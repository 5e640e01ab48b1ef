/** A listing that is read page by page. */
import { useCallback, useEffect, useRef, useState } from "../../lib/html.js";

const EMPTY_PAGES = 5;
const START = Object.freeze({ rows: [], next: "", pages: 0, loading: true, error: null });

/**
 * Read a listing: `{rows, next, pages, loading, error, more, refresh, change}`. `read(token)` returns
 * `{items, next_token}`; `refresh` reads the first page again and `change(rows => rows)` edits what is shown.
 * A page of a rare filter may be empty and still have a next: a few of those are passed over unasked.
 */
export function usePaged(read, deps) {
  const [state, setState] = useState(START);
  const run = useRef(0);
  const latest = useRef(read);
  latest.current = read;
  const load = useCallback(async (before) => {
    const mine = ++run.current;
    const put = (next) => mine === run.current && setState(next);
    put((now) => ({ ...now, loading: true, error: null }));
    try {
      const { items, next_token } = await filled(latest.current, before.next);
      put({ rows: [...before.rows, ...items], next: next_token, pages: before.pages + 1, loading: false, error: null });
    } catch (error) {
      put((now) => ({ ...now, loading: false, error }));
    }
  }, []);
  useEffect(() => {
    setState(START);
    load(START);
    return () => run.current++;
  }, deps);
  const refresh = useCallback(() => load(START), []);
  const change = useCallback((edit) => setState((now) => ({ ...now, rows: edit(now.rows) })), []);
  return { ...state, more: () => load(state), refresh, change };
}

async function filled(read, token) {
  let page = { items: [], next_token: token };
  for (let times = 0; times < EMPTY_PAGES; times++) {
    page = await read(page.next_token);
    if (page.items.length || !page.next_token) break;
  }
  return page;
}
