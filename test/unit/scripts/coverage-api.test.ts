import { describe, expect, test } from "vitest";
import openapi from "../../../schema/api/openapi.json" with { type: "json" };
import { coverage, operationsOf } from "../../../scripts/coverage-api.js";

const document = {
  paths: {
    "/v1/vpcs": { get: { operationId: "ListVpcs" }, post: { operationId: "CreateVpc" } },
    "/v1/action": {
      post: {
        operationId: "Action",
        "x-operations": [{ operationId: "Start" }, { operationId: "Stop" }],
      },
    },
  },
};
const operations = operationsOf(document);
const ALL = ["GET /v1/vpcs", "POST /v1/vpcs", "POST /v1/action", "POST /v1/action"];
const IDS = ["ListVpcs", "CreateVpc", "Start", "Stop"];

test("operations that share a path count each", () => {
  expect(operations.map(({ name }) => name)).toEqual(ALL);
  expect(operations.map(({ id }) => id)).toEqual(IDS);
});

test("the API has 90 operations", () => {
  expect(new Set(operationsOf(openapi).map(({ id }) => id)).size).toBe(90);
});

describe("what is to be put right", () => {
  const rows: [
    name: string,
    used: string[],
    simulated: string[],
    exempt: Record<string, string>,
    string[],
  ][] = [
    ["nothing", ALL, IDS, {}, []],
    ["an operation that nothing uses", ALL.slice(1), IDS, {}, ["not used: ListVpcs (GET /v1/vpcs)"]],
    ["not when it is exempt", ALL.slice(1), IDS, { ListVpcs: "why" }, []],
    ["an exemption without need", ALL, IDS, { ListVpcs: "why" }, ["exempt for nothing: ListVpcs"]],
    ["an exemption of nothing", ALL, IDS, { Fly: "why" }, ["exempt for nothing: Fly"]],
    ["one of a shared path is exempt", ALL, IDS, { Stop: "why" }, []],
    [
      "a shared path that nothing uses",
      ALL.slice(0, 2),
      IDS,
      { Stop: "why" },
      ["not used: Start (POST /v1/action)"],
    ],
    ["one not simulated", ALL, IDS.slice(0, 3), {}, ["not simulated: Stop (POST /v1/action)"]],
    ["one that does not exist", [...ALL, "PUT /v1/vpcs"], IDS, {}, ["not in the API: PUT /v1/vpcs"]],
  ];
  test.each(rows)("%s", (_name, used, simulated, exempt, problems) => {
    const result = coverage(operations, new Set(used), new Set(simulated), exempt);
    expect(result.problems).toEqual(problems);
    expect(result.total).toBe(4);
  });

  test("numbers and reasons", () => {
    expect(
      coverage(operations, new Set(ALL.slice(1)), new Set(IDS.slice(1)), { ListVpcs: "why" }),
    ).toMatchObject({
      used: 3,
      simulated: 3,
      exempt: ["ListVpcs (GET /v1/vpcs): why"],
    });
  });
});
