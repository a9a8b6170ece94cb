import { describe, expect, it } from "vitest";
import { AmbiguousCreateError, ApiError, type Api } from "../../../provider/client/index.js";
import { broken, failed, harness, ok, outcomeOf, type Step } from "./harness.js";

const VPC = { params: { path: { vpc_id: "v" } } };
const calls = {
  read: (api: Api) => api.get("/v1/vpcs/{vpc_id}", VPC),
  create: (api: Api) =>
    api.post("/v1/vpcs", { body: { vpc: { name: "a", cidr: "10.0.0.0/8", mode: "SYSTEM" } } }),
  change: (api: Api) => api.put("/v1/vpcs/{vpc_id}", { ...VPC, body: { vpc: { name: "b" } } }),
  remove: (api: Api) => api.delete("/v1/vpcs/{vpc_id}", VPC),
  removeServers: (api: Api) => api.post("/v1/cloudservers/delete", { body: { servers: [{ id: "s" }] } }),
};

interface Row {
  name: string;
  call: keyof typeof calls;
  steps: Step[];
  /** `ok`, `ambiguous`, or the code of the diagnostic. */
  result: string;
  requests: number;
  /** How long the client waits in all, with the longest jitter. */
  waits?: number;
}

const TABLE: Row[] = [
  { name: "an answer", call: "read", steps: [ok()], result: "ok", requests: 1, waits: 0 },
  { name: "not found", call: "read", steps: [failed(404, "IEC.000022")], result: "IEC4003", requests: 1 },
  {
    name: "a bad request",
    call: "create",
    steps: [failed(400, "IEC.000007")],
    result: "IEC4003",
    requests: 1,
  },
  { name: "wrong keys", call: "read", steps: [failed(401, "APIGW.0301")], result: "IEC4001", requests: 1 },
  { name: "no permission", call: "read", steps: [failed(403, "IEC.000005")], result: "IEC4003", requests: 1 },
  {
    name: "5xx, then an answer",
    call: "read",
    steps: [failed(500), failed(503), ok()],
    result: "ok",
    requests: 3,
    waits: 600,
  },
  { name: "5xx for ever", call: "read", steps: [failed(500)], result: "IEC4003", requests: 6, waits: 6200 },
  { name: "5xx on a change", call: "change", steps: [failed(502), ok()], result: "ok", requests: 2 },
  {
    name: "5xx on a create",
    call: "create",
    steps: [failed(500, "IEC.000001")],
    result: "ambiguous",
    requests: 1,
  },
  {
    name: "throttled",
    call: "read",
    steps: [failed(429, "APIGW.0308"), ok()],
    result: "ok",
    requests: 2,
    waits: 200,
  },
  {
    name: "a create throttled",
    call: "create",
    steps: [failed(429), failed(429), ok()],
    result: "ok",
    requests: 3,
  },
  {
    name: "Retry-After in seconds",
    call: "read",
    steps: [failed(429, undefined, { "retry-after": "7" }), ok()],
    result: "ok",
    requests: 2,
    waits: 7200,
  },
  {
    name: "Retry-After as a date",
    call: "read",
    steps: [failed(503, undefined, { "retry-after": "Wed, 01 Jan 2025 00:00:05 GMT" }), ok()],
    result: "ok",
    requests: 2,
    waits: 5200,
  },
  {
    name: "Retry-After beyond all patience",
    call: "read",
    steps: [failed(429, undefined, { "retry-after": "3600" })],
    result: "IEC4003",
    requests: 1,
    waits: 0,
  },
  {
    name: "a broken connection",
    call: "read",
    steps: [broken("ECONNRESET"), ok()],
    result: "ok",
    requests: 2,
  },
  {
    name: "a create on a broken connection",
    call: "create",
    steps: [broken("ECONNRESET")],
    result: "ambiguous",
    requests: 1,
  },
  {
    name: "a create that was not sent",
    call: "create",
    steps: [broken("ECONNREFUSED"), ok()],
    result: "ok",
    requests: 2,
  },
  {
    name: "nobody listens",
    call: "create",
    steps: [broken("ECONNREFUSED")],
    result: "IEC4002",
    requests: 3,
    waits: 600,
  },
  {
    name: "unknown host",
    call: "read",
    steps: [broken("ENOTFOUND")],
    result: "IEC4002",
    requests: 3,
    waits: 600,
  },
  {
    name: "connections that break for ever",
    call: "read",
    steps: [broken("ECONNRESET")],
    result: "IEC4002",
    requests: 6,
  },
  { name: "no answer", call: "read", steps: ["silence"], result: "IEC4004", requests: 2, waits: 120_200 },
  {
    name: "no answer to a create",
    call: "create",
    steps: ["silence"],
    result: "ambiguous",
    requests: 1,
    waits: 60_000,
  },
  { name: "an answer that is not JSON", call: "read", steps: [ok("<html>")], result: "IEC4005", requests: 1 },
  {
    name: "a create with an answer that is not JSON",
    call: "create",
    steps: [ok("<html>")],
    result: "ambiguous",
    requests: 1,
  },
  { name: "a delete", call: "remove", steps: [{ status: 204 }], result: "ok", requests: 1 },
  { name: "a delete of nothing", call: "remove", steps: [failed(404)], result: "IEC4003", requests: 1 },
  {
    name: "a delete that was done but broke",
    call: "remove",
    steps: [broken("ECONNRESET"), failed(404)],
    result: "ok",
    requests: 2,
  },
  {
    name: "a delete that was done but failed",
    call: "remove",
    steps: [failed(500), failed(404)],
    result: "ok",
    requests: 2,
  },
  {
    name: "a delete throttled, then of nothing",
    call: "remove",
    steps: [failed(429), failed(404)],
    result: "IEC4003",
    requests: 2,
  },
  {
    name: "in use, said with 500",
    call: "remove",
    steps: [failed(500, "IEC.020913")],
    result: "IEC4003",
    requests: 1,
  },
  {
    name: "servers removed by POST",
    call: "removeServers",
    steps: [broken("ECONNRESET"), { status: 202, body: {} }],
    result: "ok",
    requests: 2,
  },
];

