import { createHash, createHmac } from "node:crypto";

/** What is signed. `url` is absolute and percent-encoded; `headers` are sent and signed as they are. */
export interface Signable {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Milliseconds since the epoch. */
  readonly date: number;
}

const ALGORITHM = "SDK-HMAC-SHA256";
/** The hash of nothing: most requests have no body. */
const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Signs a request by SDK-HMAC-SHA256, the scheme of every Huawei Cloud API.
 *
 * Returns the given headers with `host`, `x-sdk-date` and `authorization` added, all names in lower case.
 * Headers with `_` in their name are sent but not signed, as gateways drop them.
 */
export function signRequest(request: Signable): Record<string, string> {
  const { pathname, search, host } = splitUrl(request.url);
  const date = sdkDate(request.date);
  const headers: Record<string, string> = { host, "x-sdk-date": date };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  const names = Object.keys(headers)
    .filter((name) => !name.includes("_"))
    .sort();
  const signedHeaders = names.join(";");
  const canonicalRequest = [
    request.method,
    canonicalPath(pathname),
    canonicalQuery(search),
    // This block ends with a newline of its own.
    names.map((name) => `${name}:${(headers[name] ?? "").trim()}\n`).join(""),
    signedHeaders,
    request.body ? sha256(request.body) : EMPTY_HASH,
  ].join("\n");
  const signature = createHmac("sha256", request.secretKey)
    .update(`${ALGORITHM}\n${date}\n${sha256(canonicalRequest)}`)
    .digest("hex");
  headers["authorization"] =
    `${ALGORITHM} Access=${request.accessKey}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return headers;
}

/** `20250131T235959Z` */
export const sdkDate = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Unreserved are letters, digits and `-_.~`; everything else is escaped, each octet on its own. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Each segment escaped exactly once, however the URL wrote it, and always with a slash at the end. */
function canonicalPath(pathname: string): string {
  const path = pathname
    .split("/")
    .map((segment) => encode(decode(segment)))
    .join("/");
  return path.endsWith("/") ? path : `${path}/`;
}

/** Sorted by key, then by value, both before escaping. */
function canonicalQuery(search: string): string {
  if (search === "") return "";
  return search
    .split("&")
    .map((pair) => {
      const at = pair.indexOf("=");
      return at === -1
        ? ([decode(pair), ""] as const)
        : ([decode(pair.slice(0, at)), decode(pair.slice(at + 1))] as const);
    })
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .join("&");
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const decode = (text: string): string => (text.includes("%") ? decodeURIComponent(text) : text);

/** Cuts an absolute URL into its parts without normalising them: what is signed is what is sent. */
function splitUrl(url: string): { host: string; pathname: string; search: string } {
  const [, host = "", pathname = "", search = ""] = /^https?:\/\/([^/?#]+)([^?#]*)\??([^#]*)/.exec(url) ?? [];
  return { host, pathname: pathname === "" ? "/" : pathname, search };
}
