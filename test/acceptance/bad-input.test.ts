import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { callIec, eventsOf, runIec, type Environment, type Finished } from "../helpers/iec.js";
import { filesOf, newFolder, temporaryFolder, writeStack, type Json } from "../helpers/stack.js";
import {
  all,
  EXPRESSIONS,
  ISOLATION,
  put,
  SHAPES,
  UNSUPPORTED,
  VALUES,
  type Expected,
  type Row,
} from "./bad-configurations.js";
import { ADMIN_PASS, edgeStack } from "./edge-stack.js";

/** Where a run of a row happens. */
interface Place {
  readonly folder: string;
  readonly stack: string;
  readonly state: string;
}
/** A run gone wrong by what is around the stack. */
interface Situation {
  readonly name: string;
  /** Makes something wrong. */
  readonly prepare?: (place: Place) => unknown;
  /** What is different about the environment. */
  readonly env?: () => Environment;
  /** Instead of an apply and a plan of the stack. */
  readonly args?: (place: Place) => readonly string[];
  readonly expected: readonly Expected[];
}

let cloud: TestCloud;
let home: string;
/** Answers every request with a web page, as a captive portal does. */
const portal = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/html" }).end("<html><body>Please log in</body></html>");
});
let portalUrl: string;

beforeAll(async () => {
  [cloud, home] = [await startCloud(), newFolder()];
  const stack = writeStack(home, edgeStack());
  const made = await runIec(["apply", stack, "--state", join(home, "edge.tfstate"), "--auto-approve"], cloud);
  expect(made).toMatchObject({ code: 0, stderr: expect.not.stringContaining("Error") as string });
  await new Promise<void>((resolve) => portal.listen(0, "127.0.0.1", resolve));
  portalUrl = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await cloud.close();
  portal.close();
  rmSync(home, { recursive: true, force: true });
});

/** A folder of its own with the stack and the state of what is in the cloud. */
function newPlace(stack: Json | string = edgeStack()): Place {
  const folder = temporaryFolder();
  const state = join(folder, "edge.tfstate");
  copyFileSync(join(home, "edge.tfstate"), state);
  return { folder, stack: writeStack(folder, stack), state };
}

const reading = /^(List|Show|Keystone)/;

/** Text without the frame and line breaks of the boxes. */
const unwrapped = (text: string) => text.replace(/^│ ?/gm, "").replace(/\s+/g, " ");

/** Runs the command, and checks all that holds for every mistake whatever it is. */
async function refused(
  place: Place,
  run: () => Promise<Finished>,
  environment: Environment,
): Promise<Finished> {
  const [files, objects, calls] = [filesOf(place.folder), cloud.snapshot(), cloud.calls.length];
  const result = await run();
  expect(result.code, result.output).toBe(1);
  expect(result.output).not.toMatch(/^\s+at /m);
  expect(result.output).not.toContain("A bug in iec");
  for (const secret of [ADMIN_PASS, cloud.secretKey, environment["HW_SECRET_KEY"]]) {
    if (secret) expect(result.output).not.toContain(secret);
  }
  expect(filesOf(place.folder)).toEqual(files);
  expect(cloud.snapshot()).toEqual(objects);
  expect(cloud.calls.slice(calls).filter(({ operationId }) => !reading.test(operationId))).toEqual([]);
  return result;
}

/** Applies the stack in a process, and plans it here with events. Both must tell of just the expected mistakes. */
async function check(
  place: Place,
  { args, env: extra, expected }: Omit<Situation, "name">,
  planState = place.state,
): Promise<void> {
  const env = { ...cloud.env, ...extra?.() };
  const where = { env, cwd: place.folder };
  const own = args?.(place);
  const apply = own ?? ["apply", place.stack, "--state", place.state, "--auto-approve"];
  const plan = own ?? ["plan", place.stack, "--state", planState];

  const text = await refused(place, () => runIec(apply, where), env);
  const boxes = text.stderr
    .split("╷")
    .slice(1)
    .filter((box) => box.includes("│ Error "));
  expect(boxes.map((box) => /Error (IEC\d+)/.exec(box)?.[1]).sort(), text.output).toEqual(
    expected.map(({ code }) => code).sort(),
  );
  for (const { code, construct, attribute, says } of expected) {
    const about = boxes.filter(
      (box) =>
        box.includes(code) &&
        (construct === undefined || box.includes(`construct:  ${construct}\n`)) &&
        (attribute === undefined || box.includes(`attribute:  ${attribute}\n`)),
    );
    expect(about, text.output).toHaveLength(1);
    for (const part of says)
      expect(unwrapped(about[0] ?? "")).toMatch(part instanceof RegExp ? part : escaped(part));
  }

  const json = await refused(place, () => callIec([...plan, "--json"], where), env);
  const told = eventsOf(json.stdout).flatMap((event) => {
    const diagnostic = event["diagnostic"] as Record<string, unknown> | undefined;
    return diagnostic?.["severity"] === "error" ? [diagnostic] : [];
  });
  expect(told, json.output).toHaveLength(expected.length);
  expect(told).toEqual(
    expect.arrayContaining(
      expected.map(
        ({ code, construct, attribute }) =>
          expect.objectContaining({
            code,
            ...(construct !== undefined && { construct_path: construct }),
            ...(attribute !== undefined && { attribute }),
          }) as unknown,
      ),
    ),
  );
  expect(json.stderr).toBe("");
}

