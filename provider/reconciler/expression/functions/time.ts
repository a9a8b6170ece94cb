import { fail } from "../errors.js";
import { define, type FunctionDefinition, text } from "./definition.js";

/** A moment as it was written: the wall clock of its zone, and how far that is ahead of UTC. */
interface Timestamp {
  /** Milliseconds of the wall clock since 1970. */
  readonly wall: number;
  readonly offsetMinutes: number;
  /** "Z", or the offset as written. */
  readonly zone: string;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function parseTimestamp(value: string): Timestamp {
  const match = RFC3339.exec(value);
  const zone = match?.[8] ?? "Z";
  const wall = Date.parse(value.replace(/(?:Z|[+-]\d\d:\d\d)$/, "Z"));
  const valid =
    match && !Number.isNaN(wall) && new Date(wall).toISOString().slice(0, 19) === value.slice(0, 19);
  if (!valid) return fail("function", "The text is no time such as 2024-01-31T12:00:00Z");
  const [hours = 0, minutes = 0] = zone.slice(1).split(":").map(Number);
  return { wall, zone, offsetMinutes: (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) };
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const two = (value: number): string => String(value).padStart(2, "0");

type Verb = (date: Date, time: Timestamp) => string;
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12;
const half = (date: Date): string => (date.getUTCHours() < 12 ? "AM" : "PM");
const zoneName = ({ zone }: Timestamp, separator: string, utc: string): string =>
  zone === "Z" ? utc : zone.replace(":", separator);

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ["YYYY", (date) => String(date.getUTCFullYear()).padStart(4, "0")],
  ["YY", (date) => two(date.getUTCFullYear() % 100)],
  ["MMMM", (date) => MONTHS[date.getUTCMonth()] ?? ""],
  ["MMM", (date) => (MONTHS[date.getUTCMonth()] ?? "").slice(0, 3)],
  ["MM", (date) => two(date.getUTCMonth() + 1)],
  ["M", (date) => String(date.getUTCMonth() + 1)],
  ["DD", (date) => two(date.getUTCDate())],
  ["D", (date) => String(date.getUTCDate())],
  ["EEEE", (date) => DAYS[date.getUTCDay()] ?? ""],
  ["EEE", (date) => (DAYS[date.getUTCDay()] ?? "").slice(0, 3)],
  ["hh", (date) => two(date.getUTCHours())],
  ["h", (date) => String(date.getUTCHours())],
  ["HH", (date) => two(hour12(date))],
  ["H", (date) => String(hour12(date))],
  ["AA", half],
  ["aa", (date) => half(date).toLowerCase()],
  ["mm", (date) => two(date.getUTCMinutes())],
  ["m", (date) => String(date.getUTCMinutes())],
  ["ss", (date) => two(date.getUTCSeconds())],
  ["s", (date) => String(date.getUTCSeconds())],
  ["ZZZZZ", (_, time) => zoneName(time, ":", "+00:00")],
  ["ZZZZ", (_, time) => zoneName(time, "", "+0000")],
  ["ZZZ", (_, time) => zoneName(time, "", "UTC")],
  ["Z", (_, time) => zoneName(time, ":", "Z")],
]);

/** Letters are verbs, a text in single quotes stands for itself (`''` is a quote), and so does anything else. */
function formatDate(pattern: string, value: string): string {
  const time = parseTimestamp(value);
  const date = new Date(time.wall);
  return pattern.replace(
    /'((?:[^']|'')*)('?)|([A-Za-z])\3*/g,
    (part: string, quoted?: string, close?: string) => {
      if (quoted !== undefined) {
        return close === "'"
          ? quoted.replaceAll("''", "'")
          : fail("function", "A quote in the format of formatdate() is not closed");
      }
      return (
        VERBS.get(part)?.(date, time) ?? fail("function", `"${part}" is not a format that formatdate() knows`)
      );
    },
  );
}

/** Milliseconds of each unit of a duration. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 60e3,
  h: 3600e3,
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g;

function parseDuration(duration: string): number {
  const [, sign, body = ""] = /^([+-]?)(.*)$/s.exec(duration) ?? [];
  const parts = [...body.matchAll(PART)];
  if (body !== "0" && (parts.length === 0 || body.replace(PART, "") !== "")) {
    return fail("function", "The text is no duration such as 1h30m; the units are h, m, s, ms, us, ns");
  }
  const sum = parts.reduce((total, [, amount, unit = ""]) => total + Number(amount) * (UNITS[unit] ?? 0), 0);
  return sign === "-" ? -sum : sum;
}

/** Whole seconds, the zone as it was. */
function timeAdd(value: string, duration: string): string {
  const { wall, zone } = parseTimestamp(value);
  const seconds = Math.floor((wall + parseDuration(duration)) / 1000);
  return new Date(seconds * 1000).toISOString().slice(0, 19) + zone;
}

function timeCompare(a: string, b: string): number {
  const moment = ({ wall, offsetMinutes }: Timestamp): number => wall - offsetMinutes * 60e3;
  return Math.sign(moment(parseTimestamp(a)) - moment(parseTimestamp(b)));
}

export const timeFunctions: readonly FunctionDefinition[] = [
  define("formatdate", [text("format"), text("time")], formatDate),
  define("timeadd", [text("timestamp"), text("duration")], timeAdd),
  define("timecmp", [text("timestamp_a"), text("timestamp_b")], timeCompare),
];
