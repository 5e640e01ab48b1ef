/** Small pieces that the pages of a connection share. */
import { dateTime, exactTime } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { href } from "../../lib/router.js";
import { has, t } from "../../lib/words.js";
import { OutLink } from "../../parts/index.js";

/** A day and time; pointing at it shows the second and the zone. */
export function When({ iso }) {
  return iso ? html`<time datetime=${iso} title=${exactTime(iso)}>${dateTime(iso)}</time>` : null;
}

/** A word of the API in the reader's language; one that has no words yet shows itself. */
export function word(kind, code) {
  const key = `connection.${kind}.${code}`;
  return has(key) ? t(key) : code.replaceAll("_", " ");
}

/** A field's name. */
export const fieldName = (name) => word("field", name);

/** A twin on its own site, in a new tab; only its number where the API shows no address. */
export function TwinLink({ side, twin }) {
  if (!twin?.id) return html`<span class="muted">${t("connection.none")}</span>`;
  return html`<${OutLink} href=${twin.address}>${numberOf(side, twin)}<//>`;
}

/** Both twins on their own sites, each link named by its site; a twin without an address is left out. */
export function Sites({ tracker = "", procore = "" }) {
  const sites = Object.entries({ tracker, procore }).filter(([, address]) => address);
  return sites.map(
    ([side, address]) => html`<span key=${side} class="small nowrap"><${OutLink} href=${address}>${t(`connection.side.${side}`)}<//></span>`,
  );
}

/** A link to an item's page, named by its number. */
export const ItemLink = ({ to, children }) => html`<a class="nowrap" href=${to}>${children || t("connection.item.nameless")}</a>`;

/** A twin's number as its side writes it; without one, its id. */
export const numberOf = (side, { number, id }) => (side === "procore" ? `#${number || id}` : number || id);

/** The route of an item's page. */
export const itemHref = (place, id) => href(`${place}/items/${encodeURIComponent(id)}`);

/** A text of the API: it is English in every language of the page. */
export const Said = ({ text, className }) => (text ? html`<p class=${className} lang="en">${text}</p>` : null);