describe("a call", () => {
  it.each(TABLE)("$name ($call)", async ({ call, steps, result, requests, waits }) => {
    const { api, seen, elapsed, events } = harness(steps);
    const outcome = await outcomeOf<unknown>(calls[call](api));
    const got =
      outcome instanceof AmbiguousCreateError
        ? "ambiguous"
        : outcome instanceof ApiError
          ? outcome.diagnostic().code
          : outcome instanceof Error
            ? outcome.message
            : "ok";
    expect(got).toBe(result);
    expect(seen).toHaveLength(requests);
    if (waits !== undefined) expect(elapsed()).toBe(waits);
    expect(api.stats).toMatchObject({ calls: requests, retries: requests - 1 });
    expect(events.map((event) => event.attempt)).toEqual(seen.map((_, i) => i + 1));
  });

  it.each([0, 2, undefined])("is repeated as often as is wanted: %s", async (maxRetries) => {
    const { api, seen } = harness([failed(500)], maxRetries === undefined ? {} : { maxRetries });
    await outcomeOf(calls.read(api));
    expect(seen).toHaveLength(1 + (maxRetries ?? 5));
  });

  it("sends what the contract asks for", async () => {
    const { api, seen } = harness([ok({ keypair: {} })]);
    await api.get("/v1/os-keypairs/{keypair_name}", { params: { path: { keypair_name: "密 钥/1" } } });
    await api.get("/v1/ports", {
      params: { query: { fixed_ips: ["subnet_id=a", "ip_address=b"], limit: 2 } },
    });
    await calls.create(api);
    expect(seen.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`)).toEqual([
      "GET /v1/os-keypairs/密 钥/1",
      "GET /v1/ports?fixed_ips=subnet_id=a&fixed_ips=ip_address=b&limit=2",
      "POST /v1/vpcs",
    ]);
    expect(seen[0]!.path).toContain("%2F");
    expect(seen[2]).toMatchObject({
      body: { vpc: { name: "a", cidr: "10.0.0.0/8", mode: "SYSTEM" } },
      headers: { "content-type": "application/json", "x-domain-id": "domain", "user-agent": "iec-cdk" },
    });
  });

  it("keeps code, status and request id, and no secret", async () => {
    const { api } = harness([failed(409, "IEC.020309", { "x-request-id": "r-1" })]);
    const error = (await outcomeOf(calls.remove(api))) as ApiError;
    expect(error).toMatchObject({
      status: 409,
      code: "IEC.020309",
      requestId: "r-1",
      isInUse: true,
      isNotFound: false,
    });
    expect(error.diagnostic().detail).toBe(
      "DELETE /v1/vpcs/{vpc_id} failed: IEC.020309: said the cloud. Request id: r-1.",
    );
    expect(JSON.stringify(error)).not.toContain("very-secret");
  });

  it.each([
    ["flat", { error_code: "IEC.1", error_msg: "m" }],
    ["gateway", { error_code: "IEC.1", error_msg: "m", request_id: "r" }],
    ["code and message", { code: "IEC.1", message: "m" }],
    ["nested", { error: { code: "IEC.1", message: "m", title: "t" } }],
  ])("reads an error body: %s", async (_, body) => {
    const { api } = harness([{ status: 400, body }]);
    expect(await outcomeOf(calls.read(api))).toMatchObject({
      code: "IEC.1",
      message: expect.stringContaining("m") as string,
    });
  });

  it.each([
    ["an unknown API is not a missing object", 404, "APIGW.0101", "isNotFound", false],
    ["missing by code", 400, "IEC.000022", "isNotFound", true],
    ["in use by code", 400, "IEC.020008", "isInUse", true],
    ["in use by status", 409, undefined, "isInUse", true],
    ["throttled by code", 403, "APIGW.0308", "isThrottled", true],
    ["unauthorized by status", 401, undefined, "isUnauthorized", true],
  ] as const)("classifies: %s", (_, status, code, property, expected) => {
    const error = new ApiError({ kind: "answer", operation: "GET /", endpoint: "https://h", status, code });
    expect(error[property]).toBe(expected);
  });
});

describe("cancelling", () => {
  it("ends a call that is under way, with the reason", async () => {
    const { api, seen } = harness(["silence"]);
    const stop = new AbortController();
    const work = outcomeOf(calls.read(api.withSignal(stop.signal)));
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error("enough"));
    expect(await work).toMatchObject({ message: "enough" });
  });

  it("ends the wait before a repetition", async () => {
    const stop = new AbortController();
    const { api, seen, elapsed } = harness([failed(500)], { onCall: () => stop.abort(new Error("enough")) });
    expect(await outcomeOf(calls.create(api.withSignal(stop.signal)))).toBeInstanceOf(AmbiguousCreateError);
    expect(await outcomeOf(calls.read(api.withSignal(stop.signal)))).toMatchObject({ message: "enough" });
    expect([seen.length, elapsed()]).toEqual([1, 0]);
  });

  it("calls a create that was cut off ambiguous, and one not yet sent cancelled", async () => {
    const { api, seen } = harness(["silence"], { concurrency: 1 });
    const stop = new AbortController();
    const bound = api.withSignal(stop.signal);
    const work = Promise.all([outcomeOf(calls.create(bound)), outcomeOf(calls.create(bound))]);
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error("enough"));
    const [first, second] = await work;
    expect(first).toBeInstanceOf(AmbiguousCreateError);
    expect(second).toMatchObject({ message: "enough" });
    expect(seen).toHaveLength(1);
  });
});

describe("concurrency", () => {
  it("keeps to the limit, and a waiting repetition holds no slot", async () => {
    let inFlight = 0;
    let peak = 0;
    const h = harness([ok()], {
      concurrency: 2,
      fetch: async (input) => {
        peak = Math.max(peak, ++inFlight);
        await h.clock.sleep(50);
        inFlight--;
        const slow = (input as string).endsWith("slow") && h.seen.push({} as never) === 1;
        return new Response("{}", { status: slow ? 429 : 200, headers: { "retry-after": "10" } });
      },
    });
    const read = (id: string) => h.api.get("/v1/vpcs/{vpc_id}", { params: { path: { vpc_id: id } } });
    const slow = read("slow");
    await Promise.all(Array.from({ length: 20 }, (_, i) => read(String(i))));
    // 21 requests of 50 ms, two at a time, while the throttled one waits outside.
    expect(h.elapsed()).toBe(550);
    await slow;
    expect(peak).toBe(2);
    expect(h.elapsed()).toBe(10_000 + 50 + 200 + 50);
  });
});
