import { CODES, type Diagnostic, type Origin } from "../../../schema/diagnostics.js";
import { formatPath } from "../../../schema/unknown.js";
import type { Finding, Verification } from "./model.js";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const HELP = "docs/errors.md";
const OWN_RULES: Readonly<Record<string, string>> = {
  "internet-exposure": "The internet reaches something",
  reach: "What was asked about is reached",
};

interface SarifOptions {
  readonly version: string;
  /** Where what has no place in a file is shown: GitHub shows no result without one. */
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a reader of a code scanning page should see: broken rules, open questions, what the internet reaches. */
export function renderSarif(
  verification: Verification | undefined,
  { version, file, diagnostics }: SarifOptions,
): string {
  const assumptions = verification?.assumptions ?? [];
  // That two subnets are connected is no fault.
  const shown = (verification?.verdicts ?? []).filter(
    ({ kind, verdict }) => verdict !== "PROVED" && kind !== "subnets",
  );
  const results = [...shown.map(resultOf), ...diagnostics.map(ofDiagnostic)].map((one) => located(one, file));
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].sort();
  const document = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "iec verify",
            version,
            rules: rules.map((id) => ({
              id,
              shortDescription: {
                text: Object.hasOwn(CODES, id) ? CODES[id as keyof typeof CODES] : OWN_RULES[id],
              },
              help: { text: `See ${HELP} of iec-cdk.` },
            })),
          },
        },
        results: results.map((result) => ({ ...result, ruleIndex: rules.indexOf(result.ruleId) })),
        columnKind: "utf16CodeUnits",
        ...(assumptions.length > 0 && { properties: { assumptions } }),
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function resultOf({ kind, code, verdict, severity, subject, detail, unknowns, origin }: Finding): Result {
  const names =
    "address" in subject
      ? [subject.address, subject.attribute]
      : "from" in subject
        ? [subject.from, subject.to]
        : [subject.policy];
  const level =
    (kind === "rule" || kind === "policy") && verdict === "REFUTED" ? (severity ?? "error") : "note";
  const open = unknowns.length > 0 ? ` Decided by: ${unknowns.join("; ")}.` : "";
  return { ruleId: code, level, text: detail + open, names, origin };
}

const ofDiagnostic = ({ code, severity, summary, detail, address, path, origin }: Diagnostic): Result => ({
  ruleId: code,
  level: severity,
  text: detail === undefined ? summary : `${summary}. ${detail}`,
  names: [address ?? "", formatPath(path ?? [])],
  origin,
});

interface Result {
  readonly ruleId: string;
  readonly level: string;
  readonly text: string;
  readonly names: readonly string[];
  readonly origin: Origin | undefined;
}

function located({ ruleId, level, text, names, origin }: Result, file: string) {
  const uri = encodeURI((origin?.file ?? file).replaceAll("\\", "/"));
  const region = { startLine: origin?.file === undefined ? 1 : (origin.line ?? 1) };
  return {
    ruleId,
    level,
    message: { text },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri }, region },
        logicalLocations: [{ fullyQualifiedName: origin?.constructPath ?? names[0] ?? "" }],
      },
    ],
    // Of what it is about, not of lines: a finding stays the same one when code above it moves.
    partialFingerprints: { "iec/v1": [ruleId, ...names].join("|") },
  };
}
