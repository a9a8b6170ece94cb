import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";

/** What a profile of the vendor's command line tool tells; what it leaves out is absent. */
export interface Profile {
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  readonly securityToken?: string | undefined;
  readonly domainId?: string | undefined;
  readonly agencyName?: string | undefined;
  readonly agencyDomainName?: string | undefined;
  readonly agencyDomainId?: string | undefined;
}

/** Where the file is when only a profile is named: where `hcloud configure` writes it. */
const DEFAULT_FILE = "~/.hcloud/config.json";

/**
 * Reads a profile of the file that `hcloud configure` writes: the named one, else the file's current one.
 *
 * @throws {DiagnosticError} when there is none to sign in with.
 */
export function readProfile(
  file: string | undefined,
  name: string | undefined,
  environment: NodeJS.ProcessEnv,
): Profile {
  const location = expand(file ?? DEFAULT_FILE, environment);
  const content = asRecord(parse(location, read(location)));
  if (content === undefined || !Array.isArray(content["profiles"])) throw malformed(location);
  const profiles = content["profiles"].map(asRecord).filter((p) => p !== undefined);
  const wanted = name ?? text(content, "current");
  const profile = profiles.find((p) => wanted !== undefined && text(p, "name") === wanted);
  if (profile === undefined) {
    const names = profiles.map((p) => `"${text(p, "name") ?? ""}"`).join(", ");
    throw refused(
      "profile",
      wanted === undefined
        ? `${location} names no current profile`
        : `${location} has no profile "${wanted}"`,
      `It has ${names === "" ? "none" : names}. Name one with HW_PROFILE (profile), or add it with \`hcloud configure set\`.`,
    );
  }
  return keysOf(profile, location);
}

function keysOf(profile: Record<string, unknown>, location: string): Profile {
  const sso = text(profile, "mode")?.toUpperCase() === "SSO";
  const holder = (sso ? asRecord(asRecord(profile["ssoAuth"])?.["stsToken"]) : profile) ?? {};
  const accessKey = text(holder, "accessKeyId");
  const secretKey = text(holder, "secretAccessKey");
  if (accessKey === undefined || secretKey === undefined) {
    throw refused(
      "profile",
      `The profile "${text(profile, "name") ?? ""}" of ${location} holds no access key`,
      sso
        ? "Sign in again with hcloud: the temporary keys of a single sign-on are read from the file."
        : "Its mode must be AKSK or SSO. Store keys with `hcloud configure set --cli-access-key --cli-secret-key`.",
    );
  }
  return {
    accessKey,
    secretKey,
    securityToken: text(holder, "securityToken"),
    domainId: text(profile, "domainId"),
    agencyName: text(profile, "agencyName"),
    agencyDomainName: text(profile, "agencyDomainName"),
    agencyDomainId: text(profile, "agencyDomainId"),
  };
}

function read(location: string): string {
  try {
    return readFileSync(location, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw code === "ENOENT"
      ? refused(
          "shared_config_file",
          `The shared configuration file ${location} does not exist`,
          "Write it with `hcloud configure init`, or correct HW_SHARED_CONFIG_FILE (shared_config_file).",
        )
      : refused(
          "shared_config_file",
          `The shared configuration file ${location} cannot be read (${code})`,
          "Make it a file that this user may read.",
        );
  }
}

function parse(location: string, content: string): unknown {
  try {
    // Editors on Windows begin a file with a byte order mark.
    return JSON.parse(content.replace(/^\uFEFF/, "")) as unknown;
  } catch {
    // The parser's message quotes the content, which holds secrets.
    throw malformed(location);
  }
}

function malformed(location: string): DiagnosticError {
  return refused(
    "shared_config_file",
    `${location} is not a configuration file of hcloud`,
    "It must be JSON with a list of profiles, as `hcloud configure init` writes it.",
  );
}

function refused(argument: string, summary: string, detail: string): DiagnosticError {
  return new DiagnosticError(errorDiagnostic("IEC4001", summary, { detail, path: [argument] }));
}

function expand(file: string, environment: NodeJS.ProcessEnv): string {
  if (!/^~(?=$|[/\\])/.test(file)) return file;
  return path.join(environment["HOME"] || environment["USERPROFILE"] || homedir(), file.slice(1));
}

const asRecord = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;

/** A text that is not empty. */
function text(fields: Record<string, unknown>, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
