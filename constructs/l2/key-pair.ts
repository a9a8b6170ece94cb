import type { Construct } from "constructs";
import { Keypair } from "../generated/keypair";
import { EdgeConstruct } from "./construct";
import { checkProps, optional, text } from "./props";

export interface KeyPairProps {
  /** In OpenSSH's form; the cloud makes a pair when it is not set. */
  readonly publicKey?: string;
  /** The id of the construct when not set. */
  readonly name?: string;
}

/** A key to sign in to servers with. */
export class KeyPair extends EdgeConstruct {
  readonly resource: Keypair;
  readonly keyName: string;

  constructor(scope: Construct, id: string, props: KeyPairProps = {}) {
    super(scope, id);
    checkProps(this, props, { publicKey: optional(text), name: optional(text) });
    const { name = id, publicKey } = props;
    this.resource = new Keypair(this, "keypair", { name, ...(publicKey === undefined ? {} : { publicKey }) });
    this.keyName = this.resource.id;
  }

  /** One that is there already, by its name, which is its id. */
  static fromName(keyName: string): Pick<KeyPair, "keyName"> {
    return { keyName };
  }
}
