import { resolve } from "node:path";
import { DiagnosticError, errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { isObject, type ObjectValue, type Value } from "../../schema/unknown.js";
import type { Evaluator, Values } from "./evaluator.js";
import type { Block, Configuration } from "./load.js";
import { readState } from "./state.js";

/** What `terraform_remote_state` data sources tell, by address, and why others tell nothing. */
export interface RemoteStates {
  readonly values: Values;
  readonly diagnostics: readonly Diagnostic[];
}
export const NO_REMOTE_STATES: RemoteStates = { values: new Map(), diagnostics: [] };

/**
 * The outputs of other stacks, out of their state files. Sensitive ones are taken as Terraform takes them: without the
 * mark, because cdktf marks every id that crosses from one stack to another.
 */
export async function readRemoteStates(
  { remoteStates, directory }: Pick<Configuration, "remoteStates" | "directory">,
  evaluator: Pick<Evaluator, "body" | "diagnostics">,
): Promise<RemoteStates> {
  const values = new Map<string, Value>();
  const diagnostics: Diagnostic[] = [];
  for (const block of remoteStates.values()) {
    // It is wrong in itself, and that is told.
    if (evaluator.diagnostics.some(({ address }) => address === block.address)) continue;
    const told = await read(block, directory, evaluator).catch((error: unknown) => {
      if (!(error instanceof DiagnosticError)) throw error;
      diagnostics.push(
        ...error.diagnostics.map((d) => ({ ...d, address: block.address, origin: block.origin })),
      );
    });
    if (told !== undefined) values.set(block.address, told);
  }
  return { values, diagnostics };
}

async function read(
  block: Block,
  directory: string,
  evaluator: Pick<Evaluator, "body">,
): Promise<ObjectValue> {
  const { value, diagnostics } = evaluator.body(block, new Map());
  if (diagnostics.length > 0) throw new DiagnosticError(...diagnostics);
  const { backend, config, workspace = null, defaults = null } = value;
  if (backend !== "local") throw refused(`the backend ${JSON.stringify(backend)} of another stack's state`);
  if (workspace !== null && workspace !== "default")
    throw refused(`the workspace ${JSON.stringify(workspace)}`);
  const path = isObject(config) ? config["path"] : undefined;
  if (typeof path !== "string") throw refused("a state of another stack without config.path");
  const file = resolve(directory, path);
  const state = await readState(file);
  if (state === undefined) {
    throw new DiagnosticError(
      errorDiagnostic("IEC2028", "The state of another stack is not there", {
        path: ["config", "path"],
        detail: `There is no file ${file}: the stack that this one takes values from has not been applied. Apply it first (--stack).`,
      }),
    );
  }
  const outputs = Object.fromEntries([...state.outputs].map(([name, output]) => [name, output.value]));
  return { backend, outputs: { ...(isObject(defaults) ? defaults : {}), ...outputs } };
}

const refused = (what: string): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC2009", `iec does not support ${what} yet`, {
      detail: "Nothing was changed. Keep the state in a local file, or use terraform for this stack.",
    }),
  );
