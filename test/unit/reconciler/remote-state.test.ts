import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createEvaluator } from "../../../provider/reconciler/evaluator.js";
import { loadConfiguration } from "../../../provider/reconciler/load.js";
import { readRemoteStates } from "../../../provider/reconciler/remote-state.js";
import { temporaryFolder, writeStack } from "../../helpers/stack.js";

const STATE = {
  version: 4,
  terraform_version: "1.9.0",
  serial: 1,
  lineage: "a",
  outputs: { id: { value: "subnet-1", type: "string", sensitive: true } },
  resources: [],
};

/** A stack whose one output takes `id` from another stack, whose state lies beside it. */
async function open(remote: object, state: unknown = STATE, output = "id") {
  const folder = temporaryFolder();
  if (state !== undefined) writeStack(folder, state, "network.tfstate");
  const file = writeStack(folder, {
    data: { terraform_remote_state: { network: remote } },
    output: { id: { value: `\${data.terraform_remote_state.network.outputs.${output}}` } },
  });
  const configuration = await loadConfiguration({ stack: "shop", file });
  const states = await readRemoteStates(configuration, createEvaluator(configuration, new Map()));
  return { folder, evaluator: createEvaluator(configuration, new Map(), states) };
}
const LOCAL = { backend: "local", config: { path: "network.tfstate" } };

describe("outputs of another stack", () => {
  test("are read out of its state, sensitive or not, as Terraform does", async () => {
    for (const more of [
      {},
      { workspace: "${terraform.workspace}" },
      { config: { path: "${path.module}/network.tfstate" } },
    ]) {
      const { evaluator } = await open({ ...LOCAL, ...more });
      expect(evaluator.diagnostics).toEqual([]);
      expect(evaluator.outputs(new Map())).toEqual({
        value: { id: "subnet-1" },
        sensitive: [],
        diagnostics: [],
      });
    }
  });

  test("may have defaults", async () => {
    const { evaluator } = await open({ ...LOCAL, defaults: { id: "none", other: "x" } }, STATE, "other");
    expect(evaluator.outputs(new Map()).value).toEqual({ id: "x" });
  });

  test("that it does not have are told by name", async () => {
    const { evaluator } = await open(LOCAL, STATE, "idd");
    expect(evaluator.outputs(new Map()).diagnostics).toMatchObject([
      { code: "IEC2011", detail: expect.stringContaining("idd") as string },
    ]);
  });

  const REFUSED: Readonly<Record<string, [remote: object, state: unknown, code: string, text: string]>> = {
    "a state that is not there": [
      { ...LOCAL, config: { path: "other.tfstate" } },
      STATE,
      "IEC2028",
      "FOLDER/other.tfstate: the stack that this one takes values from has not been applied.",
    ],
    "a state that is broken": [LOCAL, "{", "IEC3001", "FOLDER/network.tfstate"],
    "a backend that is not local": [{ backend: "s3", config: {} }, STATE, "IEC2009", ""],
    "a workspace": [{ ...LOCAL, workspace: "blue" }, STATE, "IEC2009", ""],
    "no path": [{ backend: "local" }, STATE, "IEC2009", ""],
    "a path that is not declared": [
      { backend: "local", config: { path: "${var.nothing}" } },
      STATE,
      "IEC2008",
      "",
    ],
    "a path that does not parse": [{ ...LOCAL, config: { path: "${nothing}" } }, STATE, "IEC2010", ""],
  };
  test.each(Object.entries(REFUSED))("%s is refused", async (_name, [remote, state, code, text]) => {
    const { folder, evaluator } = await open(remote, state);
    expect(evaluator.diagnostics).toMatchObject([
      { code, address: "data.terraform_remote_state.network", severity: "error" },
    ]);
    expect(evaluator.diagnostics[0]?.detail).toContain(text.replace("FOLDER", join(folder)));
  });
});
