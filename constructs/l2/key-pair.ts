import { Construct } from "constructs";
import { Keypair } from "../generated/keypair";

export interface KeyPairProps {
  /** In OpenSSH's form; the cloud makes a pair when it is not set. */
  readonly publicKey?: string;
  /** The id of the construct when not set. */
  readonly name?: string;
}

/** A key to sign in to servers with. */
export class KeyPair extends Construct {
  readonly resource: Keypair;
  readonly keyName: string;

  constructor(scope: Construct, id: string, { name = id, publicKey }: KeyPairProps = {}) {
    super(scope, id);
    this.resource = new Keypair(this, "keypair", { name, ...(publicKey === undefined ? {} : { publicKey }) });
    this.keyName = this.resource.id;
  }

  /** One that exists, by its name. */
  static fromName(keyName: string): Pick<KeyPair, "keyName"> {
    return { keyName };
  }
}
