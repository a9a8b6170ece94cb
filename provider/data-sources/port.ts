import { defineDataSource } from "../resources/define.js";
import { askable, theOnly } from "./common.js";
import { findPorts, portShape } from "./ports.js";

/** One NIC or virtual IP that exists already. */
export const port = defineDataSource({
  type: "iec_port",
  description: "One existing port, the NIC of a server or a virtual IP, found by id, address or MAC address.",
  attributes: askable(portShape, "id", "name", "fixed_ip", "mac_address", "subnet_id", "device_id"),
  api: ["GET /v1/ports"],
  async read({ id, name, fixed_ip, mac_address, subnet_id, device_id }, api) {
    const asked = { id, name, fixed_ip, mac_address, subnet_id, device_id };
    return theOnly("port", asked, await findPorts(asked, api));
  },
});
