import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfiguration, type ProviderArguments } from "../../../provider/client/index.js";

/** The table of `docs/guides/signing-in.md`, row by row. */

type Arguments = Partial<ProviderArguments>;
type Env = Record<string, string>;

let folder = "";
const inFolder = (text: string): string => text.replace("FOLDER", folder);
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "iec-precedence-"));
  const profile = (name: string, more: object = {}) => ({
    name,
    mode: "AKSK",
    accessKeyId: `AK-${name}`,
    secretAccessKey: `SK-${name}`,
    domainId: `d-${name}`,
    ...more,
  });
  const profiles = [
    profile("plain"),
    profile("lent", { agencyName: "fa", agencyDomainName: "fd" }),
    profile("temporary", { securityToken: "ft" }),
  ];
  writeFileSync(path.join(folder, "config.json"), JSON.stringify({ current: "plain", profiles }));
  writeFileSync(path.join(folder, "token"), "from-file\n");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const FILE = "FOLDER/config.json";
const keys = (accessKey: string, secretKey: string, securityToken?: string) => ({
  kind: "keys",
  accessKey,
  secretKey,
  ...(securityToken !== undefined && { securityToken }),
});
const ENV_KEYS = { HW_ACCESS_KEY: "ea", HW_SECRET_KEY: "es" };
const ENV_AGENCY = { HW_ASSUME_ROLE_AGENCY_NAME: "ea", HW_ASSUME_ROLE_DOMAIN_NAME: "ed" };
const ENV_OIDC = { HW_ASSUME_ROLE_IDP_ID: "ei", HW_ASSUME_ROLE_ID_TOKEN: "et" };
const ARGUMENT_KEYS = { access_key: "aa", secret_key: "as" };
const ARGUMENT_AGENCY = { assume_role: [{ agency_name: "aa", domain_name: "ad" }] };
const ARGUMENT_OIDC = { assume_role_with_oidc: [{ idp_id: "ai", id_token: "at" }] };

function resolve(args: Arguments, env: Env) {
  const placed = JSON.parse(inFolder(JSON.stringify(args))) as Arguments;
  const variables = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, inFolder(text)]));
  return resolveConfiguration(placed, variables);
}

describe("who calls", () => {
  it.each<{ name: string; args?: Arguments; env?: Env; credentials: object }>([
    {
      name: "keys by argument before everything else",
      args: { ...ARGUMENT_KEYS, ...ARGUMENT_OIDC, shared_config_file: FILE },
      env: { ...ENV_KEYS, ...ENV_OIDC, HW_AUTH_TOKEN: "e" },
      credentials: keys("aa", "as"),
    },
    {
      name: "a token before keys, of the same place",
      args: { ...ARGUMENT_KEYS, token: "a" },
      credentials: { kind: "token", token: "a" },
    },
    {
      name: "keys before a password, of the same place",
      env: { ...ENV_KEYS, HW_USER_NAME: "u", HW_USER_PASSWORD: "p", HW_DOMAIN_NAME: "d" },
      credentials: keys("ea", "es"),
    },
    {
      name: "an identity token by argument before keys of the environment",
      args: ARGUMENT_OIDC,
      env: ENV_KEYS,
      credentials: { kind: "oidc", idpId: "ai", idToken: expect.any(Function) as unknown },
    },
    {
      name: "a profile by argument before keys of the environment",
      args: { shared_config_file: FILE },
      env: { ...ENV_KEYS, HW_SECURITY_TOKEN: "e", HW_AUTH_TOKEN: "e" },
      credentials: keys("AK-plain", "SK-plain"),
    },
    {
      name: "a profile by argument in the file of the environment",
      args: { profile: "temporary" },
      env: { HW_SHARED_CONFIG_FILE: FILE, HW_PROFILE: "lent" },
      credentials: keys("AK-temporary", "SK-temporary", "ft"),
    },
    {
      name: "keys of the environment before a profile of the environment",
      env: { ...ENV_KEYS, HW_SHARED_CONFIG_FILE: FILE },
      credentials: keys("ea", "es"),
    },
    {
      name: "keys before an identity token, both of the environment",
      env: { ...ENV_KEYS, ...ENV_OIDC },
      credentials: keys("ea", "es"),
    },
    {
      name: "an identity token before a profile, both of the environment",
      env: { ...ENV_OIDC, HW_SHARED_CONFIG_FILE: FILE },
      credentials: { kind: "oidc", idpId: "ei", idToken: expect.any(Function) as unknown },
    },
    {
      name: "a profile of the environment",
      env: { HW_SHARED_CONFIG_FILE: FILE, HW_PROFILE: "temporary" },
      credentials: keys("AK-temporary", "SK-temporary", "ft"),
    },
    {
      name: "a file that is not asked may be missing",
      env: { ...ENV_KEYS, HW_SHARED_CONFIG_FILE: "FOLDER/none" },
      credentials: keys("ea", "es"),
    },
  ])("$name", ({ args = {}, env = {}, credentials }) => {
    const { options, diagnostics } = resolve(args, env);
    expect(diagnostics).toEqual([]);
    expect(options?.credentials).toEqual(credentials);
  });
});