const escaped = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));

const GROUPS: Readonly<Record<string, readonly Row[]>> = {
  "the shape of the file": SHAPES,
  values: VALUES,
  expressions: EXPRESSIONS,
  "what is not supported": UNSUPPORTED,
  "the plan": ISOLATION,
};

describe.each(Object.entries(GROUPS))("%s", (_group, rows) => {
  for (const [name, change, ...expected] of rows) {
    test(name, async () => {
      const stack = edgeStack();
      if (typeof change !== "string") change(stack);
      const place = newPlace(typeof change === "string" ? change : stack);
      // The plan is that of a stack never applied.
      await check(place, { expected }, join(place.folder, "new.tfstate"));
    });
  }
});

const manifest = (...names: string[]) =>
  JSON.stringify({
    version: "0.21.0",
    stacks: Object.fromEntries(
      names.map((name) => [name, { name, constructPath: name, synthesizedStackPath: `${name}.tf.json` }]),
    ),
  });
const changeState = (change: (state: Json) => void) => (place: Place) => {
  const state = JSON.parse(readFileSync(place.state, "utf8")) as Json;
  change(state);
  writeFileSync(place.state, JSON.stringify(state));
};
const apply =
  (...more: string[]) =>
  ({ stack, state }: Place) => ["apply", stack, "--state", state, "--auto-approve", ...more];

const changeStack = (change: (stack: Json) => void) => (place: Place) => {
  const stack = edgeStack();
  change(stack);
  writeStack(place.folder, stack);
};

