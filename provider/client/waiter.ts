import { setMaxListeners } from "node:events";
import type { Clock } from "../../schema/clock.js";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { ApiError } from "./errors.js";

export interface WaitRequest {
  /** Requests of one type share their polls. */
  readonly type: string;
  readonly id: string;
  /** The status now; undefined when the object is absent. */
  readonly one: (signal?: AbortSignal) => Promise<string | undefined>;
  /** The statuses of all objects of the type; what is not in it is absent. */
  readonly many?: ((signal?: AbortSignal) => Promise<ReadonlyMap<string, string>>) | undefined;
  readonly outcome: (status: string | undefined) => "done" | "pending" | "failed";
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onPoll?: ((status: string | undefined) => void) | undefined;
}

/** Waits until the cloud has finished what a call began. */
export interface Waiter {
  /**
   * Resolves to the final status, undefined = gone. Rejects with {@link WaitFailedError}, {@link WaitTimeoutError},
   * the reason of the signal, or an error of the poll that asking again would not mend.
   */
  wait(request: WaitRequest): Promise<string | undefined>;
}

export interface WaiterOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** The first wait, and the shortest; 500 by default. */
  readonly firstMs?: number;
  /** The longest wait between two polls; 5,000 by default. */
  readonly maxMs?: number;
  /** Each poll comes at about this multiple of the age that the wait had at the one before; 1.5 by default. */
  readonly factor?: number;
}

/** Polls that may fail in a row before the wait gives up; each was already repeated by the client. */
const MAX_FAILED_POLLS = 3;
/** Polls this close together (as part of the first wait) are made as one. */
const SHARED_WINDOW = 0.5;
/** A wait differs from its nominal length by up to this part, so that waits do not march in step. */
const JITTER = 0.2;

interface Member {
  readonly request: WaitRequest;
  readonly started: number;
  readonly deadline: number;
  due: number;
  failures: number;
  last: string | undefined;
  readonly settle: (result: { status: string | undefined } | { error: Error }) => void;
}

export function createWaiter(options: WaiterOptions): Waiter {
  const groups = new Map<string, Group>();
  return {
    wait(request) {
      // Without a list call there is nothing to share, and one slow poll must not hold up the others.
      const key = request.many === undefined ? `${request.type} ${request.id}` : request.type;
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = new Group(options, () => groups.delete(key))));
      return group.add(request);
    },
  };
}

/** The waits that share their polls, and the one timer behind them. */
class Group {
  readonly #members = new Set<Member>();
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #factor: number;
  readonly #onEmpty: () => void;
  #timer = new AbortController();
  #polling = false;

