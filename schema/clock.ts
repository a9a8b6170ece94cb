/** Where time comes from. Nothing else in the package reads the time or sleeps. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        clearTimeout(timer);
        reject(reasonOf(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock for tests: sleeping costs no time, and sleepers wake in the order of their due times.
 *
 * By itself it jumps to the next sleeper as soon as the event loop has nothing else ready (two turns of
 * `setImmediate`, so that promises and in-process answers run first). With `auto: false` only {@link advance} moves it.
 */
export class VirtualClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];
  #scheduled = false;
  readonly #auto: boolean;

  constructor(options: { start?: number; auto?: boolean } = {}) {
    this.#now = options.start ?? Date.UTC(2025, 0, 1);
    this.#auto = options.auto ?? true;
  }

  now(): number {
    return this.#now;
  }

  /** How many sleeps are under way. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(reasonOf(signal));
      };
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      // Kept sorted by due time; equal times keep their order of arrival.
      const index = this.#sleepers.findIndex((other) => other.at > sleeper.at);
      this.#sleepers.splice(index === -1 ? this.#sleepers.length : index, 0, sleeper);
      this.#schedule();
    });
  }

  /** Moves the clock on by `ms`, waking on its way everyone who is due, one due time after the other. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#sleepers[0]; next !== undefined && next.at <= end; next = this.#sleepers[0]) {
      this.#wakeAt(next.at);
      await settle();
    }
    this.#now = Math.max(this.#now, end);
  }

  #wakeAt(at: number): void {
    this.#now = Math.max(this.#now, at);
    const due = this.#sleepers.filter((sleeper) => sleeper.at <= this.#now);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.at > this.#now);
    for (const sleeper of due) sleeper.wake();
  }

  #schedule(): void {
    if (!this.#auto || this.#scheduled) return;
    this.#scheduled = true;
    void settle().then(() => {
      this.#scheduled = false;
      const next = this.#sleepers[0];
      if (next === undefined) return;
      this.#wakeAt(next.at);
      if (this.#sleepers.length > 0) this.#schedule();
    });
  }
}

/** Lets everything that is ready run: microtasks, then two turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const reasonOf = (signal: AbortSignal | undefined): Error => {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error("aborted");
};
