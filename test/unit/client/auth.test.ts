import { describe, expect, it } from "vitest";
import type { ApiError, ClientOptions } from "../../../provider/client/index.js";
import { DiagnosticError } from "../../../schema/diagnostics.js";
import { failed, harness, ok, outcomeOf, type Seen, type Step } from "./harness.js";

const HOUR = 3_600_000;
const lookUp = (options: Partial<ClientOptions> = {}): Partial<ClientOptions> =>
  ({ domainId: undefined, ...options }) as Partial<ClientOptions>;
const list = (api: { get: ReturnType<typeof harness>["api"]["get"] }) => api.get("/v1/edgeclouds/quotas");

describe("signed calls", () => {
  const iam =
    (domains: unknown[]) =>
    ({ url }: Seen): Step =>
      ok(url.host === "iam.test" ? { domains } : {});

  it("name the account that was given, without asking IAM", async () => {
    const { api, seen } = harness([ok()]);
    await list(api);
    expect(seen.map(({ path }) => path)).toEqual(["/v1/edgeclouds/quotas"]);
    expect(seen[0]?.headers["authorization"]).toContain(
      "SignedHeaders=host;user-agent;x-domain-id;x-sdk-date",
    );
  });

  it("look the account up once for all who ask", async () => {
    const { api, seen } = harness(iam([{ id: "d1", name: "one" }]), lookUp());
    await Promise.all([list(api), list(api), list(api)]);
    await list(api);
    expect(seen.map(({ url }) => url.href)).toEqual([
      "https://iam.test/v3/auth/domains",
      ...Array<string>(4).fill("https://iec.test/v1/edgeclouds/quotas"),
    ]);
    expect(seen[0]?.headers).not.toHaveProperty("x-domain-id");
    expect(seen[4]?.headers["x-domain-id"]).toBe("d1");
  });

  it("pick the account by name", async () => {
    const domains = [
      { id: "d1", name: "one" },
      { id: "d2", name: "two" },
    ];
    const { api, seen } = harness(iam(domains), lookUp({ domainName: "two" }));
    await list(api);
    expect(seen[1]?.headers["x-domain-id"]).toBe("d2");
  });

  it("send a temporary key's token, signed", async () => {
    const credentials = { kind: "keys", accessKey: "AK", secretKey: "SK", securityToken: "st" } as const;
    const { api, seen } = harness([ok()], { credentials });
    await list(api);
    expect(seen[0]?.headers["x-security-token"]).toBe("st");
    expect(seen[0]?.headers["authorization"]).toContain("x-security-token");
  });

  it.each([
    { name: "no account", domains: [], domainName: undefined, detail: "permission" },
    { name: "another account", domains: [{ id: "d", name: "one" }], domainName: "two", detail: '"one"' },
  ])("explain: $name", async ({ domains, domainName, detail }) => {
    const { api } = harness(iam(domains), lookUp(domainName === undefined ? {} : { domainName }));
    const error = (await outcomeOf(list(api))) as DiagnosticError;
    expect(error).toBeInstanceOf(DiagnosticError);
    expect(error.diagnostics[0]).toMatchObject({
      code: "IEC4001",
      detail: expect.stringContaining(detail) as string,
    });
  });

  it("ask again after a lookup that failed", async () => {
    const steps: Step[] = [failed(401, "APIGW.0301"), ok({ domains: [{ id: "d", name: "one" }] }), ok()];
    const { api } = harness(steps, lookUp());
    expect(((await outcomeOf(list(api))) as ApiError).diagnostic().code).toBe("IEC4001");
    expect(await list(api)).toEqual({});
  });

  it.each([
    { name: "that was given", options: { domainId: "d9" }, id: "d9", calls: 0 },
    { name: "that IAM knows", options: lookUp(), id: "d1", calls: 2 },
    {
      name: "that a token is for",
      options: lookUp({ credentials: { kind: "token", token: "t" } }),
      id: "d1",
      calls: 1,
    },
  ])("tell the account $name, once", async ({ options, id, calls }) => {
    const { api, seen } = harness(iam([{ id: "d1", name: "one" }]), options);
    expect([await api.accountId(), await api.accountId()]).toEqual([id, id]);
    expect(seen.map(({ path }) => path)).toEqual(Array<string>(calls).fill("/v3/auth/domains"));
  });

  it("stop waiting for the lookup when cancelled", async () => {
    const { api } = harness(["silence"], lookUp());
    expect(await outcomeOf(list(api.withSignal(AbortSignal.abort(new Error("enough")))))).toMatchObject({
      message: "enough",
    });
  });
});

