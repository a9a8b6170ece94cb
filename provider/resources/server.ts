import { block, bool, element, id, list, number, set, string } from "../../schema/attributes.js";
import type { PlanOf } from "../../schema/attributes.js";
import { expandPath, minutes } from "../../schema/definition.js";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { getPath, isList, type ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { isGiven } from "./common.js";
import { defineResource, sent, told } from "./define.js";
import { checkDiskType, checkFlavor, checkImage, checkLine, checkSite, onSite } from "./offers.js";
import { listServers, readServer, serverStatus, unbindForeignEips } from "./server-read.js";

export const attributes = {
  id: id("Id of the server."),
  name: string({
    required: true,
    minLength: 1,
    maxLength: 48,
    pattern: /^[a-zA-Z0-9_\u4e00-\u9fa5-]+$/,
    patternHint: "letters, digits, Chinese characters, hyphens and underscores",
    description: "Name, stored as given (no `IEC-<city>` prefix is added).",
  }),
  description: string({
    optional: true,
    maxLength: 85,
    pattern: /^[^<>]*$/,
    patternHint: "anything but < and >",
    description: "Free text.",
  }),
  flavor_id: string({
    required: true,
    requiresReplace: true,
    description: "Flavor, such as `c6.large.2`; the site must offer it.",
  }),
  image_id: string({ required: true, requiresReplace: true, description: "Id of the edge image." }),
  vpc_id: string({
    required: true,
    requiresReplace: true,
    ref: ["iec_vpc"],
    description: "Id of the VPC (mode CUSTOMER) of the subnets.",
  }),
  subnet_ids: list({
    required: true,
    requiresReplace: true,
    unordered: true,
    minItems: 1,
    maxItems: 8,
    element: element.string({ ref: ["iec_vpc_subnet"] }),
    description: "Ids of the subnets, one NIC each. All must be of the VPC and of the server's site.",
  }),
  security_groups: set({
    required: true,
    requiresReplace: true,
    minItems: 1,
    element: element.string({ ref: ["iec_security_group"] }),
    description: "Ids of the security groups of every NIC.",
  }),
  coverage_sites: block({
    requiresReplace: true,
    minItems: 1,
    maxItems: 1,
    optional: true,
    description: "The edge site the server is placed in: exactly one.",
    attributes: {
      site_id: string({ required: true, description: "Id of the edge site." }),
      operator: string({ optional: true, description: "Network operator wanted, such as `chinatelecom`." }),
      pool_ids: list({
        optional: true,
        element: element.string({}),
        description:
          "Lines (`pools[].pool_id`) on which `bind_eip` makes an EIP each; the site's first line when not set.",
      }),
    },
  }),
  coverage_policy: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    enum: ["centralize"],
    default: "centralize",
    description: "centralize: everything in one site, the only policy for a server of its own.",
  }),
  coverage_level: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    enum: ["SITE"],
    default: "SITE",
    normalize: (level) => level.toUpperCase(),
    description: "SITE: placed by site id, the only level for a server of its own.",
  }),
  system_disk_type: string({
    required: true,
    requiresReplace: true,
    enum: ["SATA", "SAS", "GPSSD", "SSD"],
    description: "Type of the system disk; the site must offer it.",
  }),
  system_disk_size: number({
    required: true,
    requiresReplace: true,
    integer: true,
    minimum: 40,
    maximum: 100,
    unit: "GB",
    description: "Size of the system disk in GB, 40 to 100.",
  }),
  data_disks: block({
    optional: true,
    requiresReplace: true,
    maxItems: 2,
    description: "Data disks, at most two. They live and die with the server.",
    attributes: {
      type: string({
        required: true,
        enum: ["SATA", "SAS", "GPSSD", "SSD"],
        description: "Disk type; the site must offer it.",
      }),
      size: number({
        required: true,
        integer: true,
        minimum: 1,
        maximum: 500,
        unit: "GB",
        description: "Size in GB, 1 to 500.",
      }),
    },
  }),
  admin_pass: string({
    optional: true,
    requiresReplace: true,
    sensitive: true,
    minLength: 8,
    maxLength: 26,
    description:
      "Administrator password, three of: upper case, lower case, digits, special characters. Excludes `key_pair`.",
  }),
  key_pair: string({
    optional: true,
    requiresReplace: true,
    ref: ["iec_keypair"],
    description: "Name of the key pair to log in with. Excludes `admin_pass`.",
  }),
  bind_eip: bool({
    optional: true,
    requiresReplace: true,
    description: "Whether the cloud makes and binds an EIP of the server's own, deleted with it.",
  }),
  user_data: string({
    optional: true,
    requiresReplace: true,
    format: "base64",
    description: "User data for the first boot, base64.",
  }),
  nics: list({
    computed: true,
    element: element.object({
      port: string({ computed: true, description: "Port id." }),
      mac: string({ computed: true, description: "MAC address." }),
      address: string({ computed: true, description: "Private IPv4 address." }),
      subnet_id: string({ computed: true, description: "Id of the subnet." }),
    }),
    description: "The NICs.",
  }),
  volume_attached: list({
    computed: true,
    element: element.object({
      volume_id: string({ computed: true, description: "Disk id." }),
      boot_index: string({ computed: true, description: "0 for the system disk." }),
      device: string({ computed: true, description: "Device path." }),
      type: string({ computed: true, description: "Disk type." }),
      size: number({ computed: true, unit: "GB", description: "Size in GB." }),
    }),
    description: "The disks.",
  }),
  public_ip: string({
    computed: true,
    volatile: true,
    description: "The public address bound to it, if any.",
  }),
  system_disk_id: string({ computed: true, description: "Id of the system disk." }),
  image_name: string({ computed: true, description: "Name of the image." }),
  flavor_name: string({ computed: true, description: "Name of the flavor." }),
  edgecloud_id: string({
    computed: true,
    description: "Id of the edge service the server belongs to, if any.",
  }),
  edgecloud_name: string({
    computed: true,
    description: "Name of the edge service the server belongs to, if any.",
  }),
  origin_server_id: string({ computed: true, description: "Id of the underlying server." }),
  status: string({ computed: true, description: "ACTIVE when running, SHUTOFF when stopped." }),
};

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
    ...sent({ admin_pass: plan.admin_pass, key_name: plan.key_pair, user_data: plan.user_data }),
  };
}

