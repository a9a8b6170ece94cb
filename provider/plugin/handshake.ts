import type { Certificate } from "./certificate.js";

/** Tells a program that it was started by Terraform and not by a person. Source: Terraform's plugin handshake. */
const COOKIE = {
  name: "TF_PLUGIN_MAGIC_COOKIE",
  value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
} as const;
const CORE_VERSION = 1;
export const PROTOCOL_VERSION = 6;

type Environment = Readonly<Record<string, string | undefined>>;

/** How Terraform wants to talk, or why there is nothing to talk about. */
export type Handshake =
  | { readonly ok: true; readonly clientPem: string | undefined; readonly multiplexes: boolean }
  | { readonly ok: false; readonly message: string };

export function readHandshake(environment: Environment): Handshake {
  if (environment[COOKIE.name] !== COOKIE.value) {
    return {
      ok: false,
      message:
        "This is a Terraform provider: Terraform starts it.\n" +
        "Put it into a mirror or name its folder in dev_overrides, or start it with --debug to attach Terraform to it.",
    };
  }
  const versions = environment["PLUGIN_PROTOCOL_VERSIONS"]?.split(",");
  if (versions !== undefined && !versions.includes(String(PROTOCOL_VERSION))) {
    return {
      ok: false,
      message: `This provider speaks plugin protocol ${PROTOCOL_VERSION}, this Terraform only ${versions.join(", ")}. It needs Terraform 1.0 or later.`,
    };
  }
  return {
    ok: true,
    clientPem: environment["PLUGIN_CLIENT_CERT"] || undefined,
    multiplexes: Boolean(environment["PLUGIN_MULTIPLEX_GRPC"]),
  };
}

/** The one line that the plugin prints: where it listens, and by which certificate it will be known. */
export function handshakeLine(
  network: "unix" | "tcp",
  address: string,
  own: Certificate | undefined,
  multiplexes: boolean,
): string {
  const certificate = own?.der.toString("base64").replace(/=+$/, "") ?? "";
  const fields = [CORE_VERSION, PROTOCOL_VERSION, network, address, "grpc", certificate];
  // One connection per client: multiplexing is offered only to those who ask, and refused.
  return [...fields, ...(multiplexes ? ["false"] : [])].join("|");
}