describe("token login", () => {
  const credentials = { kind: "password", user: "u", password: "very-secret", domain: "dom" } as const;
  /** A cloud with numbered tokens; it refuses the ones it is told to. */
  const cloud = (refused: string[], life = 24 * HOUR) => {
    let issued = 0;
    const h = harness(
      (request): Step => {
        if (request.url.host === "iam.test") {
          const token = { expires_at: new Date(h.clock.now() + life).toISOString() };
          return { status: 201, body: { token }, headers: { "x-subject-token": `t${++issued}` } };
        }
        return refused.includes(request.headers["x-auth-token"] ?? "") ? failed(401, "APIGW.0301") : ok();
      },
      { credentials },
    );
    return {
      ...h,
      tokens: () => h.seen.filter(({ url }) => url.host === "iec.test").map((r) => r.headers["x-auth-token"]),
    };
  };

  it("logs in once, in the account's scope", async () => {
    const { api, seen, tokens } = cloud([]);
    await Promise.all([list(api), list(api)]);
    expect(tokens()).toEqual(["t1", "t1"]);
    expect(seen[0]).toMatchObject({
      path: "/v3/auth/tokens?nocatalog=true",
      body: {
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { name: "u", password: "very-secret", domain: { name: "dom" } } },
          },
          scope: { domain: { name: "dom" } },
        },
      },
    });
  });

  it("renews a refused token once, for all who were refused", async () => {
    const { api, tokens } = cloud(["t1"]);
    await Promise.all([list(api), list(api)]);
    expect(tokens()).toEqual(["t1", "t1", "t2", "t2"]);
  });

  it("gives up when the new token is refused as well", async () => {
    const { api, tokens } = cloud(["t1", "t2"]);
    expect(((await outcomeOf(list(api))) as ApiError).diagnostic().code).toBe("IEC4001");
    expect(tokens()).toEqual(["t1", "t2"]);
  });

  it("renews a token before it ends", async () => {
    const { api, clock, tokens } = cloud([]);
    await list(api);
    await clock.sleep(23 * HOUR);
    await list(api);
    await clock.sleep(0.95 * HOUR);
    await list(api);
    expect(tokens()).toEqual(["t1", "t1", "t2"]);
  });

  it("explains a wrong password without telling it", async () => {
    const { api } = harness(
      [{ status: 401, body: { error: { code: 401, message: "The username or password is wrong." } } }],
      { credentials },
    );
    const error = (await outcomeOf(list(api))) as ApiError;
    expect(error.diagnostic()).toMatchObject({
      code: "IEC4001",
      summary: "https://iam.test refused the credentials",
    });
    expect(JSON.stringify([error, error.diagnostic()])).not.toContain("very-secret");
  });

  it("sends a token that was given, and renews nothing", async () => {
    const { api, seen } = harness([failed(401)], { credentials: { kind: "token", token: "mine" } });
    await outcomeOf(list(api));
    expect(seen.map(({ headers }) => headers["x-auth-token"])).toEqual(["mine"]);
  });
});

