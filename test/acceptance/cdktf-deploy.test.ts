import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cdktfCli } from "../helpers/cdktf-cli.js";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { IEC, ROOT, runIec, start, type Environment } from "../helpers/iec.js";
import { temporaryFolder } from "../helpers/stack.js";
import { fromMirror, PROVIDER_FILE, PROVIDER_FOLDER } from "./terraform-project.js";

const INSTALL_MS = 300_000;
const DEPLOY_MS = 180_000;
const STACK = "quickstart";

let cdktf: string;
let cloud: TestCloud;
beforeAll(async () => {
  cdktf = await cdktfCli();
  cloud = await startCloud();
}, INSTALL_MS);
afterAll(() => cloud.close());

/** The quickstart as somebody's own project: compiled, with the packages it names. */
function project(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  for (const name of ["cdktf", "constructs"]) {
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  }
  symlinkSync(ROOT, join(folder, "node_modules/iec-cdk"));
  for (const name of ["main", "network"]) {
    const source = readFileSync(join(ROOT, "examples/quickstart", `${name}.ts`), "utf8");
    writeFileSync(join(folder, `${name}.js`), transformSync(source, { loader: "ts" }).code);
  }
  const settings = { language: "typescript", app: "node main.js", sendCrashReports: "false" };
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify(settings));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}

/** A way in which Terraform, below cdktf, gets the provider: what it adds to the environment, and its end. */
type Way = (folder: string) => Promise<{ readonly env: Environment; readonly end?: () => Promise<unknown> }>;

const WAYS: Readonly<Record<string, Way>> = {
  "from a mirror": async (folder) => {
    const mirror = join(folder, "mirror");
    const { code, output } = await runIec(["provider", "install", "--dir", mirror]);
    expect(code, output).toBe(0);
    writeFileSync(join(folder, "cli.tfrc"), fromMirror(mirror));
    return { env: {} };
  },
  "by iec terraform in the place of Terraform": (folder) => {
    const program = join(folder, "iec-terraform");
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${IEC}" terraform -- "$@"\n`, {
      mode: 0o755,
    });
    return Promise.resolve({ env: { TERRAFORM_BINARY_NAME: program } });
  },
  "attached to a provider that runs": async () => {
    const { child, finished } = start(join(PROVIDER_FOLDER, PROVIDER_FILE), ["--debug"], { env: cloud.env });
    const line = await new Promise<string>((resolve) => child.stdout?.once("data", resolve));
    const end = () => {
      child.kill("SIGTERM");
      return finished;
    };
    return { env: { TF_REATTACH_PROVIDERS: /='(.*)'/.exec(line)?.[1] ?? "" }, end };
  },
};

describe("cdktf deploys the quickstart", () => {
  test.each(Object.entries(WAYS))(
    "%s; iec finds nothing to change, and cdktf destroys it",
    async (_name, prepare) => {
      const folder = project();
      writeFileSync(join(folder, "cli.tfrc"), fromMirror(join(folder, "nothing")));
      const { env: added, end } = await prepare(folder);
      const env: Environment = {
        ...added,
        ...cloud.env,
        // cdktf keeps settings and a cache of providers there.
        HOME: folder,
        CI: "1",
        CHECKPOINT_DISABLE: "1",
        TF_CLI_CONFIG_FILE: join(folder, "cli.tfrc"),
      };
      const run = async (command: string) => {
        const args = [cdktf, command, STACK, "--auto-approve", "--skip-provider-lock", "--no-color"];
        const { code, output } = await start(process.execPath, args, { cwd: folder, env }).finished;
        expect(code, output).toBe(0);
        return output;
      };
      try {
        await run("deploy");
        expect(cloud.snapshot().servers).toHaveLength(4);
        const { code, output } = await runIec(["plan", "--detailed-exitcode"], { cwd: folder, env });
        expect(code, output).toBe(0);
        await run("destroy");
        expect(cloud.snapshot().servers).toEqual([]);
      } finally {
        await end?.();
      }
    },
    DEPLOY_MS,
  );
});
