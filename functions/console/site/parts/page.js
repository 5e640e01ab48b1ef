/** The frame of a page: its title, the way back, its main acts, what is there when nothing is there. */
import { html, useEffect, useRef } from "../lib/html.js";
import { useRoute } from "../lib/router.js";
import { t } from "../lib/words.js";
import { Icon } from "./icon.js";

let focusedPath = null;

/**
 * A page with its one h1, which gets the focus when the route has changed.
 * `crumbs`: [{label, href}] · `actions`: buttons · `lead`: a line below the title · `narrow`: for forms.
 */
export function Page({ title, crumbs = [], actions = null, lead = null, badge = null, narrow = false, children }) {
  const heading = useRef(null);
  const { path } = useRoute();
  useEffect(() => {
    if (focusedPath !== null && focusedPath !== path) heading.current?.focus({ preventScroll: true });
    if (focusedPath !== path) scrollTo(0, 0);
    focusedPath = path;
  }, [path]);
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title]);
  return html`<div class=${narrow ? "page page-narrow" : "page"}>
    <header class="page-head">
      ${crumbs.length > 0 && html`<${Crumbs} crumbs=${crumbs} />`}
      <div class="page-title">
        <h1 tabindex="-1" ref=${heading}>${title}</h1>
        ${badge}
        ${actions && html`<div class="page-actions">${actions}</div>`}
      </div>
      ${lead && html`<p class="lead">${lead}</p>`}
    </header>
    ${children}
  </div>`;
}

function Crumbs({ crumbs }) {
  return html`<nav class="crumbs" aria-label=${t("page.crumbs")}>
    <ol>
      ${crumbs.map((crumb) => html`<li key=${crumb.href}><a href=${crumb.href}>${crumb.label}</a><${Icon} name="chevron" /></li>`)}
    </ol>
  </nav>`;
}

/** A surface with an optional heading (h2) and acts beside it. */
export function Card({ title = "", actions = null, lead = null, className = "", children }) {
  return html`<section class=${`card ${className}`}>
    ${(title || actions) &&
    html`<div class="card-head">
      <h2>${title}</h2>
      ${actions && html`<div class="card-actions">${actions}</div>`}
    </div>`}
    ${lead && html`<p class="muted">${lead}</p>`}
    ${children}
  </section>`;
}

/** Places of one thing, as links: `items` [{key, label, href, count}], `current` is a key. */
export function Tabs({ items, current, label = "" }) {
  return html`<nav class="tabs" aria-label=${label || t("page.tabs")}>
    <ul>
      ${items.map(
        (item) => html`<li key=${item.key}>
          <a href=${item.href} aria-current=${item.key === current ? "page" : undefined}>
            ${item.label}${item.count ? html` <span class="count">${item.count}</span>` : null}
          </a>
        </li>`,
      )}
    </ul>
  </nav>`;
}

/** What stands where nothing is yet: what would be here and how to begin. */
export function Empty({ title, icon = "list", children = null, action = null }) {
  return html`<div class="empty">
    <${Icon} name=${icon} />
    <h2>${title}</h2>
    ${children && html`<div class="empty-text">${children}</div>`}
    ${action && html`<div class="row row-center">${action}</div>`}
  </div>`;
}

/** Something is on its way. */
export function Spinner({ label = "" }) {
  return html`<p class="spinner" role="status"><span class="spinner-ring" aria-hidden="true"></span>${label || t("page.loading")}</p>`;
}
