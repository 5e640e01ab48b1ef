/** Dates, times, numbers and spans as the chosen language writes them. An absent time is an empty text. */
import { currentLanguage } from "./words.js";

const SPANS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const made = new Map();

function maker(Kind, options) {
  const key = `${Kind.name}|${currentLanguage()}|${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, new Kind(currentLanguage(), options));
  return made.get(key);
}

function written(iso, options) {
  const time = iso ? new Date(iso) : null;
  return time && !Number.isNaN(time.getTime()) ? maker(Intl.DateTimeFormat, options).format(time) : "";
}

/** Day and time: "12 Mar 2025, 14:05". */
export const dateTime = (iso) => written(iso, { dateStyle: "medium", timeStyle: "short" });

/** Day, time and time zone, to the second. */
export const exactTime = (iso) => written(iso, { dateStyle: "long", timeStyle: "long" });

/** The day alone. */
export const date = (iso) => written(iso, { dateStyle: "medium" });

/** How long ago, or how long until: "5 minutes ago", "in 3 days"; within a minute it is "now". */
export function ago(iso, now = Date.now()) {
  const seconds = iso ? (new Date(iso).getTime() - now) / 1000 : NaN;
  if (Number.isNaN(seconds)) return "";
  const [unit, size] = SPANS.slice(0, -1).find(([, length]) => Math.abs(seconds) >= length) ?? ["second", Infinity];
  return maker(Intl.RelativeTimeFormat, { numeric: "auto" }).format(Math.trunc(seconds / size) + 0, unit);
}

/** A number with its groups: "12,400". */
export const number = (value) => maker(Intl.NumberFormat, {}).format(value);

/** A share of one: "20 %". */
export const percent = (share) => maker(Intl.NumberFormat, { style: "percent" }).format(share);

/** A span: its two largest units, "1 hr 5 min". */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const first = SPANS.slice(2).findIndex(([, size]) => whole >= size);
  if (first < 0) return inUnit(0, "second");
  const [unit, size] = SPANS.slice(2)[first];
  const [smaller, part] = SPANS.slice(2)[first + 1] ?? [];
  const rest = smaller ? Math.floor((whole % size) / part) : 0;
  const told = [inUnit(Math.floor(whole / size), unit), rest ? inUnit(rest, smaller) : ""];
  return told.filter(Boolean).join(" ");
}

const inUnit = (value, unit) =>
  maker(Intl.NumberFormat, { style: "unit", unit, unitDisplay: "short" }).format(value);

/** Bytes: "1.4 MB". */
export function bytes(count) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3));
  const options = { style: "unit", unit: units[step], unitDisplay: "short", maximumFractionDigits: 1 };
  return maker(Intl.NumberFormat, options).format(count / 1000 ** step);
}
