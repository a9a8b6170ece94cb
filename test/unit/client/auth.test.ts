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
