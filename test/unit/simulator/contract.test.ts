import { describe, expect, test } from "vitest";
import iec from "../../../schema/api/openapi.json" with { type: "json" };
import iam from "../../../schema/api/openapi-iam.json" with { type: "json" };
import { simulatedOperations } from "../../../provider/simulator/index.js";
import { Contract, operations } from "../../../provider/simulator/contract.js";
import { Journal } from "../../../provider/simulator/journal.js";
import { addVpc, createWorld, verdict } from "./harness.js";

const find = (id: string) => operations.find((operation) => operation.id === id)!;

describe("the documents", () => {
  test("88 operations of IEC, five of IAM, each id once", () => {
    expect(operations.filter((operation) => operation.service === "iec")).toHaveLength(88);
    expect(operations.filter((operation) => operation.service === "iam")).toHaveLength(5);
    expect(new Set(operations.map((operation) => operation.id)).size).toBe(93);
  });

  test("start, stop and reboot are official operations of their own", () => {
    const served = simulatedOperations();
    expect(served).toContain("BatchStopInstance");
    expect(served).not.toContain("BatchInstanceAction");
    expect(served).not.toContain("KeystoneListProjects");
    expect(new Set(served).size).toBe(served.length);
  });

  test.each(operations.map((operation) => [operation.id, operation] as const))(
    "%s compiles",
    (_id, operation) => {
      const contract = new Contract();
      contract.parameters(operation, "path", {});
      contract.parameters(operation, "query", {});
      contract.requestBody(operation, {});
      for (const status of Object.keys(operation.described.responses))
        contract.answer(operation, Number(status), {});
    },
  );

  test("every example value is right by the schema it stands in", () => {
    const examples: unknown[] = [];
    const visit = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      const { type, examples: here } = node as { type?: unknown; examples?: unknown[] };
      if (Array.isArray(here)) examples.push(...here.filter((value) => typeof value !== type));
      Object.values(node).forEach(visit);
    };
    visit([iec, iam]);
    expect(examples).toEqual([]);
    expect(JSON.stringify([iec, iam])).toContain('"examples":["IEC.000022"]');
  });
});

describe("checks", () => {
  const contract = new Contract();
  const vpc = { name: "n", cidr: "10.0.0.0/16", mode: "CUSTOMER" };
  const requests: [name: string, id: string, body: unknown, text: string | undefined][] = [
    ["right", "CreateVpc", { vpc }, undefined],
    ["required field missing", "CreateVpc", { vpc: { ...vpc, mode: undefined } }, "mode"],
    ["wrong type", "CreateVpc", { vpc: { ...vpc, name: 1 } }, "/vpc/name must be string"],
    ["unknown name", "CreateVpc", { vpc: { ...vpc, region: "x" } }, "region"],
    ["address format", "UpdateSubnet", { subnet: { primary_dns: "8.8.8" } }, 'format "ipv4"'],
    [
      "one of three bodies",
      "BatchInstanceAction",
      { "os-stop": { servers: [{ id: crypto.randomUUID() }] } },
      undefined,
    ],
    [
      "two of three bodies",
      "BatchInstanceAction",
      { "os-stop": { servers: [] }, "os-start": { servers: [] } },
      "(os-stop)",
    ],
  ];
  test.each(requests)("request: %s", (_name, id, body, text) => {
    const found = contract.requestBody(find(id), JSON.parse(JSON.stringify(body)))?.text;
    if (text === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(text);
  });

  const answers: [name: string, id: string, status: number, body: unknown, text: string | undefined][] = [
    ["right", "ListVpcs", 200, { vpcs: [], count: 0 }, undefined],
    ["wrong type", "ListVpcs", 200, { vpcs: [], count: "0" }, "/count must be integer"],
    ["unknown name", "ListVpcs", 200, { vpcs: [], total: 0 }, "total"],
    ["unknown status", "ListVpcs", 404, {}, "status 404 is not in the contract"],
    ["error body", "ShowVpc", 404, { error_code: "IEC.000022", error_msg: "no" }, undefined],
    ["error without code", "ShowVpc", 404, {}, "must match"],
    ["body where none is due", "DeleteVpc", 204, {}, "has a body"],
    ["bare array", "ListKeypairs", 200, [{ name: "k" }], undefined],
  ];
  test.each(answers)("answer: %s", (_name, id, status, body, text) => {
    const found = contract.answer(find(id), status, body)?.text;
    if (text === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(text);
  });
});

describe("violations", () => {
  test("a name the contract does not know is noted, and overlooked like the cloud does", async () => {
    const world = createWorld();
    const vpc = { name: "n", cidr: "10.0.0.0/16", mode: "CUSTOMER", region: "x" };
    expect((await world.call("POST", "/v1/vpcs", { vpc })).status).toBe(200);
    expect(world.app.invalid).toEqual([
      { operation: "CreateVpc", side: "request", text: "/vpc must NOT have additional properties (region)" },
    ]);
  });

  test.each([
    ["not JSON", "{", "400 IEC.000010"],
    ["no object", "[]", "400 IEC.000007"],
    ["empty", "", "400 IEC.000010"],
  ])("a body that is %s is refused", async (_name, body, expected) => {
    expect(verdict(await createWorld().call("POST", "/v1/vpcs", body))).toBe(expected);
  });

  test("an answer that breaks the contract becomes a 500 that says so", async () => {
    const world = createWorld();
    const id = await addVpc(world);
    world.app.mutate("vpcs", id, { mode: "SELFMADE" });
    const reply = await world.call("GET", `/v1/vpcs/${id}`);
    expect([verdict(reply), reply.body["error_msg"]]).toEqual([
      "500 IEC.000001",
      expect.stringContaining("/vpc/mode"),
    ]);
    expect(world.app.invalid).toMatchObject([{ operation: "ShowVpc", side: "answer" }]);
  });

  test("with validation off neither side is checked", async () => {
    const world = createWorld({ validate: false });
    const id = await addVpc(world, "any name goes");
    world.app.mutate("vpcs", id, { mode: "SELFMADE" });
    expect((await world.call("GET", `/v1/vpcs/${id}`)).body["vpc"]).toMatchObject({ mode: "SELFMADE" });
    expect(world.app.invalid).toEqual([]);
  });
});

test("the journal keeps the latest calls and counts all", () => {
  const journal = new Journal(2);
  for (let at = 0; at < 9; at += 1) journal.record({ operationId: at % 2 ? "a" : "b", status: 200, at });
  expect(journal.calls.length).toBeLessThan(4);
  expect(journal.calls.at(-1)).toEqual({ operationId: "b", status: 200, at: 8 });
  expect(journal.stats()).toEqual({ calls: { a: 4, b: 5 }, total: 9, invalid: [] });
  journal.reset();
  expect(journal.stats()).toEqual({ calls: {}, total: 0, invalid: [] });
});
