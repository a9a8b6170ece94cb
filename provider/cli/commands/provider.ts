import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { DiagnosticError, errorDiagnostic } from "../../../schema/diagnostics.js";
import { PROVIDER_ADDRESS, PROVIDER_SOURCE } from "../../../schema/provider-schema.js";
import type { Context } from "../context.js";
import type { Io } from "../io.js";
import { makeExecutable } from "../packaging/executable.js";
import { installInto } from "../packaging/install.js";
import {
  builtProvider,
  executableName,
  isExecutablePlatform,
  isScriptPlatform,
  platformName,
  SCRIPT_NAME,
  SCRIPT_PLATFORMS,
  VERSION,
  type Platform,
  type Program,
} from "../packaging/layout.js";

export interface InstallFlags {
  readonly dir?: string;
  readonly packed?: boolean;
  readonly executable?: boolean;
  readonly platform?: string;
}

const WINDOWS = process.platform === "win32";
const HERE = platformName(process.platform, process.arch);

/** `iec provider install`: puts the provider where Terraform finds it, and tells what else it takes. */
export async function install({ io }: Context, flags: InstallFlags): Promise<void> {
  const mirror = flags.dir === undefined ? impliedMirror(io) : path.resolve(io.cwd, flags.dir);
  const { program, platform } = await programFor(flags.platform ?? HERE, flags.executable === true);
  let file: string;
  try {
    file = installInto(mirror, program, platform, { packed: flags.packed === true });
  } catch (error) {
    throw refusal(`The provider cannot be put into ${mirror}`, messageOf(error));
  }
  io.stdout.write(`Installed ${PROVIDER_SOURCE} ${VERSION}:\n  ${file}\n\n${REQUIREMENT}\n`);
  io.stdout.write(flags.dir === undefined ? IMPLIED : named(mirror));
}

/** Terraform looks here without being told. */
const impliedMirror = ({ environment }: Io): string =>
  WINDOWS
    ? path.join(environment["APPDATA"] ?? path.join(homedir(), "AppData/Roaming"), "terraform.d/plugins")
    : path.join(environment["HOME"] ?? homedir(), ".terraform.d/plugins");

/** The script where it can be started, unless an executable is asked for. That is made of the Node.js that runs here. */
async function programFor(
  platform: string,
  executable: boolean,
): Promise<{ readonly program: Program; readonly platform: Platform }> {
  const script = readFileSync(builtProvider());
  if (!executable && isScriptPlatform(platform)) {
    return { program: { name: SCRIPT_NAME, content: script }, platform };
  }
  if (!isExecutablePlatform(platform)) {
    if (isScriptPlatform(platform)) throw refusal(`There is no executable for ${platform}`, UNSIGNED);
    const detail = `It runs on ${SCRIPT_PLATFORMS.join(", ")} and windows_amd64. ${ATTACHED}`;
    throw refusal(`The provider cannot be installed for ${platform}`, detail);
  }
  if (platform !== HERE) {
    const detail = `Run this command on such a machine, or take the archive of a release made with --executables.`;
    throw refusal(`An executable for ${platform} cannot be made on ${HERE}`, detail);
  }
  try {
    const content = await makeExecutable({ script, carrier: process.execPath, node: process.execPath });
    return { program: { name: executableName(platform), content }, platform };
  } catch (error) {
    throw refusal("The executable cannot be made", `${messageOf(error)}\nIt takes npm. ${ATTACHED}`);
  }
}

const UNSIGNED =
  "macOS starts signed ones only. Leave out --executable: the script runs where Node.js 20 or later is.";
const ATTACHED = "`iec terraform -- ARGS` needs no installation.";

const refusal = (summary: string, detail: string): DiagnosticError =>
  new DiagnosticError(errorDiagnostic("IEC2017", summary, { detail }));
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const REQUIREMENT = `In the configuration (constructs write it by themselves):

terraform {
  required_providers {
    iec = {
      source  = "${PROVIDER_SOURCE}"
      version = "${VERSION}"
    }
  }
}
`;

const IMPLIED = `Terraform looks there by itself, unless its CLI configuration has a provider_installation block.\n`;

const named = (
  mirror: string,
): string => `In Terraform's CLI configuration (${WINDOWS ? "%APPDATA%\\terraform.rc" : "~/.terraformrc"}, or the file that TF_CLI_CONFIG_FILE names):

provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ["${PROVIDER_ADDRESS}"]
  }
  direct {
    exclude = ["${PROVIDER_ADDRESS}"]
  }
}
`;
