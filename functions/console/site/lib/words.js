/** The words of the page, in the language that the person reads. No component holds a text of its own. */
import { keep, kept } from "./kept.js";
import { store, useStore } from "./store.js";

/** Languages, each under its own name. */
export const LANGUAGES = { en: "English", es: "Español", fr: "Français" };
const FILES = ["common", "setup", "connection"];

const language = store("");
let words = {};
let plurals = new Intl.PluralRules("en");

/** The language in use: "en", "es" or "fr". */
export const currentLanguage = () => language.get() || "en";

/** The language, in a component: draws again when it changes. */
export const useLanguage = () => useStore(language) || "en";

/** Read the words of a language and use them from now on. */
export async function setLanguage(wanted) {
  const files = await Promise.all(FILES.map((file) => import(`../words/${wanted}/${file}.js`)));
  words = Object.assign({}, ...files.map((file) => file.default));
  plurals = new Intl.PluralRules(wanted);
  document.documentElement.lang = wanted;
  language.set(wanted);
}

/** Choose a language for this browser. */
export async function chooseLanguage(wanted) {
  await setLanguage(wanted);
  keep("language", wanted);
}

/** The language to begin with: the one chosen here before, else the browser's first that there is. */
export function firstLanguage() {
  const wished = [kept("language"), ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
  return wished.find((tag) => tag in LANGUAGES) ?? "en";
}

/**
 * Return the text of a key with its `{names}` filled in; numbers are written as the language does. A text with
 * forms ({one, other}) is chosen by `values.n`. A key without words shows itself.
 */
export function t(key, values = {}) {
  return textOf(key, values).replace(/\{(\w+)\}/g, (all, name) => (name in values ? shown(values[name]) : all));
}

/** As `t`, for values that are elements: returns a list of texts and elements. */
export function rich(key, values = {}) {
  return textOf(key, values)
    .split(/\{(\w+)\}/)
    .map((part, place) => (place % 2 ? (part in values ? asPart(values[part]) : `{${part}}`) : part));
}

/** Say whether there are words for a key, such as a code that the API may have added since. */
export const has = (key) => key in words;

function textOf(key, values) {
  const found = words[key];
  if (found === undefined) return key;
  return typeof found === "string" ? found : (found[plurals.select(Number(values.n))] ?? found.other);
}

const asPart = (value) => (typeof value === "number" ? shown(value) : value);
const shown = (value) => (typeof value === "number" ? value.toLocaleString(currentLanguage()) : String(value));
