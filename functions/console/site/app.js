/** The console: reads the words and the theme, and draws. */
import { html, render } from "./lib/html.js";
import { onSession } from "./lib/session.js";
import { forgetTenants } from "./lib/tenant.js";
import { restoreTheme } from "./lib/theme.js";
import { firstLanguage, setLanguage } from "./lib/words.js";
import { App } from "./pages/index.js";

restoreTheme();
onSession(({ state }) => state === "out" && forgetTenants());
await setLanguage(firstLanguage());
render(html`<${App} />`, document.getElementById("app"));
