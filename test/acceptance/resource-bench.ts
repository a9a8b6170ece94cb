import { expect } from "vitest";
import { createClient, type Api } from "../../provider/client/index.js";
import { dataSources } from "../../provider/data-sources/index.js";
import type { Plan } from "../../provider/reconciler/model.js";
import { openSession, type Session, type SessionOptions } from "../../provider/reconciler/session.js";
import { resources } from "../../provider/resources/index.js";
import { createSimulatorApp, type SimulatorOptions } from "../../provider/simulator/index.js";
import type { Diagnostic } from "../../schema/diagnostics.js";
import { VirtualClock } from "../../schema/clock.js";
import type { ObjectValue } from "../../schema/unknown.js";
import { temporaryFolder, writeStack } from "../helpers/stack.js";

export const SITE = "c5f8bfb3-2b78-5ffe-babd-9b03afc6c351";
export const IMAGE = "2ef42ce4-3c65-5f1e-b149-be8d2390395f";

type Body = Readonly<Record<string, unknown>>;
/** Type -> name -> arguments. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Body>>>>;

export interface Outcome {
  /** What was done to each resource that did not stay as it was: `iec_vpc.net` -> `create`. */
  readonly actions: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
  /** What had changed behind our back. */
  readonly drift: Plan["drift"];
  /** What exists but is not fit for use. */
  readonly tainted: readonly string[];
  /** Of the state, by address. */
  readonly values: Readonly<Record<string, ObjectValue>>;
}

/** One stack, and a cloud in this process with a clock of its own. The test's folder goes with the test. */
export function openBench(options: SimulatorOptions = {}) {
  let folder = temporaryFolder();
  const clock = new VirtualClock();
  const cloud = createSimulatorApp({ clock, checkSignatures: false, ...options });
  const random = () => 0.5;
  const connect = (concurrency = 10): Api =>
    createClient({
      endpoint: "http://cloud.test",
      authUrl: "http://cloud.test/v3",
      credentials: { kind: "keys", accessKey: cloud.accessKey, secretKey: cloud.secretKey },
      domainId: cloud.domainId,
      concurrency,
      clock,
      random,
      fetch: (input, init) => cloud.fetch(new Request(input, init)),
    });

  const open = (
    resource: Blocks,
    operation: SessionOptions["operation"],
    signal: AbortSignal,
  ): Promise<Session> => {
    writeStack(folder, { provider: { iec: [{}] }, resource }, "cdk.tf.json");
    return openSession({
      path: folder,
      lock: true,
      lockTimeoutMs: 0,
      variables: new Map(),
      parallelism: 10,
      operation,
      signal,
      runtime: {
        resources,
        dataSources,
        clock,
        random,
        environment: {},
        connect: (_arguments, { concurrency }) => ({ api: connect(concurrency), diagnostics: [] }),
      },
    });
  };

  /** Brings the stack to what the blocks say; plans only with `plan`. */
  async function run(resource: Blocks, operation: "apply" | "plan" | "destroy" = "apply"): Promise<Outcome> {
    const { signal } = new AbortController();
    const session = await open(resource, operation, signal);
    try {
      const plan = await session.plan({ destroy: operation === "destroy" });
      const broken = plan.diagnostics.some((d) => d.severity === "error");
      const result =
        broken || operation === "plan"
          ? undefined
          : await session.apply(plan, { onEvent: () => undefined, stop: signal });
      expect(cloud.invalid).toEqual([]);
      return {
        actions: Object.fromEntries(
          plan.changes.filter((c) => c.action !== "no-op").map((c) => [c.address, c.action]),
        ),
        diagnostics: [...plan.diagnostics, ...(result?.diagnostics ?? [])],
        drift: plan.drift,
        tainted: session
          .state()
          .resources.filter((r) => r.tainted)
          .map((r) => r.address),
        values: Object.fromEntries(session.state().resources.map((r) => [r.address, r.values])),
      };
    } finally {
      await session.close();
    }
  }

  /** Applies without an error, after which nothing is left to do. */
  async function settle(blocks: Blocks): Promise<Outcome> {
    const outcome = await run(blocks);
    expect(outcome.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect((await run(blocks, "plan")).actions).toEqual({});
    return outcome;
  }

  /** Begins a new state and imports every resource into it, by address; what was said of each comes back. */
  async function importAll(
    blocks: Blocks,
    ids: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, readonly Diagnostic[]>>> {
    folder = temporaryFolder();
    const said: Record<string, readonly Diagnostic[]> = {};
    for (const [address, id] of Object.entries(ids)) {
      const session = await open(blocks, "import", new AbortController().signal);
      try {
        said[address] = await session.import(address, id);
      } finally {
        await session.close();
      }
    }
    return said;
  }

  return { cloud, clock, connect, run, settle, importAll };
}
export type Bench = ReturnType<typeof openBench>;

/** A VPC, and subnets of it in one site. */
export const network = (subnets: readonly string[] = ["a"], vpc = "net", second = 10): Blocks => ({
  iec_vpc: { [vpc]: { name: vpc, cidr: `10.${second}.0.0/16`, mode: "CUSTOMER" } },
  iec_vpc_subnet: Object.fromEntries(
    subnets.map((name, i) => [
      name,
      {
        name,
        vpc_id: `\${iec_vpc.${vpc}.id}`,
        site_id: SITE,
        cidr: `10.${second}.${i + 1}.0/24`,
        gateway_ip: `10.${second}.${i + 1}.1`,
      },
    ]),
  ),
});

/** A server in a subnet of {@link network}. */
export const server = (name: string, subnet = "a", vpc = "net"): Body => ({
  name,
  flavor_id: "c6.large.2",
  image_id: IMAGE,
  vpc_id: `\${iec_vpc.${vpc}.id}`,
  subnet_ids: [`\${iec_vpc_subnet.${subnet}.id}`],
  security_groups: ["${iec_security_group.web.id}"],
  admin_pass: "Correct-Horse-7-Battery",
  system_disk_type: "SAS",
  system_disk_size: 40,
  coverage_sites: [{ site_id: SITE }],
});
export const serverNeeds: Blocks = {
  iec_security_group: { web: { name: "web" } },
};
