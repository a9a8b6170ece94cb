import type { Cloud } from "./cloud.js";

export type QueryValue = string | number | boolean | readonly string[];

/**
 * Bad luck that an operation lives through itself:
 * - `jobFailed`: what it starts ends badly (ERROR, killed, failed, delFailed).
 * - `partialEdgeService`: half of the instances of an edge service end badly.
 */
export const mishaps = ["jobFailed", "partialEdgeService"] as const;
export type Mishap = (typeof mishaps)[number];

/** A checked request, as an operation sees it. */
export interface Call {
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, QueryValue>>;
  /** Parsed JSON that fits the operation's request schema. */
  readonly body: unknown;
  readonly headers: Headers;
  /** What a fault makes of this call. */
  readonly mishaps: ReadonlySet<Mishap>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (cloud: Cloud, call: Call) => Answer | Promise<Answer>;

/** Operations by the id that the API's contract gives them. */
export type Operations = Readonly<Record<string, Handler>>;

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const noContent: Answer = { status: 204 };

/** A path parameter. The router guarantees that those of the route are there. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? "";
}

/** A query parameter of text; undefined when absent or empty. */
export function text(call: Call, name: string): string | undefined {
  const value = call.query[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A query parameter that lists keys separated by commas, in lower case. */
export function list(call: Call, name: string): string[] | undefined {
  return text(call, name)
    ?.split(",")
    .map((item) => item.trim().toLowerCase());
}

export function number(call: Call, name: string): number | undefined {
  const value = call.query[name];
  return typeof value === "number" ? value : undefined;
}

/** Whether the wanted value is absent or equal. */
export function fits(wanted: string | undefined, actual: string): boolean {
  return wanted === undefined || wanted === actual;
}

/** A copy that lacks some fields. */
export function without<T extends object, K extends keyof T & string>(
  body: T,
  ...names: readonly K[]
): Omit<T, K> {
  const left = Object.entries(body).filter(([name]) => !(names as readonly string[]).includes(name));
  return Object.fromEntries(left) as Omit<T, K>;
}

/** A page by item offset. The contract's largest page is also the default one; a limit of 0 is taken as no limit. */
export function page<T>(call: Call, items: readonly T[]): T[] {
  const offset = number(call, "offset") ?? 0;
  return items.slice(offset, offset + (number(call, "limit") || 1000));
}

/** A page by number, counted from 1; page 0 is page 1. */
export function numberedPage<T>(call: Call, items: readonly T[], defaultLimit: number): T[] {
  const limit = number(call, "limit") || defaultLimit;
  const first = (Math.max(number(call, "offset") ?? 1, 1) - 1) * limit;
  return items.slice(first, first + limit);
}
