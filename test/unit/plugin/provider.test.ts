import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { id, number, string } from "../../../schema/attributes.js";
import { minutes } from "../../../schema/definition.js";
import { methods, type Methods } from "../../../schema/generated/plugin-protocol.js";
import { UNKNOWN, type ObjectValue } from "../../../schema/unknown.js";
import { RpcError, STATUS } from "../../../provider/plugin/transport.js";
import { decodeValue, encodeValue } from "../../../provider/plugin/values.js";
import { defineResource } from "../../../provider/resources/define.js";
import { startCloud, type TestCloud } from "../../helpers/cloud.js";
import { createDriver, type Driver } from "./driver.js";

const ERROR = 1;
const WARNING = 2;
const VPC = { name: "unit", cidr: "10.1.0.0/16", mode: "CUSTOMER" };

describe("bad input is a diagnostic, never an end", () => {
  const driver = createDriver();
  const METHODS: readonly (keyof Methods)[] = [
    "ValidateProviderConfig",
    "ConfigureProvider",
    "ValidateResourceConfig",
    "UpgradeResourceState",
    "ReadResource",
    "PlanResourceChange",
    "ApplyResourceChange",
    "ImportResourceState",
    "MoveResourceState",
    "ValidateDataResourceConfig",
    "ReadDataSource",
    "ValidateEphemeralResourceConfig",
    "OpenEphemeralResource",
  ];
  // Among the calls is the one that stops all others.
  const stopped = createDriver();
  test.each(Object.keys(methods))("%s: whatever bytes arrive, it answers or refuses", async (method) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
        const outcome = await stopped
          .send(`/tfplugin6.Provider/${method}`, bytes)
          .catch((error: unknown) => error);
        expect(outcome instanceof Uint8Array || outcome instanceof RpcError).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test.each<readonly [string, string]>([
    ["cut off", "81a46e616d65"],
    ["of another type", "c3"],
    ["a list where an object is due", "91a161"],
    ["with an attribute that is not there", "81a7696e76656e74a161"],
    ["with an attribute of another type", "81a46e616d6591a161"],
  ])("a value %s", async (_, hex) => {
    const value = { msgpack: Buffer.from(hex, "hex") };
    const validated = await driver.call("ValidateResourceConfig", { typeName: "iec_vpc", config: value });
    const planned = await driver.call("PlanResourceChange", {
      typeName: "iec_vpc",
      priorState: encodeValue(driver.typeOf("iec_vpc"), null),
      proposedNewState: value,
      config: value,
    });
    for (const { diagnostics } of [validated, planned])
      expect(diagnostics).toMatchObject([
        { severity: ERROR, summary: expect.stringMatching(/cannot read/) as string },
      ]);
  });

  test.each(METHODS)("%s: bytes that are no message", async (method) => {
    const answer = await driver.send(`/tfplugin6.Provider/${method}`, Buffer.from("ffffffff", "hex"));
    expect(Buffer.from(answer).toString("utf8")).toContain("cannot read");
  });

  test.each(METHODS.slice(2))("%s: an unknown type", async (method) => {
    const request = { typeName: "iec_nothing", targetTypeName: "iec_nothing" } as never;
    const { diagnostics } = (await driver.call(method, request)) as unknown as {
      diagnostics: { summary: string }[];
    };
    expect(diagnostics[0]?.summary).toMatch(/^IEC2003: There is no .* type "iec_nothing"$/);
  });

  test.each([
    "/tfplugin6.Provider/Invented",
    "/tfplugin6.Provider/toString",
    "/tfplugin5.Provider/GetSchema",
    "",
  ])("the unknown call %s", async (method) => {
    const refusal = await driver.send(method, new Uint8Array()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RpcError);
    expect(refusal).toMatchObject({ status: STATUS.unimplemented });
  });

  test.each<readonly [string, number, unknown, string]>([
    [
      "a schema version from the future",
      99,
      VPC,
      "IEC3002: The state of iec_vpc was written by a newer version",
    ],
    ["a mistyped attribute", 0, { ...VPC, name: ["a"] }, "IEC3001: name of the state has the wrong type"],
    [
      "a whole number that would be rounded",
      0,
      '{"subnet_num": 9007199254740993}',
      "IEC2012: subnet_num cannot be held exactly",
    ],
    [
      "such a number as a text",
      0,
      { subnet_num: "9007199254740993" },
      "IEC2012: subnet_num cannot be held exactly",
    ],
    [
      "such a number in place of a text",
      0,
      '{"name": 9007199254740993}',
      "IEC2012: name cannot be held exactly",
    ],
    [
      "a number beyond all numbers",
      0,
      '{"subnet_num": 1e999}',
      "IEC3001: subnet_num of the state has the wrong type",
    ],
    ["nothing at all", 0, "", "IEC5005: Terraform sent a message that this provider cannot read"],
    ["no object", 0, "[1]", "IEC3001: The value of the state has the wrong type"],
    ["no JSON", 0, "{", "IEC5005: Terraform sent a message that this provider cannot read"],
  ])("a state with %s", async (_, version, state, summary) => {
    const { diagnostics } = await driver.upgrade("iec_vpc", version, state);
    expect(diagnostics).toMatchObject([{ severity: ERROR, summary }]);
  });

  test("a number that would be rounded is named where it lies, however deep", async () => {
    const state = '{"volume_attached": [{"size": 1}, {"size": 9007199254740993}]}';
    const { diagnostics } = await driver.upgrade("iec_server", 0, state);
    expect(diagnostics).toMatchObject([
      {
        summary: "IEC2012: volume_attached[1].size cannot be held exactly",
        attribute: {
          steps: [{ attributeName: "volume_attached" }, { elementKeyInt: 1 }, { attributeName: "size" }],
        },
      },
    ]);
  });

  test("a state with missing and extra attributes is made whole", async () => {
    const { state, diagnostics } = await driver.upgrade("iec_vpc", 0, {
      id: "v",
      name: "a",
      region: "north",
    });
    expect(diagnostics).toEqual([]);
    expect(state).toEqual({ id: "v", name: "a", cidr: null, mode: null, subnet_num: null });
  });

  test("a number that cannot be held is refused where it stands", async () => {
    const msgpack = Buffer.concat([
      Buffer.from("81aa7375626e65745f6e756d", "hex"),
      Buffer.from("cf0020000000000001", "hex"),
    ]);
    const { diagnostics } = await driver.call("ValidateResourceConfig", {
      typeName: "iec_vpc",
      config: { msgpack },
    });
    expect(diagnostics).toMatchObject([
      {
        summary: "IEC2012: subnet_num cannot be held exactly",
        attribute: { steps: [{ attributeName: "subnet_num" }] },
      },
    ]);
  });

  test("a provider that is not configured says so", async () => {
    const { diagnostics } = await driver.read("iec_vpc", { id: "v" });
    expect(diagnostics).toMatchObject([
      { summary: "IEC4001: The provider's configuration is not known yet" },
    ]);
  });

  test("a provider whose arguments are not known yet still plans", async () => {
    const unknown = createDriver();
    expect((await unknown.configure({ access_key: UNKNOWN })).diagnostics).toEqual([]);
    expect((await unknown.plan("iec_vpc", null, VPC)).diagnostics).toEqual([]);
  });

  test("arguments of the provider are checked, and a secret is not repeated", async () => {
    const { diagnostics } = await driver.configure({
      secret_key: "hidden-secret",
      endpoints: { iec: "no address" },
    });
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(JSON.stringify(diagnostics)).not.toContain("hidden-secret");
    expect(diagnostics[0]).toMatchObject({ attribute: { steps: [{ attributeName: "endpoints" }] } });
  });
});

/** A resource that takes a while, has a secret that is never stored, and a cloud that does as the test says. */
function thing(cloud: { create?: () => Promise<void>; told?: ObjectValue } = {}) {
  const calls: string[] = [];
  const definition = defineResource({
    type: "iec_thing",
    description: "A thing.",
    schemaVersion: 0,
    attributes: {
      id: id("Id."),
      name: string({ required: true, description: "Name." }),
      size: number({ optional: true, computed: true, description: "Size." }),
      secret: string({ optional: true, writeOnly: true, sensitive: true, description: "Secret." }),
      secret_version: number({ optional: true, description: "Changes when the secret does." }),
    },
    timeouts: { create: minutes(5), update: minutes(5) },
    statuses: { ready: ["ACTIVE"], failed: ["ERROR"], one: () => Promise.resolve("BUILD") },
    api: [],
    async create(plan) {
      calls.push(`create ${plan.name} with ${plan.secret ?? "nothing"}`);
      await cloud.create?.();
      return { id: "thing-1" };
    },
    read: (state) => Promise.resolve({ id: state.id, name: "thing", ...cloud.told }),
    update(_prior, plan) {
      calls.push(`update with ${plan.secret ?? "nothing"}`);
      return Promise.resolve({ name: plan.name, size: 2 });
    },
    delete: () => Promise.resolve(),
  });
  return { calls, resources: new Map([[definition.type, definition]]) };
}
const ENVIRONMENT = { HW_ACCESS_KEY: "a", HW_SECRET_KEY: "b", HW_DOMAIN_ID: "c" };
const opened = async (resources: ReturnType<typeof thing>["resources"]): Promise<Driver> => {
  const driver = createDriver({ environment: ENVIRONMENT, resources });
  expect((await driver.configure()).diagnostics).toEqual([]);
  return driver;
};

describe("creates and updates", () => {
  test("a create that is stopped while it waits is told, and not as a failure", async () => {
    const { resources } = thing();
    const driver = await opened(resources);
    const config = { name: "thing" };
    const { planned } = await driver.plan("iec_thing", null, config);
    const applying = driver.apply("iec_thing", null, planned, config);
    await driver.call("StopProvider", {});
    const { state, diagnostics } = await applying;
    expect(state).toMatchObject({ id: "thing-1", name: "thing", size: null });
    expect(diagnostics).toMatchObject([
      { severity: WARNING, summary: "IEC5004: Nobody waited until the iec_thing was ready" },
    ]);
  });

  test("a secret that is never stored reaches the calls, and neither plan nor state", async () => {
    const { resources, calls } = thing();
    const driver = await opened(resources);
    const config = { name: "thing", secret: "s3cret", secret_version: 1 };
    const { planned } = await driver.plan("iec_thing", null, config);
    expect(planned).toMatchObject({ secret: null, size: UNKNOWN, id: UNKNOWN });
    const applying = driver.apply("iec_thing", null, planned, config);
    await driver.call("StopProvider", {});
    expect((await applying).state).toMatchObject({ secret: null, secret_version: 1 });
    expect(calls).toEqual(["create thing with s3cret"]);
  });

  test("private state is handed on as it is", async () => {
    const { resources } = thing();
    const driver = await opened(resources);
    const planned = await driver.plan("iec_thing", null, { name: "thing" });
    expect(Buffer.from(planned.plannedPrivate).toString()).toBe("kept");
  });

  test("a write-only attribute needs a Terraform that knows of it", async () => {
    const driver = createDriver({ resources: thing().resources });
    const { diagnostics } = await driver.call("ValidateResourceConfig", {
      typeName: "iec_thing",
      config: encodeValue(driver.typeOf("iec_thing"), { name: "a", secret: "s" }),
    });
    expect(diagnostics).toMatchObject([{ summary: "IEC2009: secret needs a newer Terraform" }]);
  });

  test("a create that fails leaves nothing, and what is gone is told as gone", async () => {
    const { resources } = thing({ create: () => Promise.reject(new TypeError("a bug")) });
    const driver = await opened(resources);
    const { planned } = await driver.plan("iec_thing", null, { name: "thing" });
    const { state, diagnostics } = await driver.apply("iec_thing", null, planned, { name: "thing" });
    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([{ summary: "IEC5005: A bug in iec-cdk stopped this" }]);
  });
});

describe("against a cloud", () => {
  let cloud: TestCloud;
  let driver: Driver;
  beforeAll(async () => {
    cloud = await startCloud();
    driver = createDriver({ environment: cloud.env });
    await driver.configure();
  });
  afterAll(() => cloud.close());

  test("a state that lacks what Terraform planned as known is none of ours", async () => {
    const { planned } = await driver.plan("iec_vpc", null, VPC);
    const { state } = await driver.apply("iec_vpc", null, planned, VPC);
    expect(state).toMatchObject(VPC);
    expect(await driver.read("iec_vpc", state)).toMatchObject({ state });
    const destroyed = await driver.plan("iec_vpc", state, null);
    expect(destroyed.planned).toBeNull();
    expect((await driver.apply("iec_vpc", state, null, null)).state).toBeNull();
    expect((await driver.read("iec_vpc", state)).state).toBeNull();
  });

  test("an unknown import id is told, and one that exists is read", async () => {
    const { diagnostics } = await driver.call("ImportResourceState", { typeName: "iec_vpc", id: "nothing" });
    expect(diagnostics).toMatchObject([{ severity: ERROR }]);
  });

  const PUBLIC = [
    "eip",
    "keypair",
    "network_acl",
    "network_acl_rule",
    "security_group",
    "security_group_rule",
    "server",
    "vip",
    "vpc",
    "vpc_subnet",
  ] as const;
  test.each(PUBLIC)("huaweicloud_iec_%s of the public provider is taken over", async (name) => {
    // Members that only one of the two has, or that have another type there, do not stand in the way.
    const public_state = { id: "some-id", name: "a", region: "north", nics: "none", timeouts: null };
    const answer = await driver.call("MoveResourceState", {
      sourceProviderAddress: "registry.terraform.io/huaweicloud/huaweicloud",
      sourceTypeName: `huaweicloud_iec_${name}`,
      targetTypeName: `iec_${name}`,
      sourceState: { json: Buffer.from(JSON.stringify(public_state)) },
      sourcePrivate: Buffer.from("theirs"),
    });
    expect(answer.diagnostics).toEqual([]);
    expect(decodeValue(driver.typeOf(`iec_${name}`), answer.targetState)).toMatchObject({ id: "some-id" });
  });

  test.each<readonly [string, string, string, string]>([
    ["another provider", "registry.terraform.io/other/other", "huaweicloud_iec_vpc", "iec_vpc"],
    ["another type", "registry.terraform.io/huaweicloud/huaweicloud", "huaweicloud_iec_eip", "iec_vpc"],
    ["the central cloud", "registry.terraform.io/huaweicloud/huaweicloud", "huaweicloud_vpc", "iec_vpc"],
  ])("nothing is taken over from %s", async (_, sourceProviderAddress, sourceTypeName, targetTypeName) => {
    const { diagnostics } = await driver.call("MoveResourceState", {
      sourceProviderAddress,
      sourceTypeName,
      targetTypeName,
      sourceState: { json: Buffer.from(JSON.stringify({ id: "x" })) },
    });
    expect(diagnostics).toMatchObject([
      { summary: `IEC2009: ${sourceTypeName} cannot become ${targetTypeName}` },
    ]);
  });
});