describe("an agency", () => {
  const AGENCY = { name: "edge", domainName: "lender" };
  const KEYS = "/v3.0/OS-CREDENTIAL/securitytokens";
  /** A cloud that lends numbered keys; it refuses the ones it is told to. */
  const cloud = (options: Partial<ClientOptions> = {}, refused: string[] = [], told?: object) => {
    let lent = 0;
    const h = harness(
      (request): Step => {
        if (request.path === KEYS) {
          lent++;
          const expires_at = new Date(h.clock.now() + 12 * HOUR).toISOString();
          const credential = {
            access: `AK${lent}`,
            secret: "very-secret",
            securitytoken: `st${lent}`,
            expires_at,
          };
          return { status: 201, body: { credential: { ...credential, ...told } } };
        }
        if (request.path.startsWith("/v3.0/OS-AUTH") || request.path.startsWith("/v3/auth/tokens")) {
          return { status: 201, body: { token: {} }, headers: { "x-subject-token": "subject" } };
        }
        if (request.url.host === "iam.test") return ok({ domains: [{ id: "d2", name: "lender" }] });
        return refused.includes(request.headers["x-security-token"] ?? "") ? failed(401, "APIGW.0301") : ok();
      },
      lookUp({ agency: AGENCY, domainName: "lender", ...options }),
    );
    return {
      ...h,
      tokens: () =>
        h.seen.filter(({ url }) => url.host === "iec.test").map((r) => r.headers["x-security-token"]),
      asked: () => h.seen.filter(({ path }) => path === KEYS),
    };
  };

  it("is assumed once, and calls are those of its account", async () => {
    const { api, seen } = cloud();
    await Promise.all([list(api), list(api)]);
    expect(seen.map(({ path }) => path)).toEqual([
      KEYS,
      "/v3/auth/domains",
      ...Array<string>(2).fill("/v1/edgeclouds/quotas"),
    ]);
    expect(seen[0]?.headers["authorization"]).toContain("Access=AK,");
    expect(seen[0]?.body).toEqual({
      auth: {
        identity: {
          methods: ["assume_role"],
          assume_role: { agency_name: "edge", domain_name: "lender", duration_seconds: 43_200 },
        },
      },
    });
    expect(seen[2]?.headers).toMatchObject({ "x-domain-id": "d2", "x-security-token": "st1" });
    expect(seen[2]?.headers["authorization"]).toContain("Access=AK1,");
    expect(await api.accountId()).toBe("d2");
  });

  it("is named by the id of its account, for the time that is wanted", async () => {
    const { api, seen } = cloud({
      domainId: "d3",
      agency: { name: "edge", domainId: "d3", domainName: "lender", durationSeconds: 900 },
    });
    await list(api);
    expect(seen.map(({ path }) => path)).toEqual([KEYS, "/v1/edgeclouds/quotas"]);
    expect(seen[0]?.body).toMatchObject({
      auth: { identity: { assume_role: { agency_name: "edge", domain_id: "d3", duration_seconds: 900 } } },
    });
  });

  it.each<{ name: string; credentials: ClientOptions["credentials"]; header: string; value: string }>([
    {
      name: "temporary keys",
      credentials: { kind: "keys", accessKey: "AK", secretKey: "SK", securityToken: "st" },
      header: "x-security-token",
      value: "st",
    },
    { name: "a token", credentials: { kind: "token", token: "t" }, header: "x-auth-token", value: "t" },
    {
      name: "a password",
      credentials: { kind: "password", user: "u", password: "p", domain: "d" },
      header: "x-auth-token",
      value: "subject",
    },
    {
      name: "an identity token",
      credentials: { kind: "oidc", idpId: "i", idToken: () => "t" },
      header: "x-security-token",
      value: "st1",
    },
  ])("is assumed with $name", async ({ credentials, header, value }) => {
    const { api, asked } = cloud({ credentials });
    await list(api);
    expect(asked().at(-1)?.headers[header]).toBe(value);
    expect(asked().at(-1)?.body).toHaveProperty("auth.identity.assume_role");
  });

  it("is assumed anew before its keys end, and its account looked up no more", async () => {
    const { api, clock, tokens, seen } = cloud();
    await list(api);
    await clock.sleep(11.9 * HOUR);
    await list(api);
    await clock.sleep(0.05 * HOUR);
    await Promise.all([list(api), list(api)]);
    expect(tokens()).toEqual(["st1", "st1", "st2", "st2"]);
    expect(seen.filter(({ path }) => path === "/v3/auth/domains")).toHaveLength(1);
  });

  it("is assumed anew by the time that was wanted, when the answer tells none", async () => {
    const { api, clock, tokens } = cloud({ agency: { ...AGENCY, durationSeconds: 900 } }, [], {
      expires_at: "",
    });
    await list(api);
    await clock.sleep(9.9 * 60_000);
    await list(api);
    await clock.sleep(0.2 * 60_000);
    await list(api);
    expect(tokens()).toEqual(["st1", "st1", "st2"]);
  });

  it("is assumed anew, once, when its keys are refused", async () => {
    const { api, tokens } = cloud({}, ["st1"]);
    await Promise.all([list(api), list(api)]);
    expect(tokens()).toEqual(["st1", "st1", "st2", "st2"]);
  });

  it.each([400, 403, 404])("that is refused with %i is explained", async (status) => {
    const body = { error: { code: status, message: "no such agency" } };
    const { api } = harness([{ status, body }], lookUp({ agency: AGENCY }));
    const error = (await outcomeOf(list(api))) as DiagnosticError;
    expect(error.diagnostics).toMatchObject([
      { code: "IEC4001", summary: 'The agency "edge" of the account "lender" cannot be assumed' },
    ]);
    expect(error.diagnostics[0]?.detail).toMatch(
      /no such agency.*HW_ASSUME_ROLE_AGENCY_NAME \(agency_name\)/s,
    );
    expect(JSON.stringify(error.diagnostics)).not.toContain("very-secret");
  });

  it("is not blamed for keys that IAM does not know", async () => {
    const { api } = harness([failed(401, "APIGW.0301")], lookUp({ agency: AGENCY }));
    expect(((await outcomeOf(list(api))) as ApiError).diagnostic()).toMatchObject({
      code: "IEC4001",
      summary: "https://iam.test refused the credentials",
    });
  });

  it("whose keys are missing in the answer is no agency", async () => {
    const { api } = cloud({}, [], { secret: "" });
    expect(((await outcomeOf(list(api))) as ApiError).diagnostic().code).toBe("IEC4005");
  });
});

