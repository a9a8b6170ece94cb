import { Gateway } from "./account.js";
import type { Cloud } from "./cloud.js";
import { Contract, type Mismatch, type Operation, readQuery } from "./contract.js";
import type { Disk } from "./disk.js";
import { bodyCode, codes, Refusal } from "./errors.js";
import { type FaultRule, Faults } from "./faults.js";
import type { Journal } from "./journal.js";
import { type Answer, type Call, type Handler, type Mishap, mishaps, type Operations } from "./operation.js";
import { Random } from "./random.js";
import { edgeOperations } from "./routes.js";

export interface ServeOptions {
  readonly latencyMs: number;
  readonly validate: boolean;
  readonly checkSignatures: boolean;
}

/** The answer, or `cut` when the connection ends without one. */
export type Outcome = Answer | "cut";

/** Remembered answers for stale reads, at most. */
const rememberedReads = 1000;

/** Shared by all simulators of a process: to compile it takes longer than most of what they are asked. */
const contract = new Contract();

/** Takes requests through gateway, contract, operation and faults. */
export class ApiServer {
  private readonly gateway: Gateway;
  private readonly handlers: Operations;
  /** Apart from the cloud's own source, so that object ids do not depend on how often somebody reads. */
  private readonly requestIds: Random;
  private readonly reads = new Map<string, Answer>();

  constructor(
    private readonly cloud: Cloud,
    private readonly faults: Faults,
    private readonly journal: Journal,
    private readonly disk: Disk | undefined,
    private readonly options: ServeOptions,
  ) {
    this.gateway = new Gateway(cloud);
    this.requestIds = new Random(cloud.random.state + 1);
    this.handlers = { ...edgeOperations, ...this.gateway.operations };
  }

  /** Serves one request of a known operation. `params` are the decoded path parameters. */
  async serve(
    operation: Operation,
    request: Request,
    params: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const strikes = this.faults.strike(operation.id, operation.method);
    const struck = (kind: FaultRule["kind"]): FaultRule | undefined =>
      strikes.find((rule) => rule.kind === kind);
    let outcome: Outcome = struck("reset")
      ? "cut"
      : (faultAnswer(strikes) ?? (await this.answer(operation, request, params, strikes)));
    const delay = this.options.latencyMs + (struck("slow")?.ms ?? 0);
    if (delay > 0) await this.cloud.clock.sleep(delay);
    if (struck("lostAnswer")) outcome = "cut";
    this.journal.record({
      operationId: operation.id,
      status: outcome === "cut" ? 0 : outcome.status,
      at: this.cloud.now,
    });
    return outcome === "cut" ? outcome : this.withRequestId(outcome);
  }

  /** The gateway's answer to a path that no operation has. */
  unknownApi(): Answer {
    return this.withRequestId(refused(new Refusal(404, codes.unknownApi, "The API does not exist.")));
  }

  private async answer(
    operation: Operation,
    request: Request,
    params: Readonly<Record<string, string>>,
    strikes: readonly FaultRule[],
  ): Promise<Answer> {
    let answer: Answer;
    try {
      const { handler, call } = await this.accept(operation, request, params, strikes);
      const stale = strikes.find(({ kind }) => kind === "staleRead");
      answer = await this.handle(handler, call, request, stale);
    } catch (error) {
      if (!(error instanceof Refusal)) return failure(`${operation.id} failed: ${String(error)}`);
      answer = refused(error);
    }
    if (operation.method !== "GET") this.disk?.touch();
    const wrong =
      this.options.validate &&
      this.handlers[operation.id] &&
      contract.answer(operation, answer.status, answer.body);
    if (!wrong) return answer;
    this.journal.violate({ operation: operation.id, side: "answer", text: wrong.text });
    return failure(`The simulator's answer to ${operation.id} is not in the contract: ${wrong.text}`);
  }

