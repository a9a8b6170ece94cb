import { createHash, createHmac } from "node:crypto";
import { AKSKSigner } from "@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js";
import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js";
import { describe, expect, test } from "vitest";
import { createWorld, type Json, type Reply, verdict, type World } from "./harness.js";

const secure = (): World => createWorld({ checkSignatures: true });

interface Signed {
  method?: string;
  path?: string;
  query?: string;
  body?: string;
  headers?: Record<string, string>;
  /** Headers put on after signing; a null takes the header off. */
  late?: Record<string, string | null>;
  date?: string;
  keys?: { accessKey: string; secretKey: string; securityToken?: string };
  unsigned?: string[];
  sentQuery?: string;
  sentBody?: string;
}

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Signs step by step as BEHAVIOUR.md section 1.1 says; query and path are given in canonical form. */
async function send(world: World, signed: Signed): Promise<Reply> {
  const { app } = world;
  const {
    method = "GET",
    path = "/v1/vpcs",
    query = "",
    body = "",
    date = "20250101T000000Z",
    unsigned = [],
  } = signed;
  const keys = signed.keys ?? app;
  const headers: Record<string, string> = {
    "x-sdk-date": date,
    "x-domain-id": app.domainId,
    ...("securityToken" in keys && keys.securityToken ? { "x-security-token": keys.securityToken } : {}),
    ...signed.headers,
  };
  const names = Object.keys(headers)
    .filter((name) => !unsigned.includes(name))
    .sort();
  const lines = names.map((name) => `${name}:${headers[name] ?? ""}\n`).join("");
  const canonical = [method, `${path}/`, query, lines, names.join(";"), sha(body)].join("\n");
  const toSign = ["SDK-HMAC-SHA256", date, sha(canonical)].join("\n");
  const signature = createHmac("sha256", keys.secretKey).update(toSign).digest("hex");
  const all = new Headers({
    ...headers,
    "content-type": "application/json",
    authorization: `SDK-HMAC-SHA256 Access=${keys.accessKey}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  });
  for (const [name, value] of Object.entries(signed.late ?? {})) {
    if (value === null) all.delete(name);
    else all.set(name, value);
  }
  const sent = signed.sentBody ?? body;
  const url = `http://sim${path}${(signed.sentQuery ?? query) ? "?" : ""}${signed.sentQuery ?? query}`;
  const response = await app.fetch(
    new Request(url, { method, headers: all, ...(sent ? { body: sent } : {}) }),
  );
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : {}) as Json };
}

