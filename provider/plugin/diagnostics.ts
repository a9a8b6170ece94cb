import type { Attribute, Attributes, ElementAttribute } from "../../schema/attributes.js";
import { dedupe, errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { AttributePath, Diagnostic as WireDiagnostic } from "../../schema/generated/plugin-protocol.js";
import type { Path } from "../../schema/unknown.js";
import { diagnose } from "../lifecycle/apply.js";
import { MalformedError } from "./bytes.js";
import type { Outgoing } from "./protobuf.js";

const SEVERITY = { error: 1, warning: 2 } as const;

/** Diagnostics as Terraform shows them. Their paths are paths of `attributes`, where these are known. */
export const toWire = (
  diagnostics: readonly Diagnostic[],
  attributes?: Attributes,
): Outgoing<WireDiagnostic>[] =>
  dedupe(diagnostics).map(({ severity, code, summary, detail, path }) => ({
    severity: SEVERITY[severity],
    summary: `${code}: ${summary}`,
    detail: detail ?? "",
    attribute: path === undefined ? undefined : toWirePath(path, attributes),
  }));

/**
 * A path as Terraform names places: attributes, indexes, keys. It ends early at a set, whose items have no index, and
 * where the attributes end; undefined when nothing is left.
 */
export function toWirePath(path: Path, attributes?: Attributes): Outgoing<AttributePath> | undefined {
  if (attributes === undefined) {
    const [name] = path;
    return typeof name === "string" ? { steps: [{ attributeName: name }] } : undefined;
  }
  const steps: Outgoing<AttributePath["steps"][number]>[] = [];
  let members: Attributes | undefined = attributes;
  let current: Attribute | ElementAttribute | undefined;
  for (const step of path) {
    if (typeof step === "number") {
      if (current === undefined || current.kind === "set") break;
      steps.push({ elementKeyInt: step });
      if (current.kind === "list") current = current.element;
    } else if (current?.kind === "map") {
      steps.push({ elementKeyString: step });
      current = current.element;
    } else {
      current = members !== undefined && Object.hasOwn(members, step) ? members[step] : undefined;
      if (current === undefined) break;
      steps.push({ attributeName: step });
    }
    members = current.kind === "block" || current.kind === "object" ? current.attributes : undefined;
  }
  return steps.length === 0 ? undefined : { steps };
}

/** Why a call failed: what the cloud or the configuration is to blame for, or else a bug. */
export function explain(error: unknown): readonly Diagnostic[] {
  if (error instanceof MalformedError) {
    return [
      errorDiagnostic("IEC5005", "Terraform sent a message that this provider cannot read", {
        detail: `${error.message}. The two may be of versions that do not fit together.`,
      }),
    ];
  }
  try {
    return diagnose(error);
  } catch {
    return [
      errorDiagnostic("IEC5005", "A bug in iec-cdk stopped this", {
        detail: `${error instanceof Error ? error.message : String(error)}. Please report it.`,
      }),
    ];
  }
}
