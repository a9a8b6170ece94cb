import type { ValueSource } from "../unknown.js";

/**
 * Which VPC, site or line something is, as far as it can be told before an apply.
 *
 * The same key is the same thing, even when nobody knows its id yet: two uses of `data.iec_sites.all.sites[0].id`
 * are one site. Different keys are different things only when both are settled.
 */
export interface Identity {
  readonly key: string;
  /** Whether no later answer can make it equal to something with another key. */
  readonly settled: boolean;
  /** How messages call it. */
  readonly label: string;
  /** What has to become known to tell more of it. */
  readonly unknowns: readonly string[];
  readonly id?: string;
  /** Where the id will come from. */
  readonly source?: ValueSource;
}

export type Comparison = "same" | "different" | "undecided";

export function compare(a: Identity, b: Identity): Comparison {
  if (a.key === b.key) return "same";
  return a.settled && b.settled ? "different" : "undecided";
}

/** What decides a comparison that is undecided. */
export const decidedBy = (...identities: readonly Identity[]): string[] => [
  ...new Set(identities.flatMap((identity) => (identity.settled ? [] : identity.unknowns))),
];