describe("for which account", () => {
  const fromFile = { shared_config_file: FILE };
  it.each<{
    name: string;
    args?: Arguments;
    env?: Env;
    expected: { agency?: object; domainId?: string; domainName?: string };
  }>([
    {
      name: "the argument's",
      args: { ...fromFile, domain_id: "a" },
      env: { HW_DOMAIN_ID: "e" },
      expected: { domainId: "a" },
    },
    {
      name: "the profile's, named by argument",
      args: fromFile,
      env: { HW_DOMAIN_ID: "e" },
      expected: { domainId: "d-plain" },
    },
    {
      name: "the environment's, when it names the profile too",
      env: { HW_SHARED_CONFIG_FILE: FILE, HW_DOMAIN_ID: "e" },
      expected: { domainId: "e" },
    },
    {
      name: "that of keys, not that of a profile in the same environment",
      env: { ...ENV_KEYS, HW_SHARED_CONFIG_FILE: FILE, HW_PROFILE: "lent" },
      expected: {},
    },
    {
      name: "the agency's, by argument",
      args: { ...ARGUMENT_KEYS, ...ARGUMENT_AGENCY, domain_id: "caller" },
      env: { ...ENV_AGENCY, HW_ASSUME_ROLE_DOMAIN_ID: "ei" },
      expected: { agency: { name: "aa", domainName: "ad" }, domainName: "ad" },
    },
    {
      name: "the agency's, with its id and a duration",
      args: {
        ...ARGUMENT_KEYS,
        assume_role: [{ agency_name: "aa", domain_id: "ai", duration: 900 }],
      },
      env: ENV_AGENCY,
      expected: { agency: { name: "aa", domainId: "ai", durationSeconds: 900 }, domainId: "ai" },
    },
    {
      name: "the agency's, by environment",
      args: ARGUMENT_KEYS,
      env: { ...ENV_AGENCY, HW_ASSUME_ROLE_DURATION: "3600" },
      expected: { agency: { name: "ea", domainName: "ed", durationSeconds: 3600 }, domainName: "ed" },
    },
    {
      name: "the agency's, of both places",
      args: { ...ARGUMENT_KEYS, assume_role: [{ agency_name: "aa" }] },
      env: ENV_AGENCY,
      expected: { agency: { name: "aa", domainName: "ed" }, domainName: "ed" },
    },
    {
      name: "the agency's, by profile",
      args: { ...fromFile, profile: "lent" },
      env: ENV_AGENCY,
      expected: { agency: { name: "fa", domainName: "fd" }, domainName: "fd" },
    },
    {
      name: "the agency's, by argument before the profile's",
      args: { ...fromFile, ...ARGUMENT_AGENCY, profile: "lent" },
      expected: { agency: { name: "aa", domainName: "ad" }, domainName: "ad" },
    },
    {
      name: "the agency's, with an identity token",
      args: {
        assume_role_with_oidc: [{ agency_name: "aa", domain_name: "ad", idp_id: "i", id_token_file: "f" }],
      },
      expected: { agency: { name: "aa", domainName: "ad" }, domainName: "ad" },
    },
    {
      name: "no agency by the identity token's block, when keys go before it",
      args: {
        ...ARGUMENT_KEYS,
        assume_role_with_oidc: [{ agency_name: "aa", domain_name: "ad", idp_id: "i", id_token: "t" }],
      },
      expected: {},
    },
  ])("$name", ({ args = {}, env = {}, expected }) => {
    const { options, diagnostics } = resolve(args, env);
    expect(diagnostics).toEqual([]);
    const { agency, domainId, domainName } = options ?? {};
    expect(JSON.parse(JSON.stringify({ agency, domainId, domainName }))).toEqual(expected);
  });
});