const SITUATIONS: readonly Situation[] = [
  {
    name: "lifecycle.prevent_destroy",
    prepare: changeStack(
      all(
        put("resource.iec_vpc_subnet.subnet.lifecycle", { prevent_destroy: true }),
        put("resource.iec_vpc_subnet.subnet.cidr", "10.30.2.0/24"),
        put("resource.iec_vpc_subnet.subnet.gateway_ip", "10.30.2.1"),
      ),
    ),
    expected: [
      { code: "IEC2018", construct: "edge/subnet", says: ["Undo the change, or remove prevent_destroy"] },
    ],
  },
  {
    name: "a path that does not exist",
    args: ({ folder }) => ["plan", join(folder, "nowhere")],
    expected: [{ code: "IEC2016", says: ["There is nothing at", "cdktf synth"] }],
  },
  {
    name: "no manifest",
    prepare: ({ folder }) => mkdirSync(join(folder, "cdktf.out")),
    args: ({ folder }) => ["plan", join(folder, "cdktf.out")],
    expected: [{ code: "IEC2016", says: ["neither manifest.json nor", "cdktf synth"] }],
  },
  {
    name: "a manifest without stacks",
    prepare: ({ folder }) => writeFileSync(join(folder, "manifest.json"), "{}"),
    args: ({ folder }) => ["plan", folder],
    expected: [{ code: "IEC2002", says: ["it has no stacks", "Synthesize it again"] }],
  },
  {
    name: "several stacks, none chosen",
    prepare: ({ folder }) => writeFileSync(join(folder, "manifest.json"), manifest("east", "west")),
    args: ({ folder }) => ["plan", folder],
    expected: [{ code: "IEC2016", says: ["east, west", "--stack"] }],
  },
  {
    name: "an unknown stack",
    prepare: ({ folder }) => writeFileSync(join(folder, "manifest.json"), manifest("east", "west")),
    args: ({ folder }) => ["plan", folder, "--stack", "north"],
    expected: [{ code: "IEC2016", says: ['There is no stack "north"', "east, west", "--stack"] }],
  },
  {
    name: "a stack whose file is gone",
    prepare: ({ folder }) => writeFileSync(join(folder, "manifest.json"), manifest("east")),
    args: ({ folder }) => ["plan", folder],
    expected: [{ code: "IEC2016", says: ["east.tf.json does not exist", "cdktf synth"] }],
  },
  {
    name: "several files",
    prepare: ({ folder }) => void writeStack(folder, {}, "other.tf.json"),
    args: ({ folder }) => ["plan", folder],
    expected: [{ code: "IEC2016", says: ["other.tf.json, stack.tf.json", "Give one of them"] }],
  },
  {
    name: "a wrong access key",
    env: () => ({ HW_ACCESS_KEY: "SIMULATORACCESSKEY99" }),
    expected: [{ code: "IEC4001", says: ["refused the credentials", "Check the access key"] }],
  },
  {
    name: "a wrong secret key",
    env: () => ({ HW_SECRET_KEY: "not-the-secret-key-not-the-secret-key" }),
    expected: [{ code: "IEC4001", says: ["refused the credentials", "Check the access key and secret key"] }],
  },
  {
    name: "another account's domain",
    env: () => ({ HW_DOMAIN_ID: "0".repeat(32) }),
    expected: [{ code: "IEC4003", says: ["X-Domain-Id"] }],
  },
  {
    name: "no credentials",
    env: () => ({ HW_ACCESS_KEY: "", HW_SECRET_KEY: "" }),
    expected: [{ code: "IEC4001", attribute: "access_key", says: ["HW_ACCESS_KEY", "iec simulate"] }],
  },
  {
    name: "half of the credentials",
    env: () => ({ HW_SECRET_KEY: "" }),
    expected: [{ code: "IEC4001", attribute: "secret_key", says: ["HW_SECRET_KEY (secret_key) is not set"] }],
  },
  {
    name: "an endpoint that is no address",
    env: () => ({ IEC_ENDPOINT: "http://" }),
    expected: [{ code: "IEC2012", attribute: "endpoints", says: ["is not a web address", "Write it like"] }],
  },
  {
    name: "an endpoint that answers a web page",
    env: () => ({ IEC_ENDPOINT: portalUrl }),
    expected: [{ code: "IEC4005", says: ["Check that http://127.0.0.1", "is the endpoint of IEC"] }],
  },
  {
    name: "a corrupt state",
    prepare: ({ state }) => writeFileSync(state, readFileSync(state, "utf8").slice(0, 500)),
    expected: [{ code: "IEC3001", says: ["edge.tfstate", "cut off", "Restore it from"] }],
  },
  {
    name: "a state without resources of a known shape",
    prepare: changeState((state) => put("resources", [{ type: "iec_vpc" }])(state)),
    expected: [{ code: "IEC3001", says: ["Restore it from"] }],
  },
  {
    name: "a state without a lineage",
    prepare: changeState((state) => put("lineage", undefined)(state)),
    expected: [{ code: "IEC3001", says: ["no lineage", "Restore it from"] }],
  },
  {
    name: "a state of a newer format",
    prepare: changeState((state) => put("version", 5)(state)),
    expected: [{ code: "IEC3002", says: ["version 5", "Upgrade iec-cdk"] }],
  },
  {
    name: "a state of an older format",
    prepare: changeState((state) => put("version", 3)(state)),
    expected: [{ code: "IEC3001", says: ["version is 3", "terraform refresh"] }],
  },
  {
    name: "a state of a newer version of a resource",
    prepare: changeState((state) => put("resources.3.instances.0.schema_version", 7)(state)),
    expected: [{ code: "IEC3002", says: ["schema version is 7", "Upgrade iec-cdk"] }],
  },
  {
    name: "a state with an unknown resource type",
    prepare: changeState((state) => put("resources.3.type", "iec_volcano")(state)),
    expected: [{ code: "IEC2003", says: ['unknown type "iec_volcano"', "Nothing was changed"] }],
  },
  {
    name: "a state with a resource of a module",
    prepare: changeState((state) => put("resources.3.module", "module.net")(state)),
    expected: [{ code: "IEC2009", says: ["module.net", "go on with terraform"] }],
  },
  {
    name: "the journal of another state",
    prepare: ({ state }) =>
      writeFileSync(
        `${state}.journal`,
        `${JSON.stringify({ kind: "begin", version: 1, lineage: "11111111-2222-3333-4444-555555555555", serial: 1 })}\n`,
      ),
    expected: [
      { code: "IEC3003", says: ["11111111-2222-3333-4444-555555555555", "put the right state back"] },
    ],
  },
  {
    name: "a journal that is no journal",
    prepare: ({ state }) => writeFileSync(`${state}.journal`, "hello\n"),
    expected: [{ code: "IEC3001", says: ["edge.tfstate.journal, line 1", "before you remove it"] }],
  },
  {
    name: "a state locked by another process",
    prepare: ({ folder }) =>
      writeFileSync(
        join(folder, ".edge.tfstate.lock.info"),
        JSON.stringify({
          ID: "1",
          Operation: "apply",
          Who: "ann@build-7",
          Created: "2025-01-01T00:00:00Z",
          Host: hostname(),
          Process: process.pid,
        }),
      ),
    expected: [{ code: "IEC3004", says: ['ann@build-7 has been running "apply"', "--lock-timeout"] }],
  },
  {
    name: "an apply that nobody approves",
    args: ({ stack, state }) => ["apply", stack, "--state", state],
    expected: [{ code: "IEC2017", says: ["nobody to approve the apply", "iec apply --auto-approve"] }],
  },
  {
    name: "a destroy that nobody approves",
    args: ({ stack, state }) => ["destroy", stack, "--state", state],
    expected: [{ code: "IEC2017", says: ["nobody to approve the destroy", "iec destroy --auto-approve"] }],
  },
  {
    name: "an unknown option",
    args: apply("--paralelism=5"),
    expected: [
      { code: "IEC2017", says: ["Unknown option '--paralelism=5'", "--parallelism", "iec <command> --help"] },
    ],
  },
  {
    name: "an unknown command",
    args: ({ stack }) => ["aply", stack],
    expected: [{ code: "IEC2017", says: ["Unknown command 'aply'", "apply", "iec --help"] }],
  },
  {
    name: "a bad number",
    args: apply("--parallelism=many"),
    expected: [{ code: "IEC2017", says: ["parallelism", "whole number from 1"] }],
  },
  {
    name: "two stacks on one command line",
    args: apply("another.tf.json"),
    expected: [{ code: "IEC2017", says: ["Too many arguments", "iec --help"] }],
  },
  {
    name: "a variable that is not declared",
    args: apply("--var", "enviroment=test"),
    expected: [{ code: "IEC2008", says: ['no variable "enviroment"', 'Did you mean "environment"?'] }],
  },
  {
    name: "a variable without an equals sign",
    args: apply("--var", "environment"),
    expected: [{ code: "IEC2017", says: ["--var name=value"] }],
  },
  {
    name: "a target that does not exist",
    args: apply("--target", "iec_vpc.nett"),
    expected: [{ code: "IEC2008", says: ["There is no resource iec_vpc.nett", "Did you mean iec_vpc.net?"] }],
  },
  {
    name: "a replacement of nothing",
    args: apply("--replace", "iec_keypair.mine"),
    expected: [{ code: "IEC2008", says: ["There is no resource iec_keypair.mine"] }],
  },
];

