import { createRequire } from "node:module";
import path from "node:path";
import packageJson from "../../../package.json" with { type: "json" };
import { PROVIDER_ADDRESS } from "../../../schema/provider-schema.js";

/** How Terraform names the provider's files, and where it looks for them. */

const NAME = "terraform-provider-iec";
export const { version: VERSION } = packageJson;
/**
 * The program as Terraform starts it. The extension makes Node take it for what it is, also below a package of ES
 * modules.
 */
export const PROGRAM = `${NAME}_v${VERSION}.cjs`;

/** Terraform's names of the platforms that start a script by its first line. Windows does not. */
export const PLATFORMS = ["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"] as const;
export type Platform = (typeof PLATFORMS)[number];

/** The platform of a process, or undefined where the provider cannot be started by itself. */
export function platformOf(os: string, arch: string): Platform | undefined {
  const name = `${os}_${arch === "x64" ? "amd64" : arch}`;
  return PLATFORMS.find((platform) => platform === name);
}

export const archiveName = (platform: Platform): string => `${NAME}_${VERSION}_${platform}.zip`;
export const releaseName = (suffix: string): string => `${NAME}_${VERSION}_${suffix}`;

/** The provider's folder in a mirror. */
export const mirrorFolder = (mirror: string): string => path.join(mirror, ...PROVIDER_ADDRESS.split("/"));

/** The built provider of this package, wherever it is installed. */
export function builtProvider(): string {
  const root = path.dirname(createRequire(import.meta.url).resolve("iec-cdk/package.json"));
  return path.join(root, "dist/provider", `${NAME}.cjs`);
}
