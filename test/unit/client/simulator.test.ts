import { afterEach, describe, expect, it } from "vitest";
import {
  AmbiguousCreateError,
  ApiError,
  createClient,
  createWaiter,
  type Api,
  type ClientOptions,
} from "../../../provider/client/index.js";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../../provider/simulator/index.js";
import { VirtualClock } from "../../../schema/clock.js";
import type { DiagnosticError } from "../../../schema/diagnostics.js";
import { outcomeOf } from "./harness.js";

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

/** Real sockets, real IAM; only the waits of the client cost no time. Its clock must be right for the signature. */
async function connect(
  simulatorOptions: SimulatorOptions = {},
  optionsFor: (simulator: Simulator) => Partial<ClientOptions> = () => ({}),
) {
  simulator = await startSimulator({ timeScale: 0, quotas: { vpc: 10_000 }, ...simulatorOptions });
  const { url, accessKey, secretKey } = simulator;
  const api = createClient({
    endpoint: url,
    authUrl: `${url}/v3`,
    credentials: { kind: "keys", accessKey, secretKey },
    clock: new VirtualClock({ start: Date.now() }),
    random: () => 0.5,
    ...optionsFor(simulator),
  });
  return { api, simulator };
}

const create = (api: Api, i: number) =>
  api.post("/v1/vpcs", { body: { vpc: { name: `vpc-${i}`, cidr: "10.0.0.0/16", mode: "CUSTOMER" } } });