describe("signature", () => {
  const bad = "401 APIGW.0301";
  const vpc = JSON.stringify({ vpc: { name: "网络", cidr: "10.0.0.0/16", mode: "CUSTOMER" } });
  const rows: [name: string, signed: Signed, verdict: string][] = [
    ["GET", {}, "200"],
    ["POST with a body", { method: "POST", body: vpc }, "200"],
    ["body changed on the way", { method: "POST", body: vpc, sentBody: vpc.replace("16", "17") }, bad],
    ["query in another order", { query: "limit=2&name=a%20b", sentQuery: "name=a+b&limit=2" }, "200"],
    ["query changed on the way", { query: "limit=2", sentQuery: "limit=3" }, bad],
    ["path with Chinese letters", { path: "/v1/os-keypairs/%E9%92%A5" }, "404 IEC.000022"],
    ["further signed header", { headers: { "x-note": "  padded  " } }, bad],
    ["further header trimmed", { headers: { "x-note": "plain" } }, "200"],
    ["signed header missing", { headers: { "x-note": "plain" }, late: { "x-note": null } }, bad],
    ["date not signed", { unsigned: ["x-sdk-date"] }, bad],
    ["domain id not signed", { unsigned: ["x-domain-id"] }, "200"],
    ["14 minutes early", { date: "20241231T234600Z" }, "200"],
    ["16 minutes late", { date: "20250101T001600Z" }, bad],
    ["date in another form", { date: "2025-01-01T00:00:00Z" }, bad],
    ["unknown key", { keys: { accessKey: "OTHER", secretKey: "x" } }, bad],
    ["wrong secret", { keys: { accessKey: "SIMULATORACCESSKEY01", secretKey: "x" } }, bad],
    ["other algorithm", { late: { authorization: "AWS4-HMAC-SHA256 x" } }, bad],
    ["no credentials at all", { late: { authorization: null } }, "401 IEC.000002"],
    ["no domain id", { late: { "x-domain-id": null }, unsigned: ["x-domain-id"] }, bad],
    ["wrong domain id", { headers: { "x-domain-id": "0".repeat(32) } }, "403 APIGW.0302"],
    [
      "IAM without a domain id",
      { path: "/v3/auth/domains", late: { "x-domain-id": null }, unsigned: ["x-domain-id"] },
      "200",
    ],
    [
      "unknown API before any login",
      { path: "/v1/nothing", late: { authorization: null } },
      "404 APIGW.0101",
    ],
    ["unknown method", { method: "PATCH", late: { authorization: null } }, "404 APIGW.0101"],
  ];
  test.each(rows)("%s", async (_name, signed, expected) => {
    expect(verdict(await send(secure(), signed))).toBe(expected);
  });

  const temporary: [name: string, signed: Signed, verdict: string][] = [
    ["token signed along", {}, "200"],
    ["token not signed", { unsigned: ["x-security-token"] }, bad],
    ["wrong token", { headers: { "x-security-token": "stolen" } }, bad],
  ];
  test.each(temporary)("temporary keys: %s", async (_name, signed, expected) => {
    const world = secure();
    expect(verdict(await send(world, { keys: world.app.temporary, ...signed }))).toBe(expected);
  });

  test("errors of the gateway carry the request id, in the body too", async () => {
    const reply = await send(secure(), { path: "/v1/nothing" });
    expect(reply.body["request_id"]).toBe(reply.headers.get("x-request-id"));
  });

  test("the published signer's signature is accepted", async () => {
    const { app } = createWorld({
      checkSignatures: true,
      clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    });
    const credential = new BasicCredentials().withAk(app.accessKey).withSk(app.secretKey);
    const data = { vpc: { name: "signed", cidr: "10.0.0.0/16", mode: "CUSTOMER" } };
    const endpoint = "http://sim/v1/vpcs";
    const headers = { "content-type": "application/json", "X-Domain-Id": app.domainId };
    const request = { endpoint, method: "POST", headers, data, queryParams: {} };
    const signed = AKSKSigner.sign(request, credential);
    const reply = await app.fetch(
      new Request(endpoint, { method: "POST", headers: signed, body: JSON.stringify(data) }),
    );
    expect([reply.status, await reply.text()]).toEqual([200, expect.stringContaining("signed")]);
  });
});

describe("password login", () => {
  const login = (
    change: Record<string, string> = {},
    scope: object = { domain: { name: "simulator" } },
  ): object => {
    const { name = "simulator", password = "simulator", domain = "simulator" } = change;
    const identity = {
      methods: ["password"],
      password: { user: { name, password, domain: { name: domain } } },
    };
    return { auth: { identity, scope } };
  };
  const rows: [name: string, body: object, status: number][] = [
    ["right", login(), 201],
    ["wrong password", login({ password: "x" }), 401],
    ["wrong user", login({ name: "x" }), 401],
    ["wrong account", login({ domain: "x" }), 401],
    ["scope of another account", login({}, { domain: { name: "x" } }), 403],
    ["scope of the project", login({}, { project: { name: "cn-north-4" } }), 201],
    ["two scopes", login({}, { project: {}, domain: {} }), 400],
    ["no scope", { auth: { identity: {} } }, 400],
  ];
  test.each(rows)("%s: %i", async (_name, body, status) => {
    const reply = await secure().call("POST", "/v3/auth/tokens", body);
    expect(reply.status).toBe(status);
    expect(reply.headers.has("x-subject-token")).toBe(status === 201);
  });

  const withToken = async (world: World, token: string): Promise<number> =>
    (await world.app.fetch(new Request("http://sim/v1/vpcs", { headers: { "x-auth-token": token } }))).status;

  test("a token lives 24 hours", async () => {
    const world = secure();
    const reply = await world.call("POST", "/v3/auth/tokens", login());
    expect(reply.body["token"]).toMatchObject({
      issued_at: "2025-01-01T00:00:00Z",
      expires_at: "2025-01-02T00:00:00Z",
      domain: { id: world.app.domainId },
    });
    const token = reply.headers.get("x-subject-token") ?? "";
    world.pass(24 * 3600 * 1000 - 1);
    expect(await withToken(world, token)).toBe(200);
    world.pass(1);
    expect(await withToken(world, token)).toBe(401);
  });

  test("an invented token is refused; one with project scope may not enter", async () => {
    const world = secure();
    const project = await world.call(
      "POST",
      "/v3/auth/tokens",
      login({}, { project: { name: "cn-north-4" } }),
    );
    expect(await withToken(world, "0".repeat(64))).toBe(401);
    expect(await withToken(world, project.headers.get("x-subject-token") ?? "")).toBe(403);
  });
});

