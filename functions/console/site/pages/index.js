/** Which page an address shows, and who may see it. */
import { html, useEffect, useErrorBoundary } from "../lib/html.js";
import { useResource } from "../lib/resource.js";
import { go, href, useRoute } from "../lib/router.js";
import { resume, useSession } from "../lib/session.js";
import { loadTenants, useTenant } from "../lib/tenant.js";
import { t, useLanguage } from "../lib/words.js";
import { Button, Notice, Page, RefusalNotice, Spinner } from "../parts/index.js";
import { Gate, Shell } from "../parts/shell.js";
import { Authorizations } from "./authorizations/index.js";
import { Connections } from "./connections.js";
import { Invitation } from "./invitation.js";
import { NoTenant } from "./no_tenant.js";
import { People } from "./people.js";
import { SignIn } from "./sign_in.js";

/** Read with the first page that needs them: they are most of the console. */
const LATER = {
  setup: () => import("./setup/index.js").then((room) => room.Setup),
  connection: () => import("./connection/index.js").then((room) => room.ConnectionPages),
};

/** The whole console. */
export function App() {
  useLanguage();
  const { parts } = useRoute();
  const { state } = useSession();
  const invited = parts[0] === "invitation";
  useEffect(() => {
    if (!invited && state === "unknown") resume();
  }, [invited, state]);
  if (invited) return html`<${Invitation} key=${parts[1]} token=${parts[1] ?? ""} />`;
  if (state === "unknown") return html`<${Gate}><${Spinner} /><//>`;
  if (state === "out") return html`<${SignIn} />`;
  return html`<${Shell}><${Inside} /><//>`;
}

function Inside() {
  const { person } = useSession();
  const { tenants, tenant } = useTenant();
  const { error, loading, reload } = useResource(loadTenants, [person?.sub]);
  if (!tenants && error) {
    return html`<${RefusalNotice} error=${error} action=${html`<${Button} busy=${loading} onClick=${reload}>${t("page.again")}<//>`} />`;
  }
  if (!tenants) return html`<${Spinner} />`;
  if (!tenant) return html`<${NoTenant} />`;
  return html`<${Caught}><${Routed} key=${tenant.id} /><//>`;
}

/** The page of the address. */
function Routed() {
  const { parts, path } = useRoute();
  const [first, id, ...rest] = parts;
  if (path === "/") return html`<${Connections} />`;
  if (first === "new") return html`<${Later} room="setup" key="new" />`;
  if (first === "people") return html`<${People} />`;
  if (first === "authorizations") return html`<${Authorizations} />`;
  if (first === "sign-in") return html`<${Redirect} />`;
  if (first === "connections" && id && rest[0] === "setup") {
    return html`<${Later} room="setup" key=${`setup ${id}`} id=${id} step=${rest[1]} />`;
  }
  if (first === "connections" && id) {
    return html`<${Later} room="connection" key=${`connection ${id}`} id=${id} tab=${rest[0]} item=${rest[1]} more=${rest.slice(2)} />`;
  }
  return html`<${NotFound} />`;
}

function Later({ room, ...given }) {
  const { data: Found, error } = useResource(LATER[room], [room]);
  if (error) return html`<${Failed} />`;
  return Found ? html`<${Found} ...${given} />` : html`<${Spinner} />`;
}

function Redirect() {
  useEffect(() => go("/", {}, { replace: true }), []);
  return null;
}

function NotFound() {
  return html`<${Page} title=${t("notFound.title")} lead=${t("notFound.text")}>
    <div class="row"><${Button} href=${href("/")}>${t("notFound.home")}<//></div>
  <//>`;
}

/** A page that fails leaves the frame standing, with a way on; another address tries anew. */
function Caught({ children }) {
  const [failure, reset] = useErrorBoundary((error) => console.error(error));
  const { path } = useRoute();
  useEffect(() => failure && reset(), [path]);
  return failure ? html`<${Failed} />` : children;
}

function Failed() {
  const again = () => location.reload();
  return html`<${Page} title=${t("failed.title")}>
    <${Notice} kind="bad" title=${t("failed.text")} action=${html`<${Button} onClick=${again}>${t("failed.reload")}<//>`} />
  <//>`;
}