describe("where", () => {
  it.each<{ name: string; args?: Arguments; env?: Env; expected: object }>([
    {
      name: "another cloud, by argument",
      args: { cloud: "example.eu" },
      env: { HW_CLOUD: "no" },
      expected: { endpoint: "https://iecs.example.eu", authUrl: "https://iam.example.eu:443" },
    },
    {
      name: "another cloud, by environment",
      env: { HW_CLOUD: "example.eu" },
      expected: { endpoint: "https://iecs.example.eu" },
    },
    {
      name: "an endpoint of IAM",
      args: { endpoints: { iam: "iam.example.com/v3/" }, cloud: "no" },
      expected: { authUrl: "https://iam.example.com" },
    },
    {
      name: "auth_url before an endpoint of IAM",
      args: { endpoints: { iam: "no" } },
      env: { HW_AUTH_URL: "http://127.0.0.1:1/v3" },
      expected: { authUrl: "http://127.0.0.1:1" },
    },
  ])("$name", ({ args = {}, env = {}, expected }) => {
    expect(resolve(args, { ...ENV_KEYS, ...env }).options).toMatchObject(expected);
  });
});

describe("the identity token", () => {
  const token = (block: object, env: Env = {}) => {
    const credentials = resolve({ assume_role_with_oidc: [{ idp_id: "i", ...block }] }, env).options
      ?.credentials;
    return credentials?.kind === "oidc" ? credentials.idToken : () => "";
  };
  it("is the one given, before a file", () => {
    expect(token({ id_token: "t", id_token_file: "FOLDER/none" })()).toBe("t");
    expect(token({}, { HW_ASSUME_ROLE_ID_TOKEN: "e" })()).toBe("e");
  });
  it("is read from its file, each time anew", () => {
    const read = token({ id_token_file: "FOLDER/token" });
    expect(read()).toBe("from-file");
    writeFileSync(path.join(folder, "token"), "later");
    expect(read()).toBe("later");
  });
  it.each([
    ["missing", "FOLDER/none", "cannot be read (ENOENT)"],
    ["empty", "FOLDER/empty", "is empty"],
  ])("is refused when its file is %s", (_name, file, says) => {
    writeFileSync(path.join(folder, "empty"), "");
    expect(token({ id_token_file: file })).toThrow(says);
  });
});

describe("refused", () => {
  it.each<{ name: string; args?: Arguments; env?: Env; code?: string; path: unknown[]; says: string }>([
    {
      name: "an agency without its account",
      args: { ...ARGUMENT_KEYS, assume_role: [{ agency_name: "a" }] },
      path: ["assume_role", 0, "domain_name"],
      says: "HW_ASSUME_ROLE_DOMAIN_NAME",
    },
    {
      name: "an account without its agency",
      args: { ...ARGUMENT_KEYS, assume_role: [{ domain_name: "a" }] },
      path: ["assume_role", 0, "agency_name"],
      says: "HW_ASSUME_ROLE_AGENCY_NAME",
    },
    {
      name: "a provider of identities without a token",
      env: { HW_ASSUME_ROLE_IDP_ID: "i" },
      path: ["assume_role_with_oidc", 0, "id_token"],
      says: "HW_ASSUME_ROLE_ID_TOKEN_FILE",
    },
    {
      name: "half of a key pair beside a profile",
      args: { access_key: "a", shared_config_file: FILE },
      path: ["secret_key"],
      says: "HW_SECRET_KEY",
    },
    {
      name: "a profile that is not there",
      env: { HW_SHARED_CONFIG_FILE: FILE, HW_PROFILE: "none" },
      path: ["profile"],
      says: "HW_PROFILE",
    },
    {
      name: "a duration of the environment that is none",
      env: { ...ENV_KEYS, ...ENV_AGENCY, HW_ASSUME_ROLE_DURATION: "1h" },
      code: "IEC2012",
      path: ["assume_role", 0, "duration"],
      says: "900 to 86400",
    },
  ])("$name", ({ args = {}, env = {}, code = "IEC4001", path: at, says }) => {
    const { options, diagnostics } = resolve(args, env);
    expect(options).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code, path: at, detail: expect.stringContaining(says) as string }]);
  });
});