const idOf = (state: { readonly id: string | null }) => told(state.id, "the server's id");
const rename = (name: string, description: string | null) => ({
  server: { name, description: description ?? "" },
});

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
    "POST /v1/cloudservers/delete",
    "GET /v1/ports",
    "GET /v1/cloudvolumes",
    "GET /v1/cloudvolumes/{volume_id}",
    "GET /v1/publicips",
    "PUT /v1/publicips/{publicip_id}",
  ],
  adoptBy: ["name", "vpc_id", "flavor_id"],
  deletesLater: true,
  validate: checkLogin,

  quotas: ({ data_disks }) => ({ instance: 1, volume: 1 + (isList(data_disks) ? data_disks.length : 0) }),
  check: checkOffers,

  async create(plan, api) {
    const answer = await api.post("/v1/cloudservers", { body: { server: toApi(plan) } });
    return { id: told(answer.server_ids?.[0], "the server's id") };
  },
  async configure(plan, created, api) {
    if (plan.description === null || plan.description === "") return;
    await api.put("/v1/cloudservers/{server_id}", {
      params: { path: { server_id: idOf(created) } },
      body: rename(plan.name, plan.description),
    });
  },
  read: (state, api) => readServer(state.id, api),
  list: (api, maxPages) => listServers(api, maxPages),
  async update(prior, plan, api) {
    // The answer is mostly null: the lifecycle reads again.
    await api.put("/v1/cloudservers/{server_id}", {
      params: { path: { server_id: idOf(prior) } },
      body: rename(plan.name, plan.description),
    });
    return undefined;
  },
  async delete(state, api) {
    await unbindForeignEips(state, api);
    await api.post("/v1/cloudservers/delete", { body: { servers: [{ id: idOf(state) }] } });
  },
});

/** What the site offers, and the image: known or not at plan, each on its own. */
async function checkOffers(planned: ObjectValue, api: Api): Promise<readonly Diagnostic[]> {
  const { flavor_id: flavor, image_id: image, system_disk_type: systemDisk } = planned;
  const paths = (pattern: string) =>
    expandPath(pattern, planned).map((path) => [path, getPath(planned, path)] as const);
  const disks = [...paths("data_disks[].type"), [["system_disk_type"], systemDisk] as const];
  const [[sitePath, site] = [[], undefined]] = paths("coverage_sites[].site_id");
  const found = await Promise.all([
    typeof image === "string" ? checkImage(image, ["image_id"], api) : [],
    onSite(site, (id) => [
      checkSite(id, sitePath, api),
      ...(typeof flavor === "string" ? [checkFlavor(id, flavor, ["flavor_id"], api)] : []),
      ...disks.flatMap(([path, type]) =>
        typeof type === "string" ? [checkDiskType(id, type, path, api)] : [],
      ),
      ...paths("coverage_sites[].pool_ids[]").flatMap(([path, line]) =>
        typeof line === "string" ? [checkLine(id, line, path, api)] : [],
      ),
    ]),
  ]);
  return found.flat();
}

/** One way to log in: the API takes either, and none can be set later. */
function checkLogin(config: ObjectValue): Diagnostic[] {
  const { admin_pass: password, key_pair: key } = config;
  if (isGiven(password) && isGiven(key)) {
    return [
      errorDiagnostic("IEC2013", "Both admin_pass and key_pair are set", {
        path: ["key_pair"],
        detail: "The cloud takes one way to log in. Remove one of the two.",
      }),
    ];
  }
  if (password === null && key === null) {
    return [
      warningDiagnostic("IEC2013", "Nobody can log in to this server", {
        path: ["key_pair"],
        detail: "Neither key_pair nor admin_pass is set, and the API cannot set one later. Set key_pair.",
      }),
    ];
  }
  return [];
}
