/** The frame around all pages: the top bar with places, tenant, language, theme and person. */
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { href, useRoute } from "../lib/router.js";
import { signOut, useSession } from "../lib/session.js";
import { chooseTenant, useTenant } from "../lib/tenant.js";
import { chooseTheme, THEMES, useTheme } from "../lib/theme.js";
import { chooseLanguage, LANGUAGES, t, useLanguage } from "../lib/words.js";
import { go } from "../lib/router.js";
import { Button } from "./button.js";
import { Select } from "./field.js";
import { Icon, Mark } from "./icon.js";

const PLACES = [
  { key: "connections", path: "/", of: [undefined, "connections", "new"] },
  { key: "authorizations", path: "/authorizations", of: ["authorizations"] },
  { key: "people", path: "/people", of: ["people"] },
];

/** A page of a signed-in person. */
export function Shell({ children }) {
  return html`<${Skip} />
    <header class="bar">
      <div class="bar-inside">
        <a class="brand" href=${href("/")}><${Mark} />${t("app.name")}</a>
        <${Places} />
        <div class="bar-end"><${TenantChoice} /><${PersonMenu} /></div>
      </div>
    </header>
    <main class="main" id="main" tabindex="-1">${children}</main>`;
}

/** A page of somebody who is not signed in: one card, language and theme below it. */
export function Gate({ wide = false, children }) {
  return html`<${Skip} />
    <main class="main" id="main" tabindex="-1">
      <div class=${wide ? "gate gate-wide" : "gate"}>
        <div class="gate-brand"><${Mark} />${t("app.name")}</div>
        ${children}
        <div class="gate-foot"><${LanguageChoice} /><${ThemeChoice} /></div>
      </div>
    </main>`;
}

function Skip() {
  const jump = (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  };
  return html`<a class="skip" href="#main" onClick=${jump}>${t("shell.skip")}</a>`;
}

function Places() {
  const [first] = useRoute().parts;
  return html`<nav aria-label=${t("shell.places")}>
    <ul class="bar-places">
      ${PLACES.map(
        (place) => html`<li key=${place.key}>
          <a href=${href(place.path)} aria-current=${place.of.includes(first) ? "page" : undefined}>${t(`shell.${place.key}`)}</a>
        </li>`,
      )}
    </ul>
  </nav>`;
}

function TenantChoice() {
  const { tenants, tenant } = useTenant();
  if (!tenant) return null;
  if (tenants.length === 1) return html`<span class="tenant-name">${tenant.name}</span>`;
  const choose = (id) => {
    chooseTenant(id);
    go("/");
  };
  const options = tenants.map((one) => ({ value: one.id, label: one.name }));
  return html`<div class="tenant-choice">
    <${Select} label=${t("shell.tenant")} hideLabel options=${options} value=${tenant.id} onValue=${choose} />
  </div>`;
}

function PersonMenu() {
  const [open, setOpen] = useState(false);
  const box = useRef(null);
  const { person } = useSession();
  const { path } = useRoute();
  useEffect(() => setOpen(false), [path]);
  useEffect(() => (open ? closing(box.current, () => setOpen(false)) : undefined), [open]);
  return html`<div class="menu" ref=${box}>
    <${Button} kind="quiet" label=${t("shell.menu")} aria-expanded=${open ? "true" : "false"} aria-controls="person-menu" onClick=${() => setOpen(!open)} icon="user" />
    <div class="menu-list stack" id="person-menu" hidden=${!open}>
      <div><span class="muted small">${t("shell.signedInAs")}</span><div class="menu-person">${person?.email}</div></div>
      <${LanguageChoice} />
      <${ThemeChoice} />
      <${Button} onClick=${signOut}>${t("shell.signOut")}<//>
    </div>
  </div>`;
}

/** Close a menu by Escape, or by going elsewhere; returns what ends the watch. */
function closing(box, close) {
  const escape = (event) => {
    if (event.key !== "Escape") return;
    close();
    box.querySelector("button").focus();
  };
  const elsewhere = (event) => !box.contains(event.target) && close();
  document.addEventListener("keydown", escape);
  document.addEventListener("pointerdown", elsewhere);
  document.addEventListener("focusin", elsewhere);
  return () => {
    document.removeEventListener("keydown", escape);
    document.removeEventListener("pointerdown", elsewhere);
    document.removeEventListener("focusin", elsewhere);
  };
}

function LanguageChoice() {
  const language = useLanguage();
  const options = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label, lang: value }));
  return html`<${Select} label=${t("shell.language")} options=${options} value=${language} onValue=${chooseLanguage} />`;
}

const THEME_ICONS = { system: "system", light: "sun", dark: "moon" };

function ThemeChoice() {
  const theme = useTheme();
  return html`<fieldset class="switch">
    <legend>${t("shell.theme")}</legend>
    <div class="switch-row">
      ${THEMES.map(
        (one) => html`<label key=${one} class=${one === theme ? "switch-one switch-chosen" : "switch-one"} title=${t(`theme.${one}`)}>
          <input class="hidden" type="radio" name="theme" value=${one} checked=${one === theme} onChange=${() => chooseTheme(one)} />
          <${Icon} name=${THEME_ICONS[one]} /><span class="hidden">${t(`theme.${one}`)}</span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}
