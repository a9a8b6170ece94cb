import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sdkDate, signRequest, type Signable } from "../../../provider/client/signer.js";

/** The published signer of the vendor. */
interface Oracle {
  sign(
    request: {
      method: string;
      endpoint: string;
      headers: Record<string, string>;
      queryParams: Record<string, string | string[]>;
      data?: unknown;
    },
    credential: { getAk(): string; getSk(): string },
  ): Record<string, string>;
}
const require = createRequire(import.meta.url);
const { AKSKSigner: oracle } = require("@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner") as {
  AKSKSigner: Oracle;
};

const date = Date.UTC(2025, 2, 4, 5, 6, 7);
const keys = { accessKey: "AK", secretKey: "SK" };

interface Request {
  method: string;
  /** Decoded segments of the path. */
  path: string[];
  query?: Record<string, string[]>;
  data?: unknown;
  headers?: Record<string, string>;
}

function ours({ method, path, query = {}, data, headers = {} }: Request): string | undefined {
  const pairs = Object.entries(query).flatMap(([key, values]) =>
    values.map((value) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`),
  );
  return signRequest({
    method,
    url: `https://iecs.example.com/${path.map(encodeURIComponent).join("/")}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`,
    headers,
    body: data === undefined ? undefined : JSON.stringify(data),
    ...keys,
    date,
  })["authorization"];
}

function theirs({ method, path, query = {}, data, headers = {} }: Request): string | undefined {
  return oracle.sign(
    {
      method,
      endpoint: `https://iecs.example.com/${path.join("/")}`,
      headers: { ...headers },
      queryParams: Object.fromEntries(Object.entries(query).map(([k, values]) => [k, [...values]])),
      data,
    },
    { getAk: () => keys.accessKey, getSk: () => keys.secretKey },
  )["Authorization"];
}

const TABLE: (Request & { name: string })[] = [
  { name: "no query, no body", method: "GET", path: ["v1", "vpcs"] },
  { name: "path with a slash at its end", method: "GET", path: ["v1", "vpcs", ""] },
  { name: "query", method: "GET", path: ["v1", "vpcs"], query: { limit: ["10"], offset: ["0"] } },
  {
    name: "repeated query keys out of order",
    method: "GET",
    path: ["v1", "ports"],
    query: { fixed_ips: ["subnet_id=b", "ip_address=10.0.0.1"], a: ["1"], B: ["2"], "a-b": ["3"] },
  },
  { name: "empty query value", method: "GET", path: ["v1", "vpcs"], query: { name: [""] } },
  {
    name: "Chinese path and query",
    method: "GET",
    path: ["v1", "os-keypairs", "密钥"],
    query: { name: ["边缘 云"] },
  },
  {
    name: "characters that URLs leave alone",
    method: "GET",
    path: ["v1", "!$&()*+,=:@~-_."],
    query: { q: ["!'()*~+ /"] },
  },
  {
    name: "JSON body",
    method: "POST",
    path: ["v1", "vpcs"],
    data: { vpc: { name: "网络", cidr: "10.0.0.0/8" } },
  },
  {
    name: "account and temporary key",
    method: "DELETE",
    path: ["v1", "vpcs", "id"],
    headers: { "X-Domain-Id": "d", "X-Security-Token": "t" },
  },
];

// The published signer takes the time from the clock alone, or from a header in its own format.
const withDate = (request: Request): Request => ({
  ...request,
  headers: { ...request.headers, "X-Sdk-Date": sdkDate(date) },
});

describe("signRequest", () => {
  it.each(TABLE)("agrees with the published signer: $name", (request) => {
    expect(ours(request)).toBe(theirs(withDate(request)));
  });

  it("agrees with the published signer on any request", () => {
    // Characters that the oracle's URL parser would cut or escape a second time are left out of its paths.
    const segment = fc.string({
      unit: fc.constantFrom(...Array.from("aZ09-_.~!$&()*+,=:@%中é边😀")),
      minLength: 1,
      maxLength: 8,
    });
    const text = fc.string({ unit: "grapheme", maxLength: 6 });
    const request: fc.Arbitrary<Request> = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
      path: fc.array(segment, { minLength: 1, maxLength: 4 }),
      query: fc.dictionary(text, fc.array(text, { minLength: 1, maxLength: 3 }), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
      data: fc.option(fc.dictionary(fc.string(), fc.jsonValue()), { nil: undefined }),
      headers: fc.constantFrom({}, { "X-Domain-Id": "d" }, { "Content-Type": "application/json" }),
    });
    fc.assert(
      fc.property(request, (r) => {
        expect(ours(r)).toBe(theirs(withDate(r)));
      }),
      { numRuns: 300 },
    );
  });

  const base: Signable = { method: "GET", url: "https://h/v1/x", ...keys, date };

  it("sends headers with an underscore without signing them", () => {
    const headers = signRequest({ ...base, headers: { x_trace: "1" } });
    expect(headers["x_trace"]).toBe("1");
    expect(headers["authorization"]).toContain("SignedHeaders=host;x-sdk-date,");
  });

  it("signs with the port in the host", () => {
    expect(signRequest({ ...base, url: "http://127.0.0.1:8080/v1" })["host"]).toBe("127.0.0.1:8080");
  });

  it("never holds the secret key", () => {
    expect(JSON.stringify(signRequest({ ...base, secretKey: "very-secret" }))).not.toContain("very-secret");
  });
});
