import type { Diagnostic } from "../../../schema/diagnostics.js";
import { tellChange } from "../../../schema/isolation/reachability/changes.js";
import type { Verification } from "./model.js";

/** Grows a minor number with a new member, a major one with a changed member. */
const FORMAT_VERSION = "1.2";

/** One document; without a verification it tells why there is none. */
export const verificationJson = (
  verification: Verification | undefined,
  diagnostics: readonly Diagnostic[],
): string =>
  `${JSON.stringify(
    {
      format_version: FORMAT_VERSION,
      name: verification?.name ?? null,
      subnets: verification?.subnets ?? [],
      verdicts: (verification?.verdicts ?? []).map(
        ({ counterexample = null, wall = null, severity = null, origin = null, ...finding }) => ({
          ...finding,
          severity,
          counterexample,
          wall,
          origin,
        }),
      ),
      changes: (verification?.changes ?? []).map((change) => ({ ...change, message: tellChange(change) })),
      assumptions: verification?.assumptions ?? [],
      diagnostics,
    },
    null,
    2,
  )}\n`;