  /** Everything between arrival and the operation itself. */
  private async accept(
    operation: Operation,
    request: Request,
    params: Readonly<Record<string, string>>,
    strikes: readonly FaultRule[],
  ): Promise<{ handler: Handler; call: Call }> {
    const url = new URL(request.url);
    const body = operation.method === "GET" || operation.method === "DELETE" ? "" : await request.text();
    if (this.options.checkSignatures && !isAnonymous(operation, request.headers)) {
      this.gateway.authenticate(
        { method: request.method, url, headers: request.headers, body },
        operation.service,
      );
    }
    const handler = this.handlers[operation.id];
    if (!handler) throw new Refusal(501, codes.internal, `The simulator does not have ${operation.id} yet.`);
    const call = {
      operation: operation.id,
      params,
      query: readQuery(operation, url.searchParams),
      body: parseBody(operation, body),
      headers: request.headers,
      mishaps: new Set<Mishap>(mishaps.filter((mishap) => strikes.some(({ kind }) => kind === mishap))),
    };
    if (this.options.validate) {
      this.check(operation, codes.badPath, contract.parameters(operation, "path", params));
      this.check(operation, codes.badQuery, contract.parameters(operation, "query", call.query));
      if (operation.described.requestBody) {
        const mismatch = contract.requestBody(operation, call.body);
        this.check(operation, bodyCode(operation.id, mismatch?.text ?? ""), mismatch);
      }
    }
    return { handler, call };
  }

  /** Notes a mismatch; refuses it unless the cloud would merely overlook it. */
  private check(operation: Operation, code: string, mismatch: Mismatch | undefined): void {
    if (!mismatch) return;
    this.journal.violate({ operation: operation.id, side: "request", text: mismatch.text });
    if (!mismatch.onlyUnknownNames) throw new Refusal(400, code, `Invalid request: ${mismatch.text}`);
  }

  private async handle(
    handler: Handler,
    call: Call,
    { method, url }: Request,
    stale: FaultRule | undefined,
  ): Promise<Answer> {
    if (!this.faults.rememberReads || method !== "GET") return handler(this.cloud, call);
    const old = this.reads.get(url);
    if (stale && old) return old;
    // No operation that reads waits for anything, so the horizon holds for this call alone.
    this.cloud.horizon = stale && this.cloud.now - (stale.ms ?? 2000);
    try {
      const answer = await handler(this.cloud, call);
      if (!stale && this.reads.size < rememberedReads) this.reads.set(url, structuredClone(answer));
      return answer;
    } finally {
      this.cloud.horizon = undefined;
    }
  }

  private withRequestId(answer: Answer): Answer {
    const id = this.requestIds.hex(32);
    const { body } = answer;
    const gatewayError = isError(body) && body.error_code.startsWith("APIGW.");
    return {
      ...answer,
      headers: { ...answer.headers, "X-Request-Id": id },
      ...(gatewayError ? { body: { ...body, request_id: id } } : {}),
    };
  }
}

/** Whether the operation is one to sign in by, and the caller has nothing to sign in with yet. */
function isAnonymous({ described: { security } }: Operation, headers: Headers): boolean {
  if (security === undefined) return false;
  const proves = headers.has("authorization") || headers.has("x-auth-token");
  return security.length === 0 || (!proves && security.some((way) => Object.keys(way).length === 0));
}

function isError(body: unknown): body is { error_code: string } {
  return typeof body === "object" && body !== null && "error_code" in body;
}

function refused(refusal: Refusal): Answer {
  return {
    status: refusal.status,
    body: { error_code: refusal.code, error_msg: refusal.message },
    headers: refusal.headers,
  };
}

function failure(text: string): Answer {
  return { status: 500, body: { error_code: codes.internal, error_msg: text } };
}

function faultAnswer(strikes: readonly FaultRule[]): Answer | undefined {
  const rule = strikes.find(({ kind }) => ["throttle", "error500", "quotaFull"].includes(kind));
  if (!rule) return undefined;
  if (rule.kind === "error500") return failure("Internal error (injected).");
  if (rule.kind === "quotaFull")
    return refused(new Refusal(400, codes.quotaExceeded, "Quota exceeded (injected)."));
  const seconds = Math.max(1, Math.ceil((rule.ms ?? 1000) / 1000));
  return refused(
    new Refusal(429, codes.throttled, "The throttling threshold has been reached.", {
      "Retry-After": String(seconds),
    }),
  );
}

function parseBody(operation: Operation, body: string): unknown {
  if (!operation.described.requestBody) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new Refusal(400, codes.badBody, "The request body is not valid JSON.");
  }
}
