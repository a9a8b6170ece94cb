import { dataSources } from "../data-sources/index.js";
import { resources } from "../resources/index.js";
import { encodeMessage } from "./protobuf.js";
import { schemaMessage } from "./schema.js";

/**
 * The answer to GetProviderSchema, which never changes. The build puts the bytes themselves in the place of this module:
 * Terraform starts the plugin for them alone, and waits.
 */
export const schemaResponse = (): Uint8Array =>
  encodeMessage("GetProviderSchema.Response", schemaMessage(resources.values(), dataSources.values()));
