import type { Box, Field } from "../packets/fields.js";
import type { Traffic } from "../packets/traffic.js";
import type { Via } from "./model.js";

/** A box as JSON: bounds as text, since IPv6 addresses do not fit into numbers. */
export type PlainBox = Readonly<Record<Field, readonly [first: string, last: string]>>;

/** Why nothing of some traffic gets from one set of ends to another: what every stage on every way holds at most. */
export interface Certificate {
  readonly traffic: Traffic | readonly Traffic[];
  readonly ways: readonly CertifiedWay[];
}

export interface CertifiedWay {
  /** Keys of the ends. */
  readonly from: string;
  readonly to: string;
  readonly via: Via;
  /** Number of the way among those of the pair. */
  readonly way: number;
  /** After each filter, what may be left; nothing after the last. */
  readonly stages: readonly (readonly PlainBox[])[];
}

export const plain = (box: Box): PlainBox =>
  Object.fromEntries(
    Object.entries(box).map(([field, [first, last]]) => [field, [String(first), String(last)]]),
  ) as Record<Field, [string, string]>;
