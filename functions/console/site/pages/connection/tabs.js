/** The tabs of a connection, each with how much waits there. */
import { href } from "../../lib/router.js";
import { html, useEffect, useRef } from "../../lib/html.js";
import { t } from "../../lib/words.js";
import { Tabs } from "../../parts/index.js";
import { useConnection } from "./context.js";

/** Tabs; what only ongoing sync has is left out for a one-time copy. */
export function ConnectionTabs({ current }) {
  const { one, path, linked, openConflicts } = useConnection();
  const held = one.counts.held ?? 0;
  const tabs = [
    ["", 0],
    ["log", 0],
    ["items", 0],
    ["parked", one.glance.parked],
    ...(linked ? [["conflicts", openConflicts.count ?? 0]] : []),
    ...(linked && (held || current === "deletes") ? [["deletes", held]] : []),
    ["settings", 0],
  ];
  const items = tabs.map(([key, count]) => ({
    key,
    count: count || undefined,
    label: t(`connection.tab.${key || "overview"}`),
    href: href(key ? `${path}/${key}` : path),
  }));
  const row = useRef(null);
  useEffect(() => row.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [current]);
  return html`<div ref=${row}><${Tabs} items=${items} current=${current} label=${t("connection.tabs")} /></div>`;
}
