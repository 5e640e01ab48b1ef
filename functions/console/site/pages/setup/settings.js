/** The later change of what was chosen at the set-up: in parts, each saved by itself, with a preview after (S17, S25). */
import { html } from "../../lib/html.js";
import { go, href, useRoute } from "../../lib/router.js";
import { useTenant } from "../../lib/tenant.js";
import { t } from "../../lib/words.js";
import { Card, Notice, Tabs } from "../../parts/index.js";
import { ChecksPart } from "./settings_checks.js";
import { GeneralPart } from "./settings_general.js";
import { MapsPart, OptionsPart } from "./settings_forms.js";
import { PreviewPanel } from "./preview_panel.js";
import { Transfer } from "./transfer.js";

const PARTS = { general: GeneralPart, maps: MapsPart, options: OptionsPart, checks: ChecksPart, preview: PreviewPart, transfer: TransferPart };

/**
 * All later changes of a connection, under `#/connections/<id>/settings/<section>`; the section is one of PARTS.
 * @param connection as read, @param onSaved called with the connection after each change
 */
export function Settings({ connection, onSaved }) {
  const { can } = useTenant();
  const section = useRoute().parts[3] ?? "";
  if (!can("manager")) return html`<${Notice} kind="info" title=${t("setup.manager.title")}>${t("setup.manager.text")}<//>`;
  const current = PARTS[section] ? section : "general";
  const items = Object.keys(PARTS).map((key) => ({ key, label: t(`setup.part.${key}`), href: href(`/connections/${connection.id}/settings/${key}`) }));
  return html`<div class="stack">
    <${Tabs} items=${items} current=${current} label=${t("setup.parts")} />
    <${PARTS[current]} key=${current} connection=${connection} onSaved=${onSaved} />
  </div>`;
}

function PreviewPart({ connection }) {
  const place = `/connections/${connection.id}/settings/preview`;
  return html`<${PreviewPanel} connection=${connection} onId=${(preview) => go(place, { preview }, { replace: true })} />`;
}

function TransferPart({ connection, onSaved }) {
  return html`<${Card} title=${t("setup.transfer.title")}><${Transfer} connection=${connection} onSaved=${onSaved} /><//>`;
}
