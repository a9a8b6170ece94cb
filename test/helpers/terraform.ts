import { start, type Finished } from "./iec.js";

/** The real Terraform, without the machine's own settings and without asking for updates. */
export const runTerraform = (args: readonly string[], cwd: string): Promise<Finished> =>
  start("terraform", args, { cwd, env: { CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" } })
    .finished;

/** False where it is not installed. In CI it must be: a test says so. */
export const hasTerraform = await runTerraform(["version"], "/").then(
  ({ code }) => code === 0,
  () => false,
);
