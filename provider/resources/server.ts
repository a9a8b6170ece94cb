import type { PlanOf } from "../../schema/attributes.js";
import { minutes } from "../../schema/definition.js";
import { isList } from "../../schema/unknown.js";
import { defineResource, sent, told } from "./define.js";
import { attributes } from "./server-attributes.js";
import { changeGroups, changeImage, changeNics, changePower, naming, switchTo } from "./server-change.js";
import { checkOffers, checkServer, replaces } from "./server-check.js";
import { interpret, listServers, readServer, serverStatus, unbindForeignEips } from "./server-read.js";

export function toApi(plan: PlanOf<typeof attributes>) {
  const site = told(plan.coverage_sites[0], "the site to place the server in");
  const pools = site.pool_ids ?? [];
  return {
    name: plan.name,
    with_prefix: false,
    image_ref: plan.image_id,
    flavor_ref: plan.flavor_id,
    net_config: { vpc_id: plan.vpc_id, subnets: plan.subnet_ids.map((subnet) => ({ id: subnet })) },
    security_groups: plan.security_groups.map((group) => ({ id: group })),
    root_volume: { size: plan.system_disk_size, volume_type: plan.system_disk_type },
    data_volumes: plan.data_disks.map((disk) => ({ size: disk.size, volume_type: disk.type })),
    count: 1,
    coverage: {
      coverage_policy: "centralize" as const,
      coverage_level: "site" as const,
      coverage_sites: [
        {
          site: site.site_id,
          // `operator` is what the public Terraform client sends; the published contract knows lines only.
          demands: [
            { ...sent({ operator: site.operator }), ...(pools.length > 0 ? { pool_ids: [...pools] } : {}) },
          ],
        },
      ],
    },
    ...(plan.bind_eip === true ? { bandwidth: { sharetype: "WHOLE" as const } } : {}),
    ...sent({
      admin_pass: plan.admin_pass_wo ?? plan.admin_pass,
      key_name: plan.key_pair,
      user_data: plan.user_data,
    }),
  };
}

const idOf = (state: { readonly id: string | null }) => told(state.id, "the server's id");
const pathOf = (state: { readonly id: string | null }) => ({ params: { path: { server_id: idOf(state) } } });

/** One server in one site. */
export const server = defineResource({
  type: "iec_server",
  description: "A server (edge instance) in one edge site, with NICs in subnets of one VPC.",
  schemaVersion: 0,
  attributes,
  placement: {
    role: "server",
    site: "coverage_sites[].site_id",
    vpc: "vpc_id",
    subnets: "subnet_ids[]",
    line: "coverage_sites[].pool_ids[]",
  },
  timeouts: { create: minutes(30), update: minutes(30), delete: minutes(30) },
  statuses: {
    ready: ["ACTIVE", "SHUTOFF"],
    failed: ["ERROR"],
    one: async (server_id, api) =>
      serverStatus(
        (await api.get("/v1/cloudservers/{server_id}", { params: { path: { server_id } } })).server,
      ),
    many: async (api) => {
      const statuses = (await api.list("/v1/cloudservers")).map(
        (s) => [s.id ?? "", serverStatus(s)] as const,
      );
      return new Map(statuses.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
    },
  },
  api: [
    "POST /v1/cloudservers",
    "GET /v1/cloudservers/{server_id}",
    "GET /v1/cloudservers",
    "PUT /v1/cloudservers/{server_id}",
    "POST /v1/cloudservers/action",
    "POST /v1/cloudservers/{instance_id}/change-os",
    "POST /v1/cloudservers/{instance_id}/nics",
    "POST /v1/cloudservers/{instance_id}/nics/delete",
    "POST /v1/cloudservers/delete",
    "GET /v1/ports",
    "PUT /v1/ports/{port_id}",
    "GET /v1/cloudvolumes",
    "GET /v1/cloudvolumes/{volume_id}",
    "GET /v1/publicips",
    "PUT /v1/publicips/{publicip_id}",
  ],
  adoptBy: ["name", "vpc_id", "flavor_id"],
  deletesLater: true,
  validate: checkServer,
  quotas: ({ data_disks }) => ({ instance: 1, volume: 1 + (isList(data_disks) ? data_disks.length : 0) }),
  check: checkOffers,
  replaces,

  async create(plan, api) {
    const answer = await api.post("/v1/cloudservers", { body: { server: toApi(plan) } });
    return { id: told(answer.server_ids?.[0], "the server's id") };
  },
  async configure(plan, created, api, steps) {
    const described = plan.description !== null && plan.description !== "";
    if (described) await api.put("/v1/cloudservers/{server_id}", { ...pathOf(created), body: naming(plan) });
    if (plan.power_state === "SHUTOFF") {
      await switchTo("SHUTOFF", idOf(created), api);
      await steps.until("SHUTOFF");
    }
    return described || plan.power_state === "SHUTOFF";
  },
  read: (state, api) => readServer(state.id, api),
  list: (api, maxPages) => listServers(api, maxPages),
  interpret,
  async update(prior, plan, api, steps) {
    const { name, description } = plan;
    if (name !== prior.name || description !== prior.description)
      await api.put("/v1/cloudservers/{server_id}", { ...pathOf(prior), body: naming(plan) });
    await changeGroups(await changeNics(prior, plan, api, steps), plan, api);
    if (plan.image_id !== prior.image_id) await changeImage(prior, plan, api, steps);
    await changePower(prior, plan, api, steps);
    return undefined;
  },
  async delete(state, api) {
    await unbindForeignEips(state, api);
    await api.post("/v1/cloudservers/delete", { body: { servers: [{ id: idOf(state) }] } });
  },
});
