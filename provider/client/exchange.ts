import PQueue from "p-queue";
import type { ClientOptions, Stats } from "./api.js";
import { AmbiguousCreateError, ApiError, parseErrorBody } from "./errors.js";
import { judge, parseRetryAfter, retryDelay, type Repeatability } from "./retry.js";
import { fetchTransport, nodeTransport, TransportError, type HttpAnswer } from "./transport.js";

/** One call, as many HTTP requests as it takes. */
export interface Exchange {
  /** `GET /v1/vpcs/{vpc_id}` */
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly body?: string | undefined;
  readonly repeat: Repeatability;
  /** Headers that say who calls; computed for each request, as a signature holds the time. */
  readonly authorize: (request: {
    method: string;
    url: string;
    headers: Record<string, string>;
    body?: string | undefined;
  }) => Record<string, string>;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** The parsed body; undefined when there was none. */
  readonly body: unknown;
}

/** Sends calls: limits how many are under way, repeats what may be repeated, counts, and names what went wrong. */
export interface Exchanger {
  send(exchange: Exchange): Promise<Answer>;
  readonly stats: Stats;
}

export function createExchanger(options: ClientOptions): Exchanger {
  const { clock, random, maxRetries = 5, callTimeoutMs = 60_000 } = options;
  const transport = options.fetch
    ? fetchTransport(options.fetch, clock)
    : nodeTransport({ insecure: options.insecure ?? false });
  const queue = new PQueue({ concurrency: options.concurrency ?? 10 });
  const stats = { calls: 0, retries: 0, byOperation: {} as Record<string, number> };

  /** One HTTP request, in its turn. */
  async function attempt(exchange: Exchange, number: number): Promise<HttpAnswer> {
    const { operation, method, url, body, signal } = exchange;
    stats.calls++;
    if (number > 1) stats.retries++;
    stats.byOperation[operation] = (stats.byOperation[operation] ?? 0) + 1;
    const headers: Record<string, string> = { "user-agent": options.userAgent ?? "iec-cdk" };
    if (body !== undefined) headers["content-type"] = "application/json";
    const started = clock.now();
    const report = (status: number | undefined, error?: string) =>
      options.onCall?.({
        operation,
        status,
        ms: clock.now() - started,
        attempt: number,
        ...(error !== undefined && { error }),
      });
    try {
      const authorized = exchange.authorize({ method, url, headers, body });
      const answer = await transport({
        method,
        url,
        headers: authorized,
        body,
        signal,
        timeoutMs: callTimeoutMs,
      });
      report(answer.status);
      return answer;
    } catch (error) {
      report(undefined, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  async function send(exchange: Exchange): Promise<Answer> {
    const { operation, repeat, signal } = exchange;
    let answerLost = false;
    for (let number = 1; ; number++) {
      const result = await queue.add(() => {
        signal?.throwIfAborted();
        return attempt(exchange, number).catch((error: unknown) => ({ error }));
      });
      if ("error" in result && !(result.error instanceof TransportError)) {
        // An abort may have cut a create off after it was sent.
        if (signal?.aborted && repeat === "create") throw new AmbiguousCreateError(operation, result.error);
        throw result.error;
      }
      const outcome = interpret(exchange, result);
      if (!(outcome instanceof ApiError)) return outcome;
      if (exchange.method === "DELETE" && answerLost && outcome.isNotFound) {
        return { status: 204, header: () => undefined, body: undefined };
      }
      const verdict = judge(outcome, repeat, number, maxRetries);
      if (verdict === "ambiguous") throw new AmbiguousCreateError(operation, outcome);
      const retryAfter = "error" in result ? 0 : parseRetryAfter(result.header("retry-after"), clock.now());
      // A cloud that asks for more patience than a whole call may take is not waited for.
      if (verdict === "fail" || (retryAfter ?? 0) > callTimeoutMs) throw outcome;
      answerLost ||= outcome.kind !== "unreachable" && !outcome.isThrottled;
      await clock.sleep(retryDelay(number, random, retryAfter), signal);
    }
  }

  return { send, stats };
}

/** The answer, or the error that it amounts to. */
function interpret(exchange: Exchange, result: HttpAnswer | { error: unknown }): Answer | ApiError {
  const common = { operation: exchange.operation, endpoint: new URL(exchange.url).origin };
  if ("error" in result) {
    const error = result.error as TransportError;
    return new ApiError({
      ...common,
      kind: error.kind,
      code: error.code,
      text: error.code === undefined ? undefined : error.message,
      cause: error,
    });
  }
  const { status, header, text } = result;
  const requestId = header("x-request-id");
  if (status < 200 || status >= 300) {
    return new ApiError({ ...common, kind: "answer", status, requestId, ...parseErrorBody(text) });
  }
  try {
    return { status, header, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  } catch (cause) {
    return new ApiError({ ...common, kind: "malformed", status, requestId, cause });
  }
}