describe("against the simulator", () => {
  it.each<{ name: string; options: () => Partial<ClientOptions>; code: string }>([
    {
      name: "a wrong secret key",
      options: () => ({ credentials: { kind: "keys", accessKey: "AK", secretKey: "very-secret" } }),
      code: "IEC4001",
    },
    {
      name: "a wrong secret key, the account given",
      options: () => ({
        credentials: { kind: "keys", accessKey: "AK", secretKey: "very-secret" },
        domainId: "d",
      }),
      code: "IEC4001",
    },
    {
      name: "a wrong token",
      options: () => ({ credentials: { kind: "token", token: "very-secret" } }),
      code: "IEC4001",
    },
    {
      name: "a wrong password",
      options: () => ({
        credentials: { kind: "password", user: "simulator", password: "very-secret", domain: "simulator" },
      }),
      code: "IEC4001",
    },
    {
      name: "nobody listens",
      options: () => ({ endpoint: "http://127.0.0.1:1", domainId: "d" }),
      code: "IEC4002",
    },
    {
      name: "an unknown host",
      options: () => ({ endpoint: "http://iec.invalid", domainId: "d" }),
      code: "IEC4002",
    },
    { name: "IAM is down", options: () => ({ authUrl: "http://127.0.0.1:1" }), code: "IEC4002" },
  ])("refused: $name", async ({ options, code }) => {
    const { api } = await connect({}, options);
    const error = await outcomeOf(api.list("/v1/vpcs"));
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).diagnostic().code).toBe(code);
    expect(JSON.stringify([error, (error as ApiError).diagnostic()])).not.toContain("very-secret");
    expect(api.stats.calls).toBeLessThanOrEqual(3);
  });

  it("logs in with a password", async () => {
    const credentials = {
      kind: "password",
      user: "simulator",
      password: "simulator",
      domain: "simulator",
    } as const;
    const { api } = await connect({}, () => ({ credentials }));
    await create(api, 1);
    expect((await api.list("/v1/vpcs")).map((vpc) => vpc.name)).toContain("vpc-1");
    expect(api.stats.byOperation).toEqual({
      "POST /v3/auth/tokens": 1,
      "POST /v1/vpcs": 1,
      "GET /v1/vpcs": 1,
    });
  });

  it("signs with temporary keys", async () => {
    const { api } = await connect({}, ({ temporary }) => ({ credentials: { kind: "keys", ...temporary } }));
    expect(await api.get("/v1/edgeclouds/quotas")).toHaveProperty("quotas");
  });

  it("assumes an agency", async () => {
    const { api, simulator: cloud } = await connect({}, ({ agency }) => ({
      agency: { name: agency.agencyName, domainName: agency.domainName },
    }));
    expect(await api.get("/v1/edgeclouds/quotas")).toHaveProperty("quotas");
    expect(await api.accountId()).toBe(cloud.domainId);
    expect(cloud.invalid).toEqual([]);
  });

  it("exchanges an identity token, and assumes an agency with it", async () => {
    const { api, simulator: cloud } = await connect({}, ({ agency, identityProvider }) => ({
      credentials: { kind: "oidc", idpId: identityProvider.idpId, idToken: () => identityProvider.idToken },
      agency: { name: agency.agencyName, domainName: agency.domainName },
    }));
    expect(await api.get("/v1/edgeclouds/quotas")).toHaveProperty("quotas");
    expect(api.stats.byOperation).toEqual({
      "POST /v3.0/OS-AUTH/id-token/tokens": 1,
      "POST /v3.0/OS-CREDENTIAL/securitytokens": 2,
      "GET /v3/auth/domains": 1,
      "GET /v1/edgeclouds/quotas": 1,
    });
    expect(cloud.invalid).toEqual([]);
  });

  it.each<{ name: string; options: (simulator: Simulator) => Partial<ClientOptions> }>([
    { name: "an agency", options: () => ({ agency: { name: "none", domainName: "simulator" } }) },
    {
      name: "an identity token",
      options: () => ({ credentials: { kind: "oidc", idpId: "none", idToken: () => "very-secret" } }),
    },
  ])("explains that $name is refused", async ({ options }) => {
    const { api } = await connect({}, options);
    const error = (await outcomeOf(api.list("/v1/vpcs"))) as DiagnosticError;
    expect(error.diagnostics).toMatchObject([{ code: "IEC4001" }]);
    expect(JSON.stringify(error.diagnostics)).not.toContain("very-secret");
  });

  it("signs odd names and repeated filters as the cloud reads them", async () => {
    const { api } = await connect();
    await api.post("/v1/os-keypairs", { body: { name: "密钥_1.a-b" } });
    expect((await api.list("/v1/os-keypairs", { name: "密钥_1.a-b" })).map((k) => k.name)).toEqual([
      "密钥_1.a-b",
    ]);
    const path = { keypair_name: "密钥_1.a-b" };
    expect(await api.get("/v1/os-keypairs/{keypair_name}", { params: { path } })).toMatchObject({
      name: path.keypair_name,
    });
    expect(await api.list("/v1/ports", { fixed_ips: ["subnet_id=x", "ip_address=10.0.0.9"] })).toEqual([]);
  });

  it("pages through 2,500 VPCs in three calls", async () => {
    const { api, simulator } = await connect({ validate: false });
    const created = await Promise.all(Array.from({ length: 2500 }, (_, i) => create(api, i)));
    const before = api.stats.calls;
    const listed = await api.list("/v1/vpcs");
    expect(api.stats.calls - before).toBe(3);
    const ids = new Set(listed.map((vpc) => vpc.id));
    expect(created.every(({ vpc }) => ids.has(vpc?.id))).toBe(true);
    expect(await api.list("/v1/vpcs", {}, { maxPages: 2 })).toBeUndefined();
    expect(simulator.calls.filter((call) => call.status === 401)).toEqual([]);
  });

  it.each([1, 2, 3])("loses and doubles nothing under faults, seed %i", async (seed) => {
    const { api, simulator } = await connect({
      seed,
      faults: [
        { operation: "*", kind: "throttle", probability: 0.1 },
        { operation: "*", kind: "error500", probability: 0.05 },
        { operation: "*", kind: "reset", probability: 0.05 },
        { operation: "*", kind: "lostAnswer", probability: 0.1 },
      ],
    });
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, i) => outcomeOf(create(api, i))));
    const lost = outcomes.filter((outcome) => outcome instanceof AmbiguousCreateError).length;
    const made = outcomes.filter((outcome) => !(outcome instanceof Error)).length;
    expect(lost + made).toBe(100);
    expect(lost).toBeGreaterThan(0);
    const listed = await api.list("/v1/vpcs");
    const ours = listed.filter((vpc) => vpc.name?.startsWith("vpc-"));
    // Each name at most once, and everything that was answered exists.
    expect(new Set(ours.map((vpc) => vpc.name)).size).toBe(ours.length);
    expect(ours.length).toBeGreaterThanOrEqual(made);
    const removals = ours.map((vpc) =>
      api.delete("/v1/vpcs/{vpc_id}", { params: { path: { vpc_id: vpc.id ?? "" } } }),
    );
    await Promise.all(removals);
    expect((await api.list("/v1/vpcs")).filter((vpc) => vpc.name?.startsWith("vpc-"))).toEqual([]);
    expect(api.stats.retries).toBeGreaterThan(0);
    expect(simulator.invalid).toEqual([]);
  });

  it("waits for a subnet by polling", async () => {
    const clock = new VirtualClock({ start: Date.now() });
    const { api } = await connect({ timeScale: 10, clock }, () => ({ clock }));
    const { vpc } = await create(api, 1);
    const [site] = await api.list("/v1/sites");
    const { subnet } = await api.post("/v1/subnets", {
      body: {
        subnet: {
          name: "s",
          cidr: "10.0.0.0/24",
          gateway_ip: "10.0.0.1",
          vpc_id: vpc?.id ?? "",
          site_id: site?.id ?? "",
        },
      },
    });
    const seen: (string | undefined)[] = [];
    const status = await createWaiter({ clock, random: () => 0.5 }).wait({
      type: "iec_vpc_subnet",
      id: subnet?.id ?? "",
      one: async (signal) =>
        (
          await api.get("/v1/subnets/{subnet_id}", {
            params: { path: { subnet_id: subnet?.id ?? "" } },
            signal,
          })
        ).subnet?.status,
      outcome: (s) => (s === "ACTIVE" ? "done" : s === "ERROR" ? "failed" : "pending"),
      timeoutMs: 60_000,
      onPoll: (s) => seen.push(s),
    });
    expect(status).toBe("ACTIVE");
    expect(seen[0]).not.toBe("ACTIVE");
  });
});