describe("an identity token", () => {
  const oidc = (idToken: () => string, more: object = {}): Partial<ClientOptions> => ({
    credentials: { kind: "oidc", idpId: "idp", idToken, ...more },
  });
  const cloud = ({ path }: Seen): Step => {
    if (path === "/v3.0/OS-AUTH/id-token/tokens") {
      return { status: 201, body: { token: {} }, headers: { "x-subject-token": "subject" } };
    }
    const credential = { access: "AK1", secret: "SK1", securitytoken: "st1" };
    return path.startsWith("/v3.0/") ? { status: 201, body: { credential } } : ok();
  };

  it("is exchanged for a token, and that for keys", async () => {
    const { api, seen } = harness(
      cloud,
      oidc(() => "very-secret"),
    );
    await list(api);
    expect(seen.map(({ path, body }) => ({ path, body }))).toEqual([
      { path: "/v3.0/OS-AUTH/id-token/tokens", body: { auth: { id_token: { id: "very-secret" } } } },
      {
        path: "/v3.0/OS-CREDENTIAL/securitytokens",
        body: { auth: { identity: { methods: ["token"], token: { id: "subject" } } } },
      },
      { path: "/v1/edgeclouds/quotas", body: undefined },
    ]);
    expect(seen[0]?.headers["x-idp-id"]).toBe("idp");
    expect(seen[1]?.headers).not.toHaveProperty("authorization");
    expect(seen[2]?.headers).toMatchObject({ "x-domain-id": "domain", "x-security-token": "st1" });
  });

  it("asks for the life that is wanted", async () => {
    const { api, seen } = harness(
      cloud,
      oidc(() => "t", { durationSeconds: 3600 }),
    );
    await list(api);
    expect(seen[1]?.body).toHaveProperty("auth.identity.token.duration_seconds", 3600);
  });

  it("is asked for anew before the keys end", async () => {
    let asked = 0;
    const { api, clock, seen } = harness(
      cloud,
      oidc(() => `t${++asked}`),
    );
    await list(api);
    await clock.sleep(11 * 60_000);
    await list(api);
    expect(seen.filter(({ path }) => path.includes("id-token")).map(({ body }) => body)).toEqual([
      { auth: { id_token: { id: "t1" } } },
      { auth: { id_token: { id: "t2" } } },
    ]);
  });

  it("that is refused is explained without telling it", async () => {
    const { api } = harness(
      [{ status: 401, body: { error: { code: 401, message: "The token has expired." } } }],
      oidc(() => "very-secret"),
    );
    const error = (await outcomeOf(list(api))) as DiagnosticError;
    expect(error.diagnostics).toMatchObject([
      { code: "IEC4001", summary: 'IAM refused the identity token of the provider "idp"' },
    ]);
    expect(JSON.stringify(error.diagnostics)).not.toContain("very-secret");
  });

  it("is no matter when IAM cannot be reached", async () => {
    const { api } = harness(
      [{ fails: "ENOTFOUND" }],
      oidc(() => "t"),
    );
    expect(((await outcomeOf(list(api))) as ApiError).diagnostic().code).toBe("IEC4002");
  });
});

describe("temporary keys that have ended", () => {
  it("are named as a cause", async () => {
    const credentials = {
      kind: "keys",
      accessKey: "AK",
      secretKey: "SK",
      securityToken: "very-secret",
    } as const;
    const { api, seen } = harness([failed(401, "APIGW.0301")], { credentials });
    const diagnostic = ((await outcomeOf(list(api))) as ApiError).diagnostic();
    expect(diagnostic).toMatchObject({
      code: "IEC4001",
      detail: expect.stringContaining("Temporary keys and tokens end: get new ones") as string,
    });
    expect(JSON.stringify(diagnostic)).not.toContain("very-secret");
    expect(seen).toHaveLength(1);
  });
});
