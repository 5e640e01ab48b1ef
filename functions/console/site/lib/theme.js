/** Light, dark, or as the system has it. */
import { keep, kept } from "./kept.js";
import { store, useStore } from "./store.js";

export const THEMES = ["system", "light", "dark"];
const theme = store("system");

/** Use a theme and remember it; "system" follows the computer. */
export function chooseTheme(wanted) {
  keep("theme", wanted);
  apply(wanted);
}

/** Use the theme chosen here before. */
export const restoreTheme = () => apply(kept("theme", "system"));

/** The theme, in a component. */
export const useTheme = () => useStore(theme);

function apply(wanted) {
  const known = THEMES.includes(wanted) ? wanted : "system";
  if (known === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = known;
  theme.set(known);
}
