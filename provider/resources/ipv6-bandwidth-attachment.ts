import { id, string, type ObservedOf } from "../../schema/attributes.js";
import { DiagnosticError, errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { isGiven } from "./common.js";
import { defineResource, told } from "./define.js";

const attributes = {
  id: id("Id of the port."),
  port_id: string({
    required: true,
    requiresReplace: true,
    minLength: 1,
    description: "Id of the port with an IPv6 address: a server's NIC, or a virtual IP.",
  }),
  bandwidth_id: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    description: "Id of the IPv6 bandwidth. Exactly one of this and `bandwidth_type` is needed.",
  }),
  bandwidth_type: string({
    optional: true,
    requiresReplace: true,
    description: "Type of the bandwidth: the newest of that type in the port's site is used.",
  }),
};

/** A port without IPv6 bandwidth has no attachment. */
export const fromApi = (
  port: components["schemas"]["Port"] | undefined,
): (ObservedOf<typeof attributes> & { id: string }) | undefined =>
  port?.id === undefined || !port.ipv6_bandwidth_id
    ? undefined
    : { id: port.id, port_id: port.id, bandwidth_id: port.ipv6_bandwidth_id };

async function newest(bandwidth_type: string, port_id: string, api: Api): Promise<string> {
  const { port } = await api.get("/v1/ports/{port_id}", { params: { path: { port_id } } });
  const site_id = told(port?.site_id, "the site of the port");
  const fitting = (await api.list("/v1/bandwidths", { site_id })).filter(
    (bandwidth) => bandwidth.bandwidth_type === bandwidth_type,
  );
  // Times as the cloud writes them sort as texts.
  const [found] = fitting.toSorted((a, b) => ((a.create_time ?? "") < (b.create_time ?? "") ? 1 : -1));
  if (found?.id !== undefined) return found.id;
  throw new DiagnosticError(
    errorDiagnostic("IEC2019", `The site has no bandwidth of type "${bandwidth_type}"`, {
      path: ["bandwidth_type"],
      detail: `Site ${site_id}: bandwidths come with EIPs and with servers that ask for IPv6 bandwidth. Give the bandwidth_id of one that exists.`,
    }),
  );
}

/** Public access over IPv6 for one port. */
export const ipv6BandwidthAttachment = defineResource({
  type: "iec_ipv6_bandwidth_attachment",
  description:
    "Gives the IPv6 address of a server's NIC or of a virtual IP public access by a shared bandwidth.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other", port: "port_id" },
  api: [
    "POST /v1/vports/{vport_id}/bandwidth/attach",
    "POST /v1/vports/{vport_id}/bandwidth/detach",
    "GET /v1/ports/{port_id}",
    "GET /v1/ports",
    "GET /v1/bandwidths",
  ],
  adoptBy: ["port_id"],
  validate: checkBandwidth,

  async create(plan, api) {
    const bandwidth_id = plan.bandwidth_id ?? (await newest(plan.bandwidth_type ?? "", plan.port_id, api));
    await api.post("/v1/vports/{vport_id}/bandwidth/attach", {
      params: { path: { vport_id: plan.port_id } },
      body: { bandwidth_id },
    });
    return { id: plan.port_id, port_id: plan.port_id, bandwidth_id };
  },
  async read({ id: port_id }, api) {
    return fromApi((await api.get("/v1/ports/{port_id}", { params: { path: { port_id } } })).port);
  },
  async list(api, maxPages) {
    return (await api.list("/v1/ports", {}, { maxPages }))?.flatMap((port) => fromApi(port) ?? []);
  },
  async delete(state, api) {
    const path = { vport_id: told(state.id, "the port's id") };
    await api.post("/v1/vports/{vport_id}/bandwidth/detach", { params: { path } });
  },
});

/** One way to say which bandwidth. */
export function checkBandwidth({ bandwidth_id: given, bandwidth_type: type }: ObjectValue): Diagnostic[] {
  if (isGiven(given) && isGiven(type)) {
    return [
      errorDiagnostic("IEC2013", "Both bandwidth_id and bandwidth_type are set", {
        path: ["bandwidth_type"],
        detail: "The type only helps to find a bandwidth. Remove one of the two.",
      }),
    ];
  }
  if (given !== null || type !== null) return [];
  return [
    errorDiagnostic("IEC2013", "It is not said which bandwidth to use", {
      path: ["bandwidth_id"],
      detail: "Set bandwidth_id, or bandwidth_type to use the newest of a type.",
    }),
  ];
}
