import type { App } from "cdktf";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { sourceOf } from "../sources";
import { reasonOf } from "./traps";

/** cdktf's own name for an error that somebody attached to a construct. */
const ERROR_NOTE = "@cdktf/error";

/** Why cdktf gave up writing the stacks: what every construct says of itself, else what cdktf said. */
export function failureOf(app: App, error: unknown): readonly Diagnostic[] {
  const said = app.node.findAll().flatMap((construct) => {
    const { node } = construct;
    const notes = node.metadata.flatMap(({ type, data }) => (type === ERROR_NOTE ? [String(data)] : []));
    return [...node.validate(), ...notes].map((detail) =>
      errorDiagnostic("IEC2032", "A construct finds itself invalid", {
        origin: { constructPath: node.path, ...sourceOf(construct) },
        detail,
      }),
    );
  });
  if (said.length > 0) return said;
  return [
    errorDiagnostic("IEC2033", "The stacks cannot be written", { detail: `cdktf says: ${reasonOf(error)}` }),
  ];
}
