import { id, string, type ObservedOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { defineResource, sent, told } from "./define.js";

const attributes = {
  id: id("The name, which is the id."),
  name: string({
    required: true,
    requiresReplace: true,
    minLength: 1,
    maxLength: 64,
    pattern: /^[a-zA-Z0-9_.\u4e00-\u9fa5-]+$/,
    patternHint: "letters, digits, Chinese characters, underscores, dots and hyphens",
    description: "Name, unique in the account.",
  }),
  public_key: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    normalize: (key) => key.trim(),
    description:
      "An RSA public key (1024, 2048 or 4096 bits) in OpenSSH form. A pair is generated when it is not set.",
  }),
  private_key: string({
    computed: true,
    sensitive: true,
    toldOnce: true,
    description:
      "The generated private key; null when `public_key` was given. The cloud tells it once: it is stored in the state in plain text.",
  }),
  fingerprint: string({ computed: true, description: "SHA256 fingerprint of the public key." }),
};

type Keypair = components["schemas"]["SimpleKeypair"];
export const fromApi = (pair: Keypair): ObservedOf<typeof attributes> & { id: string } => ({
  id: told(pair.name, "the key pair's name"),
  name: pair.name,
  public_key: pair.public_key,
  fingerprint: pair.fingerprint,
});

const pathOf = (state: { readonly id: string | null }) => ({
  path: { keypair_name: told(state.id, "the key pair's name") },
});

/** A key pair for logging in to servers. */
export const keypair = defineResource({
  type: "iec_keypair",
  description: "An SSH key pair of the account, given or generated.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other" },
  api: [
    "POST /v1/os-keypairs",
    "GET /v1/os-keypairs/{keypair_name}",
    "GET /v1/os-keypairs",
    "DELETE /v1/os-keypairs/{keypair_name}",
  ],
  adoptBy: ["name"],
  // A private key exists only where the cloud made the pair.
  modifyPlan: (config) => (typeof config["public_key"] === "string" ? { private_key: null } : {}),

  async create(plan, api) {
    const answer = await api.post("/v1/os-keypairs", {
      body: { name: plan.name, ...sent({ public_key: plan.public_key }) },
    });
    return { ...fromApi(answer), private_key: answer.private_key ?? null };
  },
  async read(state, api) {
    return fromApi(await api.get("/v1/os-keypairs/{keypair_name}", { params: pathOf(state) }));
  },
  async list(api, maxPages) {
    return (await api.list("/v1/os-keypairs", {}, { maxPages }))?.map(fromApi);
  },
  async delete(state, api) {
    await api.delete("/v1/os-keypairs/{keypair_name}", { params: pathOf(state) });
  },
});
