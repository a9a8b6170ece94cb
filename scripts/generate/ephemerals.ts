import type { Attributes } from "../../schema/attributes.js";
import { describe } from "../../schema/describe.js";
import { ephemeralPath } from "./docs.js";
import { camelCase } from "./snippets.js";

/** A type of ephemeral resource. It takes no arguments. */
export interface Ephemeral {
  readonly type: string;
  readonly description: string;
  readonly attributes: Attributes;
}

/** The class of an ephemeral resource. cdktf has no base for these: it is an element that writes its own block. */
export function generateEphemeral({ type, description, attributes }: Ephemeral): string {
  const name = camelCase(`_ephemeral_${type}`);
  const getters = Object.entries(attributes).map(([attribute, a]) => {
    if (a.kind !== "string") throw new Error(`${type}.${attribute} is no string: how is it read?`);
    return `
  /** ${describe(a)} */
  public get ${camelCase(attribute)}(): string {
    return cdktf.Token.asString(cdktf.ref(\`ephemeral.${type}.\${this.friendlyUniqueId}.${attribute}\`, this.cdktfStack));
  }
`;
  });
  return `import { Construct } from 'constructs';
import * as cdktf from 'cdktf';

export interface ${name}Config {
  readonly provider?: cdktf.TerraformProvider;
}

/**
* ${description}
*
* ${type}: see ${ephemeralPath(type)}
*
* Lives as long as one run, and is stored nowhere: only arguments of providers, write-only arguments and other ephemeral
* values may take it. Needs Terraform 1.10; iec does not know ephemeral resources.
*/
export class ${name} extends cdktf.TerraformElement {
  public static readonly tfResourceType = "${type}";

  public constructor(scope: Construct, id: string, private readonly config: ${name}Config = {}) {
    super(scope, id, 'ephemeral.${type}');
  }
${getters.join("")}
  public toTerraform(): any {
    const body = { provider: this.config.provider?.fqn, ...this.rawOverrides, '//': this.constructNodeMetadata };
    return { ephemeral: { ${type}: { [this.friendlyUniqueId]: body } } };
  }
}
`;
}
