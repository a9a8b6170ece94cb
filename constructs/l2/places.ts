import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { warningDiagnostic } from "../../schema/diagnostics.js";
import { nearest } from "../../schema/nearest.js";
import { AREAS, CITIES, OPERATORS, PROVINCES, SITES } from "../generated/places";
import { leaveNotice } from "../notices";

/** One of the known keys; any other text is taken, too: the cloud may know more, and decides at the plan. */
type Open<Keys extends readonly string[]> = Keys[number] | (string & {});
export type AreaKey = Open<typeof AREAS>;
export type CityKey = Open<typeof CITIES>;
export type OperatorKey = Open<typeof OPERATORS>;
export type ProvinceKey = Open<typeof PROVINCES>;
export type SiteName = Open<typeof SITES>;

const KEYS = { area: AREAS, city: CITIES, operator: OPERATORS, province: PROVINCES, name: SITES } as const;

const folded = (key: string): string => key.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

/** Warns of a key that looks like a slip of a known one. */
export function hintAt(construct: IConstruct, prop: keyof typeof KEYS, key: string | undefined): void {
  const known: readonly string[] = KEYS[prop];
  if (key === undefined || Token.isUnresolved(key) || known.includes(key)) return;
  const near = known.find((one) => folded(one) === folded(key)) ?? nearest(key, known);
  if (near === undefined) return;
  leaveNotice(
    construct,
    warningDiagnostic("IEC2027", `${JSON.stringify(key)} is near to a known ${prop}, but not the same`, {
      path: [prop],
      detail:
        `Did you mean ${JSON.stringify(near)}? Case and signs count.\nKnown: ${known.join(", ")}.\n` +
        "The list of the cloud may be longer: the plan decides by that.",
    }),
  );
}
