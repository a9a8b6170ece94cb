import type { ApiError, FailureKind } from "./errors.js";

/** Waits grow from this, doubling, up to the cap; full jitter takes a random part of each. Milliseconds. */
const BASE_MS = 200;
const CAP_MS = 10_000;

/** A wrong address does not mend itself: fewer, and so quicker, tries than for a cloud that answers. */
const FEWER_RETRIES: Partial<Record<FailureKind, number>> = { unreachable: 2, timeout: 1, malformed: 0 };

/**
 * What may be done about a call whose answer was lost.
 *
 * `repeat`: doing it twice does what doing it once does. `create`: it could make a second object.
 */
export type Repeatability = "repeat" | "create";

/** POST calls that read, remove or set, by path. */
const REPEATABLE_POSTS = new Set([
  "/v1/batch-query-metric-data",
  // Only ever sent to start or to stop, never to reboot.
  "/v1/cloudservers/action",
  "/v1/cloudservers/delete",
  "/v1/cloudservers/{instance_id}/nics/delete",
  "/v1/routetables/{routetable_id}/associate-subnets",
  "/v1/routetables/{routetable_id}/delete-routes",
  "/v1/routetables/{routetable_id}/disassociate-subnets",
  "/v1/routetables/{routetable_id}/update-routes",
  "/v1/vports/{vport_id}/bandwidth/detach",
]);
/** PUT calls that add. */
const CREATING_PUTS = new Set(["/v1/firewalls/{firewall_id}/firewall-rules"]);

export function repeatability(method: string, path: string): Repeatability {
  if (method === "POST") return REPEATABLE_POSTS.has(path) ? "repeat" : "create";
  return method === "PUT" && CREATING_PUTS.has(path) ? "create" : "repeat";
}

export type Verdict = "retry" | "fail" | "ambiguous";

/** What to do after attempt number `attempt` (1 = the first) failed. */
export function judge(error: ApiError, repeat: Repeatability, attempt: number, maxRetries: number): Verdict {
  if (!error.isTransient) return "fail";
  const nothingDone = error.kind === "unreachable" || error.isThrottled;
  if (repeat === "create" && !nothingDone) return "ambiguous";
  return attempt <= Math.min(maxRetries, FEWER_RETRIES[error.kind] ?? maxRetries) ? "retry" : "fail";
}

/** How long to wait after attempt number `attempt`; what the cloud asked for comes on top of the jitter. */
export function retryDelay(attempt: number, random: () => number, retryAfterMs = 0): number {
  return retryAfterMs + random() * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
}

/** `Retry-After` in milliseconds from now: seconds, or a date. Undefined when absent or unreadable. */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const seconds = Number(text);
  const ms = Number.isNaN(seconds) ? Date.parse(text) - now : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
