import { string } from "../../schema/attributes.js";
import { defineDataSource } from "../resources/define.js";
import { theOnly } from "./common.js";
import { findKeypairs, keypairShape } from "./keypairs.js";

/** One key pair that exists already. */
export const keypair = defineDataSource({
  type: "iec_keypair",
  description: "One existing SSH key pair, without its private key.",
  attributes: { ...keypairShape, name: string({ required: true, description: "Name." }) },
  api: ["GET /v1/os-keypairs"],
  async read({ name }, api) {
    return { ...theOnly("key pair", { name }, await findKeypairs({ name }, api)), name };
  },
});
