import { createRequire } from "node:module";
import path from "node:path";
import packageJson from "../../../package.json" with { type: "json" };
import { PROVIDER_ADDRESS } from "../../../schema/provider-schema.js";

/** How Terraform names the provider's files, and where it looks for them. */

const NAME = "terraform-provider-iec";
export const { version: VERSION } = packageJson;

/** Terraform's names of the platforms that start a script by its first line, given Node.js. Windows does not. */
export const SCRIPT_PLATFORMS = ["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"] as const;
/** Those that start a program with Node.js inside. macOS wants it signed, which only a Mac can do. */
export const EXECUTABLE_PLATFORMS = ["linux_amd64", "linux_arm64", "windows_amd64"] as const;
export type ScriptPlatform = (typeof SCRIPT_PLATFORMS)[number];
export type ExecutablePlatform = (typeof EXECUTABLE_PLATFORMS)[number];
export type Platform = ScriptPlatform | ExecutablePlatform;

export const isScriptPlatform = (name: string): name is ScriptPlatform =>
  SCRIPT_PLATFORMS.some((platform) => platform === name);
export const isExecutablePlatform = (name: string): name is ExecutablePlatform =>
  EXECUTABLE_PLATFORMS.some((platform) => platform === name);

/** Terraform's name of a process's platform. */
export const platformName = (os: string, arch: string): string =>
  `${os === "win32" ? "windows" : os}_${arch === "x64" ? "amd64" : arch}`;

/** The provider as Terraform starts it. */
export interface Program {
  readonly name: string;
  readonly content: Uint8Array;
}
/** The extension makes Node take the script for what it is, also below a package of ES modules. */
export const SCRIPT_NAME = `${NAME}_v${VERSION}.cjs`;
export const executableName = (platform: ExecutablePlatform): string =>
  `${NAME}_v${VERSION}${platform === "windows_amd64" ? ".exe" : ""}`;

export const archiveName = (platform: Platform): string => `${NAME}_${VERSION}_${platform}.zip`;
export const releaseName = (suffix: string): string => `${NAME}_${VERSION}_${suffix}`;

/** The provider's folder in a mirror. */
export const mirrorFolder = (mirror: string): string => path.join(mirror, ...PROVIDER_ADDRESS.split("/"));

/** The built provider of this package, wherever it is installed. */
export function builtProvider(): string {
  const root = path.dirname(createRequire(import.meta.url).resolve("iec-cdk/package.json"));
  return path.join(root, "dist/provider", `${NAME}.cjs`);
}