test.each(SITUATIONS)("around the stack: $name", async (situation) => {
  const place = newPlace();
  situation.prepare?.(place);
  await check(place, situation);
});

test("around the stack: an endpoint that is down is given up soon", async () => {
  const began = performance.now();
  await check(newPlace(), {
    // Port 1 of this machine: nobody listens there.
    env: () => ({ IEC_ENDPOINT: "http://127.0.0.1:1" }),
    expected: [{ code: "IEC4002", says: ["http://127.0.0.1:1 cannot be reached", "Check the network"] }],
  });
  // Two runs.
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("a Chinese name is right where the cloud takes it", async () => {
  const stack = edgeStack();
  put("resource.iec_vpc.net.name", "边缘网络-1")(stack);
  const place = newPlace(stack);
  const plan = await callIec(["plan", place.stack, "--state", place.state], cloud);
  expect(plan).toMatchObject({ code: 0, stderr: "" });
  expect(plan.stdout).toContain('name = "prod-edge" -> "边缘网络-1"');
});

describe("two applies at once", () => {
  /** Starts a slow apply, and another one as soon as the first has the lock. */
  async function both(...more: string[]): Promise<{ results: readonly Finished[]; counts: unknown }> {
    const own = await startCloud({ latencyMs: 30 });
    onTestFinished(() => own.close());
    const folder = temporaryFolder();
    const stack = writeStack(folder, edgeStack());
    const args = ["apply", stack, "--state", join(folder, "edge.tfstate"), "--auto-approve", ...more];
    const first = runIec(args, own);
    while (!existsSync(join(folder, ".edge.tfstate.lock.info"))) await sleep(5);
    const results = await Promise.all([first, runIec(args, own)]);
    const { vpcs, subnets, servers, security_group_rules: rules } = own.snapshot();
    const opened = rules.filter((rule) => String(rule["port_range_min"]) === "443");
    return { results, counts: [vpcs, subnets, servers, opened].map((objects) => objects.length) };
  }

  test("the second is told of the first", async () => {
    const { results, counts } = await both();
    expect(results.map(({ code }) => code)).toEqual([0, 1]);
    expect(results[1]?.stderr).toMatch(/^│ Error IEC3004: The state is locked$/m);
    expect(counts).toEqual([1, 1, 1, 1]);
  });

  test("the second waits when it may, and finds nothing left to do", async () => {
    const { results, counts } = await both("--lock-timeout=30s");
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(results[1]?.stdout).toContain("No changes.");
    expect(counts).toEqual([1, 1, 1, 1]);
  });
});
