import { readFileSync } from "node:fs";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import type { Agency, Credentials } from "./api.js";
import { readProfile, type Profile } from "./shared-config.js";

/** The environment variable behind each argument that is a text. Those of a block have its name in front. */
export const VARIABLES = {
  access_key: "HW_ACCESS_KEY",
  secret_key: "HW_SECRET_KEY",
  security_token: "HW_SECURITY_TOKEN",
  domain_id: "HW_DOMAIN_ID",
  domain_name: "HW_DOMAIN_NAME",
  region: "HW_REGION_NAME",
  auth_url: "HW_AUTH_URL",
  cloud: "HW_CLOUD",
  token: "HW_AUTH_TOKEN",
  user_name: "HW_USER_NAME",
  password: "HW_USER_PASSWORD",
  shared_config_file: "HW_SHARED_CONFIG_FILE",
  profile: "HW_PROFILE",
  "assume_role.agency_name": "HW_ASSUME_ROLE_AGENCY_NAME",
  "assume_role.domain_name": "HW_ASSUME_ROLE_DOMAIN_NAME",
  "assume_role.domain_id": "HW_ASSUME_ROLE_DOMAIN_ID",
  "assume_role.duration": "HW_ASSUME_ROLE_DURATION",
  "assume_role_with_oidc.agency_name": "HW_ASSUME_ROLE_AGENCY_NAME",
  "assume_role_with_oidc.domain_name": "HW_ASSUME_ROLE_DOMAIN_NAME",
  "assume_role_with_oidc.domain_id": "HW_ASSUME_ROLE_DOMAIN_ID",
  "assume_role_with_oidc.duration": "HW_ASSUME_ROLE_DURATION",
  "assume_role_with_oidc.idp_id": "HW_ASSUME_ROLE_IDP_ID",
  "assume_role_with_oidc.id_token": "HW_ASSUME_ROLE_ID_TOKEN",
  "assume_role_with_oidc.id_token_file": "HW_ASSUME_ROLE_ID_TOKEN_FILE",
} as const;
export type Name = keyof typeof VARIABLES;
/** One place that arguments come from. What it does not tell is undefined, never empty. */
export type Lookup = (name: Name) => string | undefined;
type Block = "assume_role" | "assume_role_with_oidc";

/** Asks one place after the other. */
export const firstOf =
  (...lookups: readonly Lookup[]): Lookup =>
  (name) => {
    for (const lookup of lookups) {
      const found = lookup(name);
      if (found !== undefined) return found;
    }
    return undefined;
  };

export interface SignIn {
  readonly credentials: Credentials;
  readonly agency: Agency | undefined;
  readonly domainId: string | undefined;
  readonly domainName: string | undefined;
}

/**
 * Chooses who calls. A place that tells a whole way to sign in is not mixed with a later one:
 *
 * 1. arguments; in each place a token before keys, a password and an identity token;
 * 2. the profile that an argument names;
 * 3. the environment, together with what arguments tell;
 * 4. the profile that the environment names.
 *
 * @throws {DiagnosticError} when there is no way, or the chosen one is not usable.
 */
export function signIn(fromArguments: Lookup, environment: NodeJS.ProcessEnv): SignIn {
  const fromEnvironment: Lookup = (name) => environment[VARIABLES[name]] || undefined;
  const places = [fromArguments, fromEnvironment];
  const both = firstOf(...places);
  const begun = BEGINNINGS.some((name) => fromArguments(name) !== undefined);
  const namesProfile = (lookup: Lookup) =>
    !begun && (lookup("shared_config_file") ?? lookup("profile")) !== undefined;
  const profile = () => profileLookup(readProfile(both("shared_config_file"), both("profile"), environment));

  const given = credentialsFrom(fromArguments, both);
  if (given !== undefined) return complete(given, places);
  if (tellsProvider(fromArguments)) return complete(identityToken(both), places);
  if (namesProfile(fromArguments)) {
    const file = profile();
    return complete(credentialsFrom(file, file), [fromArguments, file, fromEnvironment]);
  }
  const found = credentialsFrom(both, both);
  if (found !== undefined) return complete(found, places);
  if (tellsProvider(both)) return complete(identityToken(both), places);
  if (namesProfile(fromEnvironment)) {
    const file = profile();
    return complete(credentialsFrom(file, file), [...places, file]);
  }
  throw missingCredentials(both);
}

/** Any of these says that its place means to tell the credentials. */
const BEGINNINGS = ["token", "access_key", "secret_key", "user_name", "password"] as const satisfies Name[];

/** The first way that is told completely. `rest` tells what goes with it. */
function credentialsFrom(lookup: Lookup, rest: Lookup): Credentials | undefined {
  const token = lookup("token");
  if (token !== undefined) return { kind: "token", token };
  const accessKey = lookup("access_key");
  const secretKey = lookup("secret_key");
  if (accessKey !== undefined && secretKey !== undefined) {
    const securityToken = rest("security_token");
    return { kind: "keys", accessKey, secretKey, ...(securityToken !== undefined && { securityToken }) };
  }
  const user = lookup("user_name");
  const password = lookup("password");
  const domain = rest("domain_name");
  if (user === undefined || password === undefined || domain === undefined) return undefined;
  return { kind: "password", user, password, domain };
}

const tellsProvider = (lookup: Lookup): boolean => lookup("assume_role_with_oidc.idp_id") !== undefined;

