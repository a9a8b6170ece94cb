import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { selfSigned } from "../../../provider/plugin/certificate.js";
import { handshakeLine, readHandshake } from "../../../provider/plugin/handshake.js";

const COOKIE = {
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
};

describe("what Terraform says at the start", () => {
  test.each([
    ["started by Terraform", COOKIE, { ok: true, clientPem: undefined, multiplexes: false }],
    ["several versions", { ...COOKIE, PLUGIN_PROTOCOL_VERSIONS: "5,6" }, { ok: true }],
    ["a certificate", { ...COOKIE, PLUGIN_CLIENT_CERT: "pem" }, { ok: true, clientPem: "pem" }],
    ["multiplexing", { ...COOKIE, PLUGIN_MULTIPLEX_GRPC: "true" }, { ok: true, multiplexes: true }],
  ])("%s", (_, environment, handshake) => {
    expect(readHandshake(environment)).toMatchObject(handshake);
  });

  test.each([
    ["a person", {}, "Terraform starts it"],
    ["another program", { TF_PLUGIN_MAGIC_COOKIE: "x" }, "Terraform starts it"],
    ["a Terraform of old", { ...COOKIE, PLUGIN_PROTOCOL_VERSIONS: "4,5" }, "this Terraform only 4, 5"],
  ])("%s is sent away", (_, environment, message) => {
    expect(readHandshake(environment)).toMatchObject({
      ok: false,
      message: expect.stringContaining(message) as string,
    });
  });
});

test("the line tells where the plugin listens, and its certificate without padding", () => {
  const own = { der: Buffer.from([1]), pem: "", keyPem: "" };
  expect(handshakeLine("unix", "/tmp/s", undefined, false)).toBe("1|6|unix|/tmp/s|grpc|");
  expect(handshakeLine("tcp", "127.0.0.1:9", own, true)).toBe("1|6|tcp|127.0.0.1:9|grpc|AQ|false");
});

describe("the plugin's certificate", () => {
  const now = Date.UTC(2025, 5, 1);
  const own = selfSigned(now);
  const parsed = new X509Certificate(own.pem);

  test("is its own issuer, for localhost, by an elliptic curve", () => {
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.checkHost("localhost")).toBe("localhost");
    expect(parsed.ca).toBe(true);
    expect(parsed.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: "prime256v1" });
    expect(parsed.raw.equals(own.der)).toBe(true);
  });

  test("holds now and for some days", () => {
    expect(Date.parse(parsed.validFrom)).toBeLessThan(now);
    expect(Date.parse(parsed.validTo) - now).toBe(7 * 24 * 3_600_000);
  });

  test("is another each time, with a positive serial number", () => {
    const serials = new Set(
      Array.from({ length: 20 }, () => new X509Certificate(selfSigned(now).pem).serialNumber),
    );
    expect(serials.size).toBe(20);
    for (const serial of serials) expect(serial).toMatch(/^[4-7]/);
  });
});
