import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { account } from "../account.js";
import type { Cloud } from "../cloud.js";
import { codes, notFound, Refusal } from "../errors.js";
import type { Keypair } from "../model.js";
import { type Call, fits, noContent, ok, type Operations, page, param, text } from "../operation.js";

const rsaSizes = [1024, 2048, 4096];

export function viewKeypair(_cloud: Cloud, keypair: Keypair): object {
  const { id: name, public_key, fingerprint } = keypair;
  return { name, public_key, fingerprint, user_id: account.userId };
}

/** The parts of an SSH wire-format blob: each has a four-byte length in front (RFC 4253). */
function blobParts(blob: Buffer): Buffer[] | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    parts.push(blob.subarray(at + 4, end));
    at = end;
  }
  return parts;
}

function blobPart(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** A positive integer of the blob: a leading zero keeps the sign bit clear. */
function blobInteger(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, "base64url");
  return blobPart((bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

function fingerprint(blob: Buffer): string {
  return "SHA256:" + createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
}

/** The key blob of an `ssh-rsa` line with an accepted key length; anything else is refused. */
function importedBlob(line: string): Buffer {
  const [type, encoded = ""] = line.trim().split(/\s+/);
  const blob = Buffer.from(encoded, "base64");
  const [name, , modulus] = blobParts(blob) ?? [];
  const bits = modulus && (modulus[0] === 0 ? modulus.length - 1 : modulus.length) * 8;
  if (type !== "ssh-rsa" || name?.toString() !== type || !bits || !rsaSizes.includes(bits)) {
    throw new Refusal(
      400,
      codes.keypairImport,
      "The key pair could not be imported: RSA 1024, 2048 or 4096 only.",
    );
  }
  return blob;
}

function publicBlob(key: KeyObject): Buffer {
  const { e = "", n = "" } = key.export({ format: "jwk" });
  return Buffer.concat([blobPart(Buffer.from("ssh-rsa")), blobInteger(e), blobInteger(n)]);
}

function checkNew(cloud: Cloud, name: string): void {
  if (cloud.tables.keypairs.get(name))
    throw new Refusal(409, codes.keypairExists, `A key pair named ${name} exists already.`);
}

function shown(cloud: Cloud, call: Call): Keypair {
  const name = param(call, "keypair_name");
  const keypair = cloud.tables.keypairs.show(name);
  if (!keypair) throw notFound("key pair", name);
  return keypair;
}

export const keypairOperations: Operations = {
  ListKeypairs: (cloud, call) => {
    const name = text(call, "name");
    const keypairs = cloud.tables.keypairs.list((keypair) => fits(name, keypair.id));
    return ok(page(call, keypairs).map((keypair) => viewKeypair(cloud, keypair)));
  },

  CreateKeypair: (cloud, call) => {
    const { name, public_key } = call.body as { name: string; public_key?: string };
    checkNew(cloud, name);
    if (public_key) {
      const keypair = { id: name, public_key, fingerprint: fingerprint(importedBlob(public_key)) };
      return { status: 201, body: viewKeypair(cloud, cloud.tables.keypairs.add(keypair)) };
    }
    // Not in another thread: a test's clock does not wait for one.
    const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const blob = publicBlob(keys.publicKey);
    const keypair = cloud.tables.keypairs.add({
      id: name,
      public_key: `ssh-rsa ${blob.toString("base64")} Generated-by-IEC\n`,
      fingerprint: fingerprint(blob),
    });
    const private_key = keys.privateKey.export({ type: "pkcs1", format: "pem" });
    return { status: 201, body: { ...viewKeypair(cloud, keypair), private_key } };
  },

  ShowKeypair: (cloud, call) => ok(viewKeypair(cloud, shown(cloud, call))),

  DeleteKeypair: (cloud, call) => {
    cloud.tables.keypairs.end(shown(cloud, call).id, cloud.now);
    return noContent;
  },
};
