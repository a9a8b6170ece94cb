import { NAMESPACE, type ProviderFunction } from "../../provider/functions/function.js";
import type { CtyType } from "../../schema/provider-schema.js";
import { functionPath } from "./docs.js";
import { camelCase } from "./snippets.js";

/** How a construct library has the types of functions: as what they take, and how a token of the result is made. */
interface Binding {
  readonly type: string;
  readonly token: string;
}

/** The functions of the provider as static methods, each of which returns a token for its call. */
export function generateFunctions(functions: Iterable<ProviderFunction>): string {
  const methods = [...functions].map(method).join("\n");
  return `import * as cdktf from 'cdktf';

/**
* Functions of the provider. Whoever carries out the plan calls them: iec, or Terraform 1.8 and later, which cdktn wants to
* be told: \`"targetVersions": { "terraform": ">=1.8" }\` in cdktf.json.
*/
export class IecFunctions {
${methods}}
`;
}

function method({ name, summary, description, parameters, returns }: ProviderFunction): string {
  const { type, token } = bindingOf(returns);
  const declared = parameters.map((p) => `${camelCase(p.name)}: ${parameterType(p.type)}`);
  const given = parameters.map((p) => camelCase(p.name) + (p.type === "dynamic" ? ".fqn" : ""));
  return `  /**
  * ${summary}: see ${functionPath(name)}
  *
  * ${description}
${parameters.map((p) => `  * @param ${camelCase(p.name)} ${p.description}\n`).join("")}  */
  public static ${camelCase(name)}(${declared.join(", ")}): ${type} {
    return cdktf.Token.${token}(cdktf.call('${NAMESPACE}${name}', [${given.join(", ")}]));
  }
`;
}

/** Of whatever has an address: a resource, a data source, a part of one. */
const parameterType = (type: CtyType | "dynamic"): string =>
  type === "dynamic" ? "cdktf.ITerraformAddressable" : bindingOf(type).type;

function bindingOf(type: CtyType): Binding {
  if (type === "string") return { type: "string", token: "asString" };
  if (type === "number") return { type: "number", token: "asNumber" };
  if (type[0] === "list" && type[1] === "string") return { type: "string[]", token: "asList" };
  if (type[0] === "map" && type[1] === "string")
    return { type: "{ [key: string]: string }", token: "asStringMap" };
  throw new Error(`${JSON.stringify(type)} has no counterpart in the constructs`);
}