  constructor(options: WaiterOptions, onEmpty: () => void) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#firstMs = options.firstMs ?? 500;
    this.#maxMs = options.maxMs ?? 5_000;
    this.#factor = options.factor ?? 1.5;
    this.#onEmpty = onEmpty;
  }

  add(request: WaitRequest): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const { signal } = request;
      signal?.throwIfAborted();
      const now = this.#clock.now();
      const onAbort = () => member.settle({ error: signal?.reason as Error });
      const member: Member = {
        request,
        started: now,
        deadline: now + request.timeoutMs,
        due: 0,
        failures: 0,
        last: undefined,
        settle: (result) => {
          if (!this.#members.delete(member)) return;
          signal?.removeEventListener("abort", onAbort);
          if ("error" in result) reject(result.error);
          else resolve(result.status);
          if (this.#members.size === 0) this.#onEmpty();
          this.#schedule();
        },
      };
      this.#postpone(member);
      this.#members.add(member);
      if (signal !== undefined) setMaxListeners(0, signal);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#schedule();
    });
  }

  /** The wait grows with the age of the request; the last poll comes at the deadline. */
  #postpone(member: Member): void {
    const now = this.#clock.now();
    const age = now - member.started;
    const wait = Math.min(this.#maxMs, Math.max(this.#firstMs, age * (this.#factor - 1)));
    const jittered = wait * (1 - JITTER + 2 * JITTER * this.#random());
    member.due = Math.min(now + jittered, Math.max(now, member.deadline));
  }

  /** Sets the one timer to the poll that is due first. */
  #schedule(): void {
    this.#timer.abort();
    if (this.#polling || this.#members.size === 0) return;
    this.#timer = new AbortController();
    const next = Math.min(...[...this.#members].map((member) => member.due));
    this.#clock.sleep(Math.max(0, next - this.#clock.now()), this.#timer.signal).then(
      () => this.#poll(),
      () => undefined,
    );
  }

  async #poll(): Promise<void> {
    const horizon = this.#clock.now() + this.#firstMs * SHARED_WINDOW;
    const near = [...this.#members].filter((member) => member.due <= horizon);
    this.#polling = true;
    const many = near.length > 1 ? near[0]?.request.many : undefined;
    if (many === undefined) await Promise.all(near.map((member) => this.#pollOne(member)));
    // One list call answers for everybody who waits by now, due or not.
    else await this.#pollMany(many, [...this.#members]);
    this.#polling = false;
    this.#schedule();
  }

  async #pollOne(member: Member): Promise<void> {
    try {
      this.#judge(member, await member.request.one(member.request.signal));
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound) this.#judge(member, undefined);
      else this.#tolerate(member, error);
    }
  }

  async #pollMany(many: NonNullable<WaitRequest["many"]>, members: readonly Member[]): Promise<void> {
    try {
      const statuses = await many();
      for (const member of members) this.#judge(member, statuses.get(member.request.id));
    } catch (error) {
      for (const member of members) this.#tolerate(member, error);
    }
  }

  #judge(member: Member, status: string | undefined): void {
    if (!this.#members.has(member)) return;
    const { request } = member;
    member.last = status;
    member.failures = 0;
    request.onPoll?.(status);
    switch (request.outcome(status)) {
      case "done":
        member.settle({ status });
        break;
      case "failed":
        member.settle({ error: new WaitFailedError(request, status) });
        break;
      case "pending":
        this.#continue(member);
    }
  }

  #tolerate(member: Member, error: unknown): void {
    if (!this.#members.has(member)) return;
    const transient = error instanceof ApiError && error.isTransient;
    if (!transient || ++member.failures > MAX_FAILED_POLLS) member.settle({ error: error as Error });
    else this.#continue(member);
  }

  #continue(member: Member): void {
    if (this.#clock.now() < member.deadline) this.#postpone(member);
    else member.settle({ error: new WaitTimeoutError(member.request, member.last) });
  }
}

/** The object reached a status that it will not leave. */
export class WaitFailedError extends Error {
  readonly type: string;
  readonly id: string;
  readonly status: string | undefined;
  constructor(request: { readonly type: string; readonly id: string }, status: string | undefined) {
    super(`${request.type} ${request.id} ${status === undefined ? "is gone" : `is ${status}`}`);
    this.name = "WaitFailedError";
    this.type = request.type;
    this.id = request.id;
    this.status = status;
  }

  diagnostic(): Diagnostic {
    const summary =
      this.status === undefined
        ? `${this.type} ${this.id} does not exist any more`
        : `${this.type} ${this.id} reached the status ${this.status}`;
    return errorDiagnostic("IEC5001", summary, {
      detail: "The cloud gave up on it. Look at it in the console, or apply again.",
    });
  }
}

/** The object did not become what it should in time. */
export class WaitTimeoutError extends Error {
  readonly type: string;
  readonly id: string;
  /** The last status seen; undefined when it was absent or never seen. */
  readonly status: string | undefined;
  readonly timeoutMs: number;
  constructor(
    request: { readonly type: string; readonly id: string; readonly timeoutMs: number },
    status: string | undefined,
  ) {
    super(`${request.type} ${request.id} was not ready after ${Math.round(request.timeoutMs / 1000)} s`);
    this.name = "WaitTimeoutError";
    this.type = request.type;
    this.id = request.id;
    this.status = status;
    this.timeoutMs = request.timeoutMs;
  }

  diagnostic(): Diagnostic {
    return errorDiagnostic("IEC5002", this.message, {
      detail: `Its last status was ${this.status ?? "none: it was absent"}. Apply again, or allow more time with \`timeouts\`.`,
    });
  }
}
