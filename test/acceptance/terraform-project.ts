import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { ROOT, start, type Environment, type Finished } from "../helpers/iec.js";
import { writeStack } from "../helpers/stack.js";
import { hasTerraform } from "../helpers/terraform.js";

/** What needs the real Terraform. Where it is not installed it is skipped; in CI another test says that it is missing. */
export const withTerraform = describe.skipIf(!hasTerraform);

/** The built provider, in a folder that dev_overrides may name. */
export const PROVIDER_FOLDER = join(ROOT, "dist/provider");
export const PROVIDER_FILE = "terraform-provider-iec.cjs";
export const VERSION = (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string })
  .version;
/** Where Terraform looks for the provider in a mirror or plugin folder. */
const MIRROR_PATH = "registry.terraform.io/iec-cdk/iec";
const PLATFORM = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;

/** Providers are started as they lie in folders, by their sources. */
export const override = (folders: Readonly<Record<string, string>>): string => {
  const lines = Object.entries(folders).map(([source, folder]) => `    "${source}" = "${folder}"\n`);
  return `provider_installation {\n  dev_overrides {\n${lines.join("")}  }\n}\n`;
};
const OVERRIDE = override({ "iec-cdk/iec": PROVIDER_FOLDER });
/** Providers are taken from a mirror and from nowhere else. */
export const fromMirror = (folder: string): string =>
  `provider_installation {\n  filesystem_mirror {\n    path = "${folder}"\n  }\n}\n`;

/** What every stack begins with. */
export const HEADER = { terraform: { required_providers: { iec: { source: "iec-cdk/iec" } } } };

interface StoredState {
  readonly resources: readonly {
    readonly type: string;
    readonly instances: readonly {
      readonly attributes: Readonly<Record<string, unknown>>;
      readonly status?: string;
    }[];
  }[];
}

/** A folder that Terraform works in, with an environment of its own. Its temporary files are kept apart. */
export class Project {
  readonly folder: string;
  readonly temporary: string;
  readonly #env: Environment;

  /** `installation` says where providers are taken from: by default the built one as it is, and no init is needed. */
  constructor(folder: string, env: Environment, installation = OVERRIDE) {
    this.folder = folder;
    this.temporary = join(folder, "tmp");
    mkdirSync(this.temporary, { recursive: true });
    const cli = join(folder, "cli.tfrc");
    writeFileSync(cli, installation);
    this.#env = {
      ...env,
      TMPDIR: this.temporary,
      TF_CLI_CONFIG_FILE: cli,
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
      TF_CLI_ARGS: "-no-color",
    };
  }

  /** Writes a stack's file in JSON, or in Terraform's own language when it is a text. */
  write(stack: string | object): void {
    const text = typeof stack === "string";
    writeStack(this.folder, text ? stack : { ...HEADER, ...stack }, text ? "main.tf" : "main.tf.json");
  }

  start(args: readonly string[], env: Environment = {}) {
    return start("terraform", args, { cwd: this.folder, env: { ...this.#env, ...env } });
  }

  /** Runs Terraform, whatever comes of it. */
  run(args: readonly string[], env: Environment = {}): Promise<Finished> {
    return this.start(args, env).finished;
  }

  /** Runs Terraform and expects it to succeed; resolves to what it printed. */
  async succeed(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(args);
    expect(code, output).toBe(0);
    return output;
  }
  apply = (...args: readonly string[]): Promise<string> => this.succeed("apply", "-auto-approve", ...args);

  /** Runs Terraform and expects it to fail; resolves to what it printed, line breaks of the layout taken out. */
  async fail(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(args);
    expect(code, output).toBe(1);
    return unwrapped(output);
  }

  /** Expects a plan to find nothing to do. */
  async expectNoChanges(): Promise<void> {
    const { code, output } = await this.run(["plan", "-detailed-exitcode"]);
    expect(output).toContain("No changes.");
    expect(code).toBe(0);
  }

  /** The state as it is stored. */
  stateText(): string {
    return readFileSync(join(this.folder, "terraform.tfstate"), "utf8");
  }

  /** What the state holds: type, id, and whether it is to be replaced. */
  stateInstances(): { type: string; id: unknown; tainted: boolean }[] {
    const state = JSON.parse(this.stateText()) as StoredState;
    return state.resources.flatMap(({ type, instances }) =>
      instances.map(({ attributes, status }) => ({
        type,
        id: attributes["id"],
        tainted: status === "tainted",
      })),
    );
  }

  /** Sockets that a plugin left behind. */
  leftovers(): string[] {
    return readdirSync(this.temporary).filter((name) => name.startsWith("iec-") || name.startsWith("plugin"));
  }

  /** Plugin processes of this project that run still. */
  plugins = (): number[] => this.processes("terraform-provider-iec");

  /** Processes of this project that run still, by a part of their command line. */
  processes(part: string): number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        try {
          const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
          const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
          return environment.includes(`TMPDIR=${this.temporary}`) && command.includes(part);
        } catch {
          // It has ended in the meantime.
          return false;
        }
      });
  }
}

/** Terraform's boxes and line breaks taken out, so that sentences can be looked for. */
export const unwrapped = (output: string): string =>
  output.replaceAll(/^[│╷╵]/gm, "").replaceAll(/\s+/g, " ");

/** Installs the provider into a mirror or plugin folder, unpacked. Returns its file. */
export function installUnpacked(mirror: string): string {
  const folder = join(mirror, MIRROR_PATH, VERSION, PLATFORM);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `terraform-provider-iec_v${VERSION}.cjs`);
  cpSync(join(PROVIDER_FOLDER, PROVIDER_FILE), file);
  return file;
}

/** Installs the provider into a mirror as the archive that a registry would hold. */
export async function installPacked(mirror: string): Promise<void> {
  const file = installUnpacked(join(mirror, "unpacked"));
  const folder = join(mirror, "packed", MIRROR_PATH);
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, `terraform-provider-iec_${VERSION}_${PLATFORM}.zip`);
  const { code, output } = await start("python3", ["-m", "zipfile", "-c", archive, file]).finished;
  expect(code, output).toBe(0);
}

/** Whether something becomes true within `ms`. */
export async function soon(test: () => boolean, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (test()) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return test();
}
