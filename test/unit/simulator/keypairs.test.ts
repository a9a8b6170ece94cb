import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { asText, createWorld, verdict } from "./harness.js";

/** An `ssh-rsa` line for a fresh key; written out byte by byte, as RFC 4253 section 6.6 says. */
function sshLine(modulusLength: number): string {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength });
  const { e = "", n = "" } = publicKey.export({ format: "jwk" });
  const part = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const parts = [
    Buffer.from("ssh-rsa"),
    Buffer.from(e, "base64url"),
    Buffer.from("00" + Buffer.from(n, "base64url").toString("hex"), "hex"),
  ];
  return `ssh-rsa ${Buffer.concat(parts.map(part)).toString("base64")} me@here`;
}

describe("key pair", () => {
  test("generated: the private key comes once and fits the public one", async () => {
    const { call } = createWorld();
    const made = await call("POST", "/v1/os-keypairs", { name: "k" });
    expect(made.status).toBe(201);
    const blob = Buffer.from(asText(made.body["public_key"]).split(" ")[1]!, "base64");
    expect(made.body["fingerprint"]).toBe(
      "SHA256:" + createHash("sha256").update(blob).digest("base64").replaceAll("=", ""),
    );
    const modulus = createPublicKey(asText(made.body["private_key"])).export({ format: "jwk" }).n;
    expect(blob.subarray(-256).toString("base64url")).toBe(modulus);
    const read = await call("GET", "/v1/os-keypairs/k");
    const { private_key, ...open } = made.body;
    expect(private_key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    expect(read.body).toEqual(open);
  });

  const imports: [name: string, line: () => string, verdict: string][] = [
    ["RSA 1024", () => sshLine(1024), "201"],
    ["RSA 2048", () => sshLine(2048), "201"],
    ["RSA 1536", () => sshLine(1536), "400 IEC.010229"],
    ["another kind", () => "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO me", "400 IEC.010229"],
    ["half a key", () => sshLine(2048).slice(0, 100), "400 IEC.010229"],
    ["nonsense", () => "hello", "400 IEC.010229"],
  ];
  test.each(imports)("import %s: %s", async (_name, line, expected) => {
    const public_key = line();
    const reply = await createWorld().call("POST", "/v1/os-keypairs", { name: "k", public_key });
    expect(verdict(reply)).toBe(expected);
    if (expected === "201") expect(reply.body).toMatchObject({ name: "k", public_key });
    expect(reply.body).not.toHaveProperty("private_key");
  });

  test("the name is the id and unique, also while keys are being made", async () => {
    const { call, app } = createWorld();
    const twins = await Promise.all([1, 2].map(() => call("POST", "/v1/os-keypairs", { name: "钥.匙_1" })));
    expect(twins.map(verdict).sort()).toEqual(["201", "409 IEC.010230"]);
    expect(app.snapshot().keypairs).toHaveLength(1);
    const path = `/v1/os-keypairs/${encodeURIComponent("钥.匙_1")}`;
    expect(verdict(await call("DELETE", path))).toBe("204");
    expect(verdict(await call("GET", path))).toBe("404 IEC.000022");
  });

  test.each(["", "a b", "x".repeat(65)])("the name %j is refused", async (name) => {
    expect(verdict(await createWorld().call("POST", "/v1/os-keypairs", { name }))).toBe("400 IEC.000007");
  });
});
