import http from "node:http";
import https from "node:https";
import type { Clock } from "../../schema/clock.js";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}
export interface HttpAnswer {
  readonly status: number;
  /** Header names in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

/** Sends one request. Rejects with a {@link TransportError}, or with the reason of the signal. */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;

export class TransportError extends Error {
  /** `unreachable` promises that nothing was sent. */
  readonly kind: "unreachable" | "broken" | "timeout";
  readonly code: string | undefined;
  constructor(kind: TransportError["kind"], cause?: unknown) {
    const code = codeOf(cause);
    super(cause instanceof Error ? cause.message : kind, { cause });
    this.name = "TransportError";
    this.kind = kind;
    this.code = code;
  }
}

/** A host that swallows packets is given up on sooner than a slow answer. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Below the 5 s after which common servers drop an idle connection: a POST on a dead one would be ambiguous. */
const IDLE_SOCKET_MS = 4_000;

/**
 * The network through node's own HTTP client, with connections kept alive.
 *
 * `fetch` costs more than twice the CPU per call (0.84 to 0.37 ms, measured), cannot accept a certificate for one client only, and does not
 * tell whether a request was sent before it failed. Deadlines are real time here, as the network's are.
 */
export function nodeTransport(options: { insecure?: boolean } = {}): Transport {
  const agents = {
    "http:": new http.Agent({ keepAlive: true, timeout: IDLE_SOCKET_MS }),
    "https:": new https.Agent({
      keepAlive: true,
      timeout: IDLE_SOCKET_MS,
      rejectUnauthorized: options.insecure !== true,
    }),
  };
  return ({ method, url, headers, body, timeoutMs, signal }) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const target = new URL(url);
      const secure = target.protocol === "https:";
      const request = (secure ? https : http).request(target, {
        method,
        headers: body === undefined ? headers : { ...headers, "content-length": Buffer.byteLength(body) },
        agent: agents[secure ? "https:" : "http:"],
      });
      let connected = false;
      const connectTimer = setTimeout(
        () => {
          if (!connected) request.destroy(new TransportError("unreachable", new Error("connect timeout")));
        },
        Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
      );
      const timer = setTimeout(() => request.destroy(new TransportError("timeout")), timeoutMs);
      const onAbort = () => request.destroy();
      const finish = () => {
        clearTimeout(connectTimer);
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const fail = (error: unknown) => {
        finish();
        if (signal?.aborted) reject(signal.reason as Error);
        else if (error instanceof TransportError) reject(error);
        else reject(new TransportError(connected ? "broken" : "unreachable", error));
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      request.on("socket", (socket) => {
        if (!socket.connecting) connected = true;
        else socket.once(secure ? "secureConnect" : "connect", () => (connected = true));
      });
      request.on("error", fail);
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("close", () => {
          if (!response.complete) fail(new Error("connection closed within the answer"));
        });
        response.on("end", () => {
          if (!response.complete) return;
          finish();
          resolve({
            status: response.statusCode ?? 0,
            header: (name) => {
              const value = response.headers[name];
              return Array.isArray(value) ? value[0] : value;
            },
            text: Buffer.concat(chunks).toString("utf8"),
          });
        });
      });
      request.end(body);
    });
}

/** An injected `fetch`; its deadlines follow the injected clock. */
export function fetchTransport(fetchFunction: typeof fetch, clock: Clock): Transport {
  return async ({ method, url, headers, body, timeoutMs, signal }) => {
    signal?.throwIfAborted();
    const stop = new AbortController();
    const onAbort = () => stop.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const exchange = async (): Promise<HttpAnswer> => {
      const init = {
        method,
        headers: { ...headers },
        signal: stop.signal,
        ...(body !== undefined && { body }),
      };
      const response = await fetchFunction(url, init);
      const text = await response.text();
      return { status: response.status, header: (name) => response.headers.get(name) ?? undefined, text };
    };
    const deadline = clock.sleep(timeoutMs, stop.signal).then(() => {
      throw new TransportError("timeout");
    });
    try {
      return await Promise.race([exchange(), deadline]);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof TransportError) throw error;
      throw new TransportError(UNSENT.has(codeOf(error) ?? "") ? "unreachable" : "broken", error);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      stop.abort();
    }
  };
}

/** System errors that come before a connection stands. */
const UNSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** The system's code of an error, or of what caused it: `fetch` wraps it. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}
