/** One call that reached the simulator. */
export interface CallRecord {
  readonly operationId: string;
  /** HTTP status; 0 when the connection was cut. */
  readonly status: number;
  /** Milliseconds of the simulator's clock. */
  readonly at: number;
}

/** A message that broke the API's contract. */
export interface Violation {
  readonly operation: string;
  readonly side: "request" | "answer";
  readonly text: string;
}

export interface Stats {
  readonly calls: Readonly<Record<string, number>>;
  readonly total: number;
  readonly invalid: readonly Violation[];
}

/** What happened: the last calls, a count for each operation, the contract violations. */
export class Journal {
  readonly calls: CallRecord[] = [];
  readonly invalid: Violation[] = [];
  private counts = new Map<string, number>();

  /** @param limit how many calls, and how many violations, are kept at most. */
  constructor(private readonly limit: number) {}

  record(call: CallRecord): void {
    this.counts.set(call.operationId, (this.counts.get(call.operationId) ?? 0) + 1);
    this.calls.push(call);
    // Dropping many at once keeps the cost per call constant.
    if (this.calls.length >= 2 * this.limit) this.calls.splice(0, this.calls.length - this.limit);
  }

  violate(violation: Violation): void {
    if (this.invalid.length < this.limit) this.invalid.push(violation);
  }

  stats(): Stats {
    let total = 0;
    for (const count of this.counts.values()) total += count;
    return { calls: Object.fromEntries(this.counts), total, invalid: this.invalid };
  }

  reset(): void {
    this.counts.clear();
    this.calls.length = 0;
    this.invalid.length = 0;
  }
}
