import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { DiagnosticError, errorDiagnostic } from "../../../schema/diagnostics.js";
import { PROVIDER_ADDRESS, PROVIDER_SOURCE } from "../../../schema/provider-schema.js";
import type { Context } from "../context.js";
import { installInto } from "../packaging/install.js";
import { builtProvider, platformOf, VERSION } from "../packaging/layout.js";

export interface InstallFlags {
  readonly dir?: string;
  readonly packed?: boolean;
}

/** `iec provider install`: puts the provider where Terraform finds it, and tells what else it takes. */
export function install({ io }: Context, flags: InstallFlags): void {
  const platform = platformOf(process.platform, process.arch);
  if (platform === undefined) {
    const detail = "It is a script. `iec terraform -- ARGS` starts it by itself, and installs nothing.";
    throw new DiagnosticError(
      errorDiagnostic("IEC2017", "Terraform cannot start the provider on this platform", { detail }),
    );
  }
  // Terraform looks here without being told.
  const implied = path.join(io.environment["HOME"] ?? homedir(), ".terraform.d/plugins");
  const mirror = flags.dir === undefined ? implied : path.resolve(io.cwd, flags.dir);
  const program = readFileSync(builtProvider());
  let file: string;
  try {
    file = installInto(mirror, program, platform, { packed: flags.packed === true });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new DiagnosticError(
      errorDiagnostic("IEC2017", `The provider cannot be put into ${mirror}`, { detail }),
    );
  }
  io.stdout.write(`Installed ${PROVIDER_SOURCE} ${VERSION}:\n  ${file}\n\n${REQUIREMENT}\n`);
  io.stdout.write(flags.dir === undefined ? IMPLIED : named(mirror));
}

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
): string => `In Terraform's CLI configuration (~/.terraformrc, or the file that TF_CLI_CONFIG_FILE names):

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
