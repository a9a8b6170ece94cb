import { type Json } from "../helpers/stack.js";

/** Must never be printed. */
export const ADMIN_PASS = "Correct-Horse-7-Battery";

/** What cdktf writes beside the arguments of a construct. */
const at = (id: string) => ({ "//": { metadata: { path: `edge/${id}`, uniqueId: id } } });

/** A stack as cdktf writes it: one site, one network, one server with a password and tcp/443 open. */
export const edgeStack = (): Json =>
  structuredClone({
    "//": { metadata: { stackName: "edge", version: "0.21.0", backend: "local" } },
    provider: { iec: [{}] },
    variable: { environment: { type: "string", default: "prod" } },
    locals: { label: "${var.environment}-edge" },
    data: {
      iec_sites: { site: { ...at("site"), city: "guangzhou" } },
      iec_images: { ubuntu: { ...at("ubuntu"), name: "Ubuntu 20.04 server 64bit" } },
    },
    resource: {
      iec_vpc: { net: { ...at("net"), name: "${local.label}", cidr: "10.30.0.0/16", mode: "CUSTOMER" } },
      iec_vpc_subnet: {
        subnet: {
          ...at("subnet"),
          name: "subnet",
          vpc_id: "${iec_vpc.net.id}",
          site_id: "${data.iec_sites.site.sites[0].id}",
          cidr: "10.30.1.0/24",
          gateway_ip: "10.30.1.1",
        },
      },
      iec_security_group: { web: { ...at("group"), name: "web" } },
      iec_security_group_rule: {
        https: {
          ...at("https"),
          security_group_id: "${iec_security_group.web.id}",
          direction: "ingress",
          protocol: "tcp",
          port_range_min: 443,
          port_range_max: 443,
          remote_ip_prefix: "0.0.0.0/0",
        },
      },
      iec_server: {
        web: {
          ...at("web"),
          name: "web",
          flavor_id: "c6.large.2",
          image_id: "${data.iec_images.ubuntu.images[0].id}",
          vpc_id: "${iec_vpc.net.id}",
          subnet_ids: ["${iec_vpc_subnet.subnet.id}"],
          security_groups: ["${iec_security_group.web.id}"],
          admin_pass: ADMIN_PASS,
          system_disk_type: "SAS",
          system_disk_size: 40,
          coverage_sites: [{ site_id: "${data.iec_sites.site.sites[0].id}" }],
        },
      },
    },
    output: { address: { value: "${iec_server.web.nics[0].address}" } },
  }) as unknown as Json;