describe("IAM reads", () => {
  test("the account of the caller", async () => {
    const world = createWorld();
    expect((await world.call("GET", "/v3/auth/domains")).body["domains"]).toMatchObject([
      { id: world.app.domainId, name: "simulator", enabled: true },
    ]);
  });
  test.each([
    ["", 1],
    ["?name=cn-north-4", 1],
    ["?name=eu-west-0", 0],
    ["?enabled=true", 1],
    ["?is_domain=true", 0],
  ])("projects%s: %i", async (query, count) => {
    expect((await createWorld().call("GET", `/v3/projects${query}`)).body["projects"]).toHaveLength(count);
  });
});

describe("temporary keys", () => {
  const path = "/v3.0/OS-CREDENTIAL/securitytokens";
  const assume = (role: object) => ({ auth: { identity: { methods: ["assume_role"], assume_role: role } } });
  const right = { agency_name: "simulator-agency", domain_name: "simulator" };
  const byToken = (token: object) => ({ auth: { identity: { methods: ["token"], token } } });
  const lent = ({ body }: Reply) => {
    const { access, secret, securitytoken } = body["credential"] as unknown as Record<string, string>;
    return { accessKey: access!, secretKey: secret!, securityToken: securitytoken! };
  };
  const post = (world: World, body: object) =>
    send(world, { method: "POST", path, body: JSON.stringify(body) });
  const federate = (world: World, id: string, idp = "simulator-idp") =>
    world.app
      .fetch(
        new Request("http://sim/v3.0/OS-AUTH/id-token/tokens", {
          method: "POST",
          headers: { "content-type": "application/json", "x-idp-id": idp },
          body: JSON.stringify({ auth: { id_token: { id } } }),
        }),
      )
      .then(({ status, headers }) => ({ status, token: headers.get("x-subject-token") ?? "" }));

  const rows: [name: string, role: object, status: number][] = [
    ["right", right, 201],
    ["by the account's id", { agency_name: "simulator-agency", domain_id: createWorld().app.domainId }, 201],
    ["unknown agency", { ...right, agency_name: "x" }, 403],
    ["another account", { ...right, domain_name: "x" }, 403],
    ["no account", { agency_name: "simulator-agency" }, 400],
    ["life of a minute", { ...right, duration_seconds: 60 }, 400],
  ];
  test.each(rows)("by agency, %s: %i", async (_name, role, status) => {
    expect((await post(secure(), assume(role))).status).toBe(status);
  });

  test("by agency, without credentials: 401", async () => {
    expect((await secure().call("POST", path, assume(right))).status).toBe(401);
  });

  test("live as long as was asked", async () => {
    const world = secure();
    const keys = lent(await post(world, assume({ ...right, duration_seconds: 1200 })));
    const use = (date: string) => send(world, { keys, date });
    expect(verdict(await use("20250101T000000Z"))).toBe("200");
    world.pass(1200 * 1000 - 1);
    expect(verdict(await use("20250101T001959Z"))).toBe("200");
    world.pass(1);
    expect(verdict(await use("20250101T002000Z"))).toBe("401 APIGW.0301");
  });

  test("by identity token: unscoped token, then keys", async () => {
    const world = secure();
    const { status, token } = await federate(world, "simulator-id-token");
    expect(status).toBe(201);
    const direct = new Request("http://sim/v1/vpcs", { headers: { "x-auth-token": token } });
    expect((await world.app.fetch(direct)).status).toBe(403);
    const reply = await world.call("POST", path, byToken({ id: token }));
    expect(reply.body["credential"]).toMatchObject({ expires_at: "2025-01-01T00:15:00Z" });
    expect(verdict(await send(world, { keys: lent(reply) }))).toBe("200");
    expect(world.app.invalid).toEqual([]);
  });

  test.each([
    ["unknown token", "x", "simulator-idp"],
    ["unknown provider", "simulator-id-token", "x"],
  ])("by identity token, %s: 401", async (_name, id, idp) => {
    expect((await federate(secure(), id, idp)).status).toBe(401);
  });

  test("by an invented token: 401", async () => {
    expect((await secure().call("POST", path, byToken({ id: "x" }))).status).toBe(401);
  });
});
