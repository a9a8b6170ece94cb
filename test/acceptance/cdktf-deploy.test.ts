import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cdktfCli } from "../helpers/cdktf-cli.js";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { EXAMPLES, exampleProject } from "../helpers/example.js";
import { IEC, runIec, start, type Environment } from "../helpers/iec.js";
import { newFolder } from "../helpers/stack.js";
import { fromMirror, PROVIDER_FILE, PROVIDER_FOLDER } from "./terraform-project.js";

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly dependencies: readonly string[] }>>;
}

const INSTALL_MS = 300_000;
const DEPLOY_MS = 180_000;

const PLAIN = ["--skip-provider-lock", "--no-color"];
/** Each start of cdktf takes seconds: what was synthesized for the diff is deployed, and destroyed. */
const COMMANDS = {
  diff: PLAIN,
  deploy: [...PLAIN, "--skip-synth", "--auto-approve"],
  destroy: [...PLAIN, "--skip-synth", "--auto-approve"],
};

let cdktf: string;
beforeAll(async () => void (cdktf = await cdktfCli()), INSTALL_MS);

/** An example as somebody's own project, and cdktf in it. */
async function project(example: string) {
  const folder = newFolder();
  await exampleProject(folder, example);
  const settings = { language: "typescript", app: "node main.js", sendCrashReports: "false" };
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify(settings));
  writeFileSync(join(folder, "cli.tfrc"), fromMirror(join(folder, "nothing")));
  const run = async (command: keyof typeof COMMANDS, env: Environment, stacks: readonly string[] = []) => {
    const args = [cdktf, command, ...stacks, ...COMMANDS[command]];
    const { code, output } = await start(process.execPath, args, {
      cwd: folder,
      env: {
        ...env,
        // cdktf keeps settings and a cache of providers there.
        HOME: folder,
        CI: "1",
        CHECKPOINT_DISABLE: "1",
        TF_CLI_CONFIG_FILE: join(folder, "cli.tfrc"),
      },
    }).finished;
    expect(code, output).toBe(0);
    return output;
  };
  return { folder, run };
}

/** A way in which Terraform, below cdktf, gets the provider: what it adds to the environment, and its end. */
type Way = (
  folder: string,
  cloud: TestCloud,
) => Promise<{ readonly env: Environment; readonly end?: () => Promise<unknown> }>;

const byIec: Way = (folder) => {
  const program = join(folder, "iec-terraform");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${IEC}" terraform -- "$@"\n`, {
    mode: 0o755,
  });
  return Promise.resolve({ env: { TERRAFORM_BINARY_NAME: program } });
};
const attached: Way = async (_folder, cloud) => {
  const { child, finished } = start(join(PROVIDER_FOLDER, PROVIDER_FILE), ["--debug"], { env: cloud.env });
  const line = await new Promise<string>((resolve) => child.stdout?.once("data", resolve));
  const end = () => {
    child.kill("SIGTERM");
    return finished;
  };
  return { env: { TF_REATTACH_PROVIDERS: /='(.*)'/.exec(line)?.[1] ?? "" }, end };
};
const fromFolder: Way = async (folder) => {
  const mirror = join(folder, "mirror");
  const { code, output } = await runIec(["provider", "install", "--dir", mirror]);
  expect(code, output).toBe(0);
  writeFileSync(join(folder, "cli.tfrc"), fromMirror(mirror));
  return { env: {} };
};

/** The quickstart goes the ways that install something or take Terraform's place, every other example the shortest. */
const DEPLOYED: readonly (readonly [string, string, Way])[] = [
  ["quickstart", "from a mirror", fromFolder],
  ["quickstart", "by iec terraform in the place of Terraform", byIec],
  ...EXAMPLES.filter((example) => example !== "quickstart").map(
    (example) => [example, "attached to a provider that runs", attached] as const,
  ),
];

describe.concurrent("cdktf synthesizes, compares and deploys, and destroys the quickstart", () => {
  test.for(DEPLOYED)(
    "%s, %s; iec finds nothing to change",
    { timeout: DEPLOY_MS },
    async ([example, , prepare], { onTestFinished }) => {
      const cloud = await startCloud();
      onTestFinished(() => cloud.close());
      const { folder, run } = await project(example);
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const { env: added, end } = await prepare(folder, cloud);
      if (end !== undefined)
        onTestFinished(async () => {
          await end();
        });
      const env = { ...cloud.env, ...added };
      const networks = () => cloud.snapshot().vpcs;

      // As cdktf does it: the stacks' names are asked for.
      const synthesized = await start(process.execPath, ["main.js"], { cwd: folder }).finished;
      expect(synthesized.code, synthesized.output).toBe(0);
      const { stacks: written } = JSON.parse(
        readFileSync(join(folder, "cdktf.out/manifest.json"), "utf8"),
      ) as Manifest;
      const stacks = Object.keys(written);
      // What needs another stack has no diff before that is deployed.
      const independent = stacks.filter((name) => written[name]?.dependencies.length === 0);
      rmSync(join(folder, "cdktf.out"), { recursive: true });
      expect(await run("diff", env, independent.slice(0, 1))).toMatch(
        /Plan: \d+ to add, 0 to change, 0 to destroy/,
      );
      expect(networks()).toEqual([]);
      await run("deploy", env, stacks);
      expect(networks()).not.toEqual([]);
      for (const name of stacks) {
        const args = ["plan", join("cdktf.out/stacks", name), "--detailed-exitcode"];
        const { code, output } = await runIec(args, { cwd: folder, env });
        expect(code, output).toBe(0);
      }
      if (example === "quickstart") {
        await run("destroy", env, stacks);
        expect(networks()).toEqual([]);
        expect(cloud.snapshot().servers).toEqual([]);
      }
      expect(cloud.invalid).toEqual([]);
    },
  );
});
