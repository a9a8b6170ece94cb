import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callIec, startIec, type Finished } from "../helpers/iec.js";
import { newFolder, writeStack } from "../helpers/stack.js";
import { startWatchedCloud, type WatchedCloud } from "./cloud.js";
import { EMPTY, expectExactly, FIFTY, sizeOf, synthesize, type Design } from "./stack.js";

/**
 * Real processes against a cloud with a real clock, killed with SIGKILL when a certain call arrives there. What goes
 * on from there to its end runs in this process, which saves the time to start.
 */

const CLOUD = { latencyMs: 20, timeScale: 0.3 };

/** FIFTY after a day's work: updates, replacements, and removals. */
const CHANGED: Design = {
  vpcs: ["blue", "green", "red"],
  groups: { web: 2, db: 3, cache: 4, mail: 2 },
  keys: { alice: true, bob: false, carol: true },
  servers: {
    "blue-1": ["blue", "guangzhou", "web", "alice", "front door"],
    "blue-2": ["blue", "beijing", "db", "alice"],
    "green-1": ["green", "guangzhou", "cache", "carol"],
  },
  spare: { guangzhou: 4, beijing: 1 },
};

let root: string;
/** Calls of an apply of FIFTY, of its change to CHANGED, and of its destroy, when nothing goes wrong. */
let calls: { create: number; change: number; destroy: number };

/** A folder with a stack, and a cloud for it, empty or as `from` left it. */
class Site {
  private constructor(
    readonly folder: string,
    readonly cloud: WatchedCloud,
  ) {}

  static async open(name: string, from?: string): Promise<Site> {
    const folder = join(root, name.replaceAll(/\W+/g, "-"));
    mkdirSync(folder);
    if (from !== undefined)
      for (const file of ["cloud.json", "terraform.tfstate"])
        copyFileSync(join(from, file), join(folder, file));
    return new Site(folder, await startWatchedCloud({ ...CLOUD, dataFile: join(folder, "cloud.json") }));
  }

  get statePath(): string {
    return join(this.folder, "terraform.tfstate");
  }

  write(design: Design): void {
    writeStack(this.folder, synthesize(design), "cdk.tf.json");
  }

  run(...args: string[]): Promise<Finished> {
    return callIec([...args, "--no-color"], { env: this.cloud.env, cwd: this.folder });
  }

  /** Runs a command and kills it when its `call`th call arrives. */
  async killed(call: number, ...args: string[]): Promise<void> {
    const { child, finished } = startIec(args, { env: this.cloud.env, cwd: this.folder });
    this.cloud.reset();
    this.cloud.onCall = (count) => {
      if (count === call) child.kill("SIGKILL");
    };
    const { code, output } = await finished;
    expect(code, output).toBeNull();
    this.cloud.reset();
  }

  async succeeds(...args: string[]): Promise<void> {
    const { code, output } = await this.run(...args);
    expect(code, output).toBe(0);
  }

  /** The cloud holds what the design says, the state knows it, and there is nothing left to do. */
  async expect(design: Design): Promise<void> {
    expectExactly(design, this.cloud.snapshot(), this.statePath);
    await this.succeeds("plan", "--detailed-exitcode");
    expect(this.cloud.invalid).toEqual([]);
  }
}

const APPLY = ["apply", "--auto-approve"];
const DESTROY = ["destroy", "--auto-approve"];

beforeAll(async () => {
  root = newFolder();
  const site = await Site.open("whole");
  const counted = async (...args: string[]) => {
    site.cloud.reset();
    await site.succeeds(...args);
    return site.cloud.count();
  };
  site.write(FIFTY);
  const create = await counted(...APPLY);
  await site.expect(FIFTY);
  site.cloud.close();

  const later = await Site.open("later", site.folder);
  const countedLater = async (...args: string[]) => {
    later.cloud.reset();
    await later.succeeds(...args);
    return later.cloud.count();
  };
  later.write(CHANGED);
  const change = await countedLater(...APPLY);
  await later.expect(CHANGED);
  const destroy = await countedLater(...DESTROY);
  expectExactly(EMPTY, later.cloud.snapshot(), later.statePath);
  later.cloud.close();
  calls = { create, change, destroy };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const spread = (points: number) => Array.from({ length: points }, (_, i) => (i + 0.5) / points);
const percent = (part: number) => `${Math.round(part * 100)} %`;
const at = (part: number, total: number) => Math.max(1, Math.round(part * total));
const whole = () => join(root, "whole");

it("the stack has fifty resources", () => {
  expect(sizeOf(FIFTY)).toBe(50);
});

describe.concurrent("an apply that is killed loses nothing", () => {
  it.each(spread(20).map((part) => [percent(part), part] as const))(
    "at %s of its calls",
    async (name, part) => {
      const site = await Site.open(`create at ${name}`);
      site.write(FIFTY);
      await site.killed(at(part, calls.create), ...APPLY);
      await site.succeeds(...APPLY);
      await site.expect(FIFTY);
      site.cloud.close();
    },
  );

  it("twice in a row, the second time while it takes up what the first left", async () => {
    const site = await Site.open("twice");
    site.write(FIFTY);
    await site.killed(at(0.4, calls.create), ...APPLY);
    await site.killed(3, ...APPLY);
    await site.succeeds(...APPLY);
    await site.expect(FIFTY);
    site.cloud.close();
  });

  it("three times in a row, further on each time", async () => {
    const site = await Site.open("thrice");
    site.write(FIFTY);
    for (const part of [0.3, 0.3, 0.3]) await site.killed(at(part, calls.create), ...APPLY);
    await site.succeeds(...APPLY);
    await site.expect(FIFTY);
    site.cloud.close();
  });

  it.each(spread(4).map((part) => [percent(part), part] as const))(
    "while it updates, replaces and destroys, at %s of its calls",
    async (name, part) => {
      const site = await Site.open(`change at ${name}`, whole());
      site.write(CHANGED);
      await site.killed(at(part, calls.change), ...APPLY);
      await site.succeeds(...APPLY);
      await site.expect(CHANGED);
      site.cloud.close();
    },
  );

  it.each(spread(3).map((part) => [percent(part), part] as const))(
    "nor does a destroy, at %s of its calls",
    async (name, part) => {
      const site = await Site.open(`destroy at ${name}`, whole());
      site.write(FIFTY);
      await site.killed(at(part, calls.destroy), ...DESTROY);
      await site.succeeds(...DESTROY);
      expectExactly(EMPTY, site.cloud.snapshot(), site.statePath);
      site.cloud.close();
    },
  );
});

it("a killed apply leaves a lock that the next one sees through, and a journal that it folds in", async () => {
  const site = await Site.open("files");
  site.write(FIFTY);
  await site.killed(at(0.5, calls.create), ...APPLY);
  expect(readFileSync(`${site.statePath}.journal`, "utf8")).toContain('"kind":"created"');
  const planned = await site.run("plan");
  expect(planned.code, planned.output).toBe(0);
  expect(planned.stdout).not.toContain("Plan: 50 to add");
  // A plan changes nothing, not even here.
  expect(readFileSync(`${site.statePath}.journal`, "utf8")).toContain('"kind":"created"');
  site.cloud.close();
});
