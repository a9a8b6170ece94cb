import { string } from "../../schema/attributes.js";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import type { Methods } from "../../schema/generated/plugin-protocol.js";
import { createAuthorizer } from "../client/auth.js";
import { createExchanger } from "../client/exchange.js";
import { objectType } from "./catalog.js";
import type { Outgoing } from "./protobuf.js";
import type { Provider } from "./provider.js";
import { encodeValue } from "./values.js";

const attributes = {
  token: string({
    computed: true,
    sensitive: true,
    description: "Token for the header `X-Auth-Token`, valid for up to 24 hours.",
  }),
};

/** What lives as long as a command of Terraform, and is stored nowhere. */
export const ephemeralTypes = {
  iec_token: {
    type: "iec_token",
    description:
      "A login token of the provider's user. Needs a provider that logs in by password or token: access keys sign every request by themselves.",
    attributes,
  },
} as const;
type Answer<M extends keyof Methods> = Promise<Outgoing<Methods[M]["response"]>>;

export function validateEphemeral({
  typeName,
}: Methods["ValidateEphemeralResourceConfig"]["request"]): Answer<"ValidateEphemeralResourceConfig"> {
  known(typeName);
  return Promise.resolve({});
}

export async function openEphemeral(
  { typeName }: Methods["OpenEphemeralResource"]["request"],
  provider: Provider,
): Answer<"OpenEphemeralResource"> {
  known(typeName);
  const { clock, random, stopped } = provider;
  const options = { ...provider.cloud().options, clock, random };
  const authorize = await createAuthorizer(options, createExchanger(options)).prepare(stopped);
  const token = authorize({ method: "GET", url: options.endpoint, headers: {} })["x-auth-token"];
  if (token === undefined) {
    throw new DiagnosticError(
      errorDiagnostic("IEC4001", "Access keys have no token", {
        detail: "Give the provider user_name, password and domain_name, or a token.",
      }),
    );
  }
  return { result: encodeValue(objectType(attributes), { token }) };
}

/** A token lives longer than any command that asks for it. */
export const renewEphemeral = (): Answer<"RenewEphemeralResource"> => Promise.resolve({});
export const closeEphemeral = (): Answer<"CloseEphemeralResource"> => Promise.resolve({});

function known(type: string): void {
  if (Object.hasOwn(ephemeralTypes, type)) return;
  throw new DiagnosticError(errorDiagnostic("IEC2003", `There is no ephemeral resource type "${type}"`));
}