function identityToken(lookup: Lookup): Credentials {
  const idpId = lookup("assume_role_with_oidc.idp_id") ?? "";
  const token = lookup("assume_role_with_oidc.id_token");
  const file = lookup("assume_role_with_oidc.id_token_file");
  if (token === undefined && file === undefined) {
    throw refused(
      "The identity token is missing",
      "Set HW_ASSUME_ROLE_ID_TOKEN_FILE (id_token_file of assume_role_with_oidc) or HW_ASSUME_ROLE_ID_TOKEN (id_token).",
      "assume_role_with_oidc.id_token",
    );
  }
  const seconds = lookup("assume_role_with_oidc.duration");
  return {
    kind: "oidc",
    idpId,
    idToken: () => token ?? readTokenFile(file ?? ""),
    ...(seconds !== undefined && { durationSeconds: Number(seconds) }),
  };
}

function readTokenFile(file: string): string {
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw refused(
      `The identity token file ${file} cannot be read (${code})`,
      "Correct HW_ASSUME_ROLE_ID_TOKEN_FILE (id_token_file of assume_role_with_oidc).",
      "assume_role_with_oidc.id_token_file",
    );
  }
  if (token !== "") return token;
  throw refused(
    `The identity token file ${file} is empty`,
    "Let the identity provider write a token into it.",
    "assume_role_with_oidc.id_token_file",
  );
}

/** Adds the agency, and the account that calls then are for. The first place is that of the arguments. */
function complete(credentials: Credentials | undefined, places: readonly Lookup[]): SignIn {
  const lookup = firstOf(...places);
  if (credentials === undefined) throw missingCredentials(lookup);
  const blocks: Block[] =
    credentials.kind === "oidc" ? ["assume_role_with_oidc", "assume_role"] : ["assume_role"];
  const block = blocks.find((name) => lookup(`${name}.agency_name`) !== undefined);
  if (block !== undefined) {
    const agency = agencyOf(block, places);
    return { credentials, agency, domainId: agency.domainId, domainName: agency.domainName };
  }
  const nameless = blocks.find((name) => accountOf(name, places[0]) !== undefined);
  if (nameless !== undefined) {
    throw refused(
      "The agency's name is missing",
      `Set HW_ASSUME_ROLE_AGENCY_NAME (agency_name of ${nameless}).`,
      `${nameless}.agency_name`,
    );
  }
  const [domainId, domainName] = [lookup("domain_id"), lookup("domain_name")];
  return { credentials, agency: undefined, domainId, domainName };
}

function accountOf(block: Block, place: Lookup | undefined): Omit<Agency, "name"> | undefined {
  const [domainId, domainName] = [place?.(`${block}.domain_id`), place?.(`${block}.domain_name`)];
  if (domainId === undefined && domainName === undefined) return undefined;
  return { ...(domainId !== undefined && { domainId }), ...(domainName !== undefined && { domainName }) };
}

function agencyOf(block: Block, places: readonly Lookup[]): Agency {
  const lookup = firstOf(...places);
  // An account's name and its id come from one place: else they may be of two accounts.
  const account = places.map((place) => accountOf(block, place)).find((a) => a !== undefined);
  const seconds = lookup(`${block}.duration`);
  if (account !== undefined) {
    const name = lookup(`${block}.agency_name`) ?? "";
    return { name, ...account, ...(seconds !== undefined && { durationSeconds: Number(seconds) }) };
  }
  throw refused(
    "The account of the agency is missing",
    `Set HW_ASSUME_ROLE_DOMAIN_NAME (domain_name of ${block}) to the account that made the agency.`,
    `${block}.domain_name`,
  );
}

function profileLookup(profile: Profile): Lookup {
  const told: Partial<Record<Name, string | undefined>> = {
    access_key: profile.accessKey,
    secret_key: profile.secretKey,
    security_token: profile.securityToken,
    domain_id: profile.domainId,
    "assume_role.agency_name": profile.agencyName,
    "assume_role.domain_name": profile.agencyDomainName,
    "assume_role.domain_id": profile.agencyDomainId,
  };
  return (name) => told[name];
}

/** Names what is missing of the way that was begun, else both ways. */
function missingCredentials(lookup: Lookup): DiagnosticError {
  const ways: Name[][] = [
    ["access_key", "secret_key"],
    ["user_name", "password", "domain_name"],
  ];
  const begun = ways.find((way) => way.slice(0, 2).some((name) => lookup(name) !== undefined));
  const missing = begun?.filter((name) => lookup(name) === undefined);
  const list = (names: readonly Name[]) => names.map((name) => `${VARIABLES[name]} (${name})`).join(" and ");
  return refused(
    "Credentials are missing",
    missing === undefined
      ? `Set ${list(["access_key", "secret_key"])} in the environment or the provider block, or name a profile with HW_PROFILE. ` +
          "Without an account, `iec simulate -- COMMAND` runs a command against the bundled stand-in."
      : `${list(missing)} is not set. Set it in the environment or the provider block.`,
    missing?.[0] ?? "access_key",
  );
}

/** Where an argument is in the provider block. */
export function pathOf(name: Name): (string | number)[] {
  const [block = name, field] = name.split(".");
  return field === undefined ? [block] : [block, 0, field];
}

function refused(summary: string, detail: string, name: Name): DiagnosticError {
  return new DiagnosticError(errorDiagnostic("IEC4001", summary, { detail, path: pathOf(name) }));
}
