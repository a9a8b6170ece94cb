import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { errorDiagnostic, type Diagnostic, type Origin } from "../../schema/diagnostics.js";
import { POLICY_SHAPES, type Policy } from "../../schema/isolation/policies/policy.js";
import { isList, isObject, type Json } from "../../schema/unknown.js";

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });

/** Policies as a synthesized stack or a file carries them. One that cannot be read is an error: it is never skipped. */
export function readPolicies(
  written: Json | undefined,
  origin: Origin,
): { readonly policies: readonly Policy[]; readonly diagnostics: readonly Diagnostic[] } {
  if (written === undefined || written === null) return { policies: [], diagnostics: [] };
  if (!isList(written)) return { policies: [], diagnostics: [malformed("They are no list.", origin)] };
  const policies: Policy[] = [];
  const diagnostics = written.flatMap((policy, i) => {
    const name = isObject(policy) && typeof policy["id"] === "string" ? policy["id"] : `number ${i + 1}`;
    const problem = problemOf(policy);
    if (problem === undefined) policies.push(policy as unknown as Policy);
    return problem === undefined ? [] : [malformed(`Policy ${name}: ${problem}`, origin)];
  });
  return { policies, diagnostics };
}

/** The policies of a JSON file: a list of them, or an object with a list `policies`. */
export function readPolicyFile(file: string, name: string): ReturnType<typeof readPolicies> {
  const origin = { file: name };
  let text: Json;
  try {
    text = JSON.parse(readFileSync(file, "utf8")) as Json;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { policies: [], diagnostics: [malformed(`${name}: ${why}.`, origin)] };
  }
  return readPolicies(isObject(text) ? (text["policies"] ?? []) : text, origin);
}

function problemOf(policy: unknown): string | undefined {
  const kind = isObject(policy) ? policy["kind"] : undefined;
  if (typeof kind !== "string" || !Object.hasOwn(POLICY_SHAPES, kind)) {
    const known = Object.keys(POLICY_SHAPES).join(", ");
    return `its kind is ${JSON.stringify(kind ?? null)}, which is none of ${known}.`;
  }
  const validate = ajv.compile(POLICY_SHAPES[kind as Policy["kind"]]);
  if (validate(policy)) return undefined;
  return `${ajv.errorsText(validate.errors, { dataVar: "it" })}.`;
}

export const malformed = (detail: string, origin: Origin): Diagnostic =>
  errorDiagnostic("IEC2045", "A policy cannot be read", {
    origin,
    detail: `${detail}\nNothing goes on that could break a policy unseen.`,
  });
