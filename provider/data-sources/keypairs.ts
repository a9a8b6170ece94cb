import { element, list, string } from "../../schema/attributes.js";
import type { Api } from "../client/index.js";
import { defineDataSource, sent } from "../resources/define.js";
import { fromApi } from "../resources/keypair.js";
import { byName, fits, shaped, type Asked } from "./common.js";

/** What a key pair tells of itself: never its private key. */
export const keypairShape = {
  id: string({ computed: true, description: "The name, which is the id." }),
  name: string({ computed: true, description: "Name, unique in the account." }),
  public_key: string({ computed: true, description: "Public key in OpenSSH form." }),
  fingerprint: string({ computed: true, description: "SHA256 fingerprint of the public key." }),
};
const attributes = {
  name: string({ optional: true, description: "Only the key pair of this name." }),
  keypairs: list({
    computed: true,
    element: element.object(keypairShape),
    description: "The key pairs, ordered by name.",
  }),
};

export async function findKeypairs({ name }: Asked<{ name: string | null }>, api: Api) {
  const found = await api.list("/v1/os-keypairs", sent({ name }));
  return found
    .map((pair) => shaped(keypairShape, fromApi(pair)))
    .filter(fits({ name }))
    .sort(byName);
}

/** The key pairs of the account. */
export const keypairs = defineDataSource({
  type: "iec_keypairs",
  description: "The SSH key pairs of the account, without private keys.",
  attributes,
  api: ["GET /v1/os-keypairs"],
  async read({ name }, api) {
    return { keypairs: await findKeypairs({ name }, api) };
  },
});
