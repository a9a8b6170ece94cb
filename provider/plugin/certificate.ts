import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A certificate of this process's own, for one connection's life. */
export interface Certificate {
  readonly der: Buffer;
  readonly pem: string;
  readonly keyPem: string;
}

const DAY_MS = 86_400_000;
/** Clocks of two processes of one machine may differ by a little. */
const BACKDATED_MS = 60_000;

/** DER by hand: a library would cost more time than the whole start. */
function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const OID = {
  ecdsaWithSha256: hex("06082a8648ce3d040302"),
  organization: hex("060355040a"),
  commonName: hex("0603550403"),
  keyUsage: hex("0603551d0f"),
  extendedKeyUsage: hex("0603551d25"),
  basicConstraints: hex("0603551d13"),
  subjectAltName: hex("0603551d11"),
  clientAuth: hex("06082b06010505070302"),
  serverAuth: hex("06082b06010505070301"),
} as const;
const TRUE = hex("0101ff");

/** Two digits of the year: valid until 2049. */
const utcTime = (ms: number): Buffer =>
  tlv(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));
const nameEntry = (oid: Uint8Array, text: string): Buffer =>
  tlv(0x31, sequence(oid, tlv(0x0c, Buffer.from(text))));
const extension = (oid: Uint8Array, value: Uint8Array, critical = false): Buffer =>
  sequence(oid, ...(critical ? [TRUE] : []), tlv(0x04, value));

/** A self-signed P-256 certificate for `localhost`: the name Go's TLS client asks a plugin for. */
export function selfSigned(now: number): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(OID.ecdsaWithSha256);
  const name = sequence(nameEntry(OID.organization, "iec-cdk"), nameEntry(OID.commonName, "localhost"));
  const serial = randomBytes(16);
  // Positive and without a leading zero.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const content = sequence(
    tlv(0xa0, hex("020102")),
    tlv(0x02, serial),
    algorithm,
    name,
    sequence(utcTime(now - BACKDATED_MS), utcTime(now + 7 * DAY_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tlv(
      0xa3,
      sequence(
        // Digital signature, key encipherment, key agreement, certificate signing.
        extension(OID.keyUsage, hex("030202ac"), true),
        extension(OID.extendedKeyUsage, sequence(OID.clientAuth, OID.serverAuth)),
        extension(OID.basicConstraints, sequence(TRUE), true),
        extension(OID.subjectAltName, sequence(tlv(0x82, Buffer.from("localhost")))),
      ),
    ),
  );
  const der = sequence(content, algorithm, tlv(0x03, Buffer.of(0), sign("sha256", content, privateKey)));
  const base64 = der.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    der,
    pem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ type: "sec1", format: "pem" }).toString(),
  };
}
