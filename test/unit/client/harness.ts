import {
  createClient,
  type Api,
  type CallEvent,
  type ClientOptions,
} from "../../../provider/client/index.js";
import { VirtualClock } from "../../../schema/clock.js";

/** What the scripted cloud does with one request: answer, break, or never answer. */
export type Step =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { fails: string }
  | "silence"
  | ((request: Seen) => Step);

export interface Seen {
  method: string;
  /** Path and query. */
  path: string;
  url: URL;
  headers: Record<string, string>;
  body: unknown;
}

export const ok = (body: unknown = {}, headers: Record<string, string> = {}): Step => ({
  status: 200,
  body,
  headers,
});
export const failed = (status: number, code?: string, headers: Record<string, string> = {}): Step => ({
  status,
  headers,
  body: code === undefined ? {} : { error_code: code, error_msg: "said the cloud" },
});
/** A failure as `fetch` reports it: the system's code is on the cause. */
export const broken = (code: string): Step => ({ fails: code });

export interface Harness {
  api: Api;
  clock: VirtualClock;
  seen: Seen[];
  events: CallEvent[];
  /** Milliseconds of the virtual clock since the start. */
  elapsed: () => number;
}

/** A client of a cloud that plays the steps in turn, the last one for ever. */
export function harness(
  steps: Step[] | ((request: Seen) => Step),
  options: Partial<ClientOptions> = {},
): Harness {
  const clock = new VirtualClock();
  const start = clock.now();
  const seen: Seen[] = [];
  const events: CallEvent[] = [];
  const fetchFunction: typeof fetch = (input, init) => {
    const url = new URL(typeof input === "string" ? input : input instanceof URL ? input : input.url);
    const request: Seen = {
      method: init?.method ?? "GET",
      path: url.pathname + url.search,
      url,
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: typeof init?.body === "string" ? JSON.parse(init.body) : undefined,
    };
    seen.push(request);
    let step: Step =
      typeof steps === "function" ? steps : (steps[Math.min(seen.length, steps.length) - 1] ?? ok());
    while (typeof step === "function") step = step(request);
    if (step === "silence") return new Promise<Response>(() => undefined);
    if ("fails" in step) {
      const cause = Object.assign(new Error(step.fails), { code: step.fails });
      return Promise.reject(new TypeError("fetch failed", { cause }));
    }
    const empty = step.body === undefined || step.status === 204;
    return Promise.resolve(
      new Response(empty ? null : typeof step.body === "string" ? step.body : JSON.stringify(step.body), {
        status: step.status,
        headers: step.headers ?? {},
      }),
    );
  };
  const api = createClient({
    endpoint: "https://iec.test",
    authUrl: "https://iam.test/v3",
    credentials: { kind: "keys", accessKey: "AK", secretKey: "very-secret" },
    domainId: "domain",
    clock,
    random: () => 1,
    fetch: fetchFunction,
    onCall: (event) => events.push(event),
    ...options,
  });
  return { api, clock, seen, events, elapsed: () => clock.now() - start };
}

export const outcomeOf = <T>(work: Promise<T>): Promise<T | Error> =>
  work.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
