import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { codes, Refusal } from "./errors.js";

/** A request as the gateway sees it. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

const algorithm = "SDK-HMAC-SHA256";
const allowedSkewMs = 15 * 60 * 1000;

function encode(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase(),
  );
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function canonicalPath(pathname: string): string {
  const path = pathname.split("/").map(decode).map(encode).join("/");
  return path.endsWith("/") ? path : path + "/";
}

function canonicalQuery(search: URLSearchParams): string {
  return [...new Set(search.keys())]
    .sort()
    .flatMap((key) =>
      search
        .getAll(key)
        .sort()
        .map((value) => `${encode(key)}=${encode(value)}`),
    )
    .join("&");
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** The hash of the payload that the signature covers (BEHAVIOUR.md section 1.1). */
function payloadHash(request: SignedRequest): string {
  const given = request.headers.get("x-sdk-content-sha256");
  if (given === "UNSIGNED-PAYLOAD" && !(request.headers.get("content-type") ?? "").includes("json"))
    return given;
  return sha256(request.body);
}

function header(request: SignedRequest, name: string): string | null {
  return name === "host" ? (request.headers.get("host") ?? request.url.host) : request.headers.get(name);
}

function sign(
  request: SignedRequest,
  signedHeaders: readonly string[],
  date: string,
  secretKey: string,
): string {
  const lines = signedHeaders.map((name) => `${name}:${(header(request, name) ?? "").trim()}\n`);
  const canonical = [
    request.method,
    canonicalPath(request.url.pathname),
    canonicalQuery(request.url.searchParams),
    lines.join(""),
    signedHeaders.join(";"),
    payloadHash(request),
  ].join("\n");
  return createHmac("sha256", secretKey)
    .update([algorithm, date, sha256(canonical)].join("\n"))
    .digest("hex");
}

function parseDate(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

function refuse(reason: string): Refusal {
  return new Refusal(401, codes.signature, `Incorrect IAM authentication information: ${reason}`);
}

/** Throws the gateway's refusal unless the request carries a right signature of one of the known keys. */
export function verifySignature(request: SignedRequest, known: readonly Credentials[], now: number): void {
  const authorization = request.headers.get("authorization") ?? "";
  const parts = /^SDK-HMAC-SHA256 Access=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  if (!parts) throw refuse("the Authorization header is malformed");
  const [, accessKey = "", list = "", signature = ""] = parts;
  const credentials = known.find((candidate) => candidate.accessKey === accessKey);
  if (!credentials) throw refuse("the access key is not known");
  const signedHeaders = list.split(";");
  if (list !== [...signedHeaders].sort().join(";").toLowerCase())
    throw refuse("SignedHeaders must be lower case and sorted");
  const absent = signedHeaders.find((name) => header(request, name) === null);
  if (absent) throw refuse(`the signed header ${absent} is missing`);
  if (!signedHeaders.includes("x-sdk-date")) throw refuse("X-Sdk-Date must be signed");
  const date = request.headers.get("x-sdk-date") ?? "";
  const time = parseDate(date);
  if (time === undefined) throw refuse("X-Sdk-Date is malformed");
  if (Math.abs(now - time) > allowedSkewMs) throw refuse("X-Sdk-Date is more than 15 minutes off");
  if (credentials.securityToken !== undefined) {
    if (!signedHeaders.includes("x-security-token")) throw refuse("X-Security-Token must be signed");
    if (request.headers.get("x-security-token") !== credentials.securityToken)
      throw refuse("X-Security-Token is wrong");
  }
  const expected = sign(request, signedHeaders, date, credentials.secretKey);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature)))
    throw refuse("verify signature failed");
}
