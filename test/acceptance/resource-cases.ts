import catalog from "../../schema/api/catalog.json" with { type: "json" };
import type { ObjectValue } from "../../schema/unknown.js";
import { IMAGE, network, server, serverNeeds, SITE, type Blocks } from "./resource-bench.js";

/** A resource that every test of the table can be made from. Its address is `<type>.it`. */
export interface ResourceCase {
  /** What it refers to. */
  readonly needs: Blocks;
  readonly body: Readonly<Record<string, unknown>>;
  /** Another value for every attribute that may be set: what changes, and what else the change needs in the body. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly with?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Attributes no change is tried of, and why. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Attributes that the cloud does not tell, so that an import leaves them empty. */
  readonly untold?: readonly string[];
  /** Why it cannot be deleted from under the stack. */
  readonly remains?: string;
  /** What to import it by; its id when absent. */
  readonly importId?: (values: ObjectValue) => string;
}

const XIAN = "02cef381-a117-5299-a55d-9e9f2a1a7d1b";
/** Guangzhou's IPv6 line. */
const IPV6_LINE = catalog.sites.flatMap((s) => s.pools).find((p) => p.pool_id === "5_sbgp_site12_v6")?.id;
/** A private image of the central image service, and its region. */
const [, centralImage, centralRegion] =
  catalog.images.find((i) => i.visibility === "private")?.data_source?.split(":") ?? [];
const both = (...parts: readonly Blocks[]): Blocks => {
  const all: Record<string, Record<string, Readonly<Record<string, unknown>>>> = {};
  for (const part of parts) {
    for (const [type, named] of Object.entries(part)) all[type] = { ...all[type], ...named };
  }
  return all;
};
const PUBLIC_KEY =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDovrvX85KmtQ8kmU+wxJ9co3Wok0fuiMmp0PN0H3DybXJy/Mgq+fvJQMLTXgP9iyYAhUWw1HA5g3tr47R6o6DjyYcoRirI8BqMVFI9PzLhfybqNNnOPj1oWE8LvdHYJSqTQnLjO/8O4Z8E93NEi5Lj2fwuGf5OPq+K0YIg3M/DUMiXvMD5yySzJjpl8U45WClZBxk7Qz22rSOwfgyo3P82DF8IZW0vUCzr8QqSRO5kxMtrhnqhmjh3/E9TNkHp5hvhXPShcs+3ZF8D943TjGXdFVUee/SZfehOVJJSZ0aST4wtSs8rnq2e2pBPEEVzdepXcnMxtXl7tBNtEYQsKCaP";

const edgeTemplate = {
  name: "web",
  image_id: IMAGE,
  flavor_id: "c6.large.2",
  vpc_id: "${iec_vpc.edge.id}",
  key_pair: "${iec_keypair.key.id}",
  security_groups: ["${iec_security_group.web.id}"],
  system_disk_type: "SAS",
  system_disk_size: 40,
};
const edgePlan = {
  coverage_level: "city",
  coverage_sites: [{ site: "guangzhou", demands: [{ demand_count: 1 }] }],
  stack_resources: [edgeTemplate],
};
const edgeNeeds = both(serverNeeds, {
  iec_keypair: { key: { name: "key", public_key: PUBLIC_KEY } },
  iec_vpc: { edge: { name: "edge", cidr: "10.0.0.0/8", mode: "SYSTEM" } },
});
const text = (value: unknown): string => (typeof value === "string" ? value : "");

export const cases: Readonly<Record<string, ResourceCase>> = {
  iec_vpc: {
    needs: {},
    body: { name: "it", cidr: "10.20.0.0/16", mode: "CUSTOMER" },
    changes: { name: "it-2", cidr: "10.21.0.0/16", mode: "SYSTEM" },
  },
  iec_vpc_subnet: {
    needs: both(network([]), {
      iec_vpc: { other: { name: "other", cidr: "10.10.0.0/16", mode: "CUSTOMER" } },
    }),
    body: {
      name: "it",
      vpc_id: "${iec_vpc.net.id}",
      site_id: SITE,
      cidr: "10.10.1.0/24",
      gateway_ip: "10.10.1.1",
      dns_list: ["1.1.1.1"],
      dhcp_enable: true,
    },
    changes: {
      name: "it-2",
      vpc_id: "${iec_vpc.other.id}",
      site_id: XIAN,
      cidr: "10.10.0.0/22",
      gateway_ip: "10.10.1.2",
      dns_list: ["1.1.1.1", "8.8.8.8"],
      dhcp_enable: false,
      ipv6_enable: true,
      pool_id: IPV6_LINE,
    },
    with: { ipv6_enable: { pool_id: IPV6_LINE }, pool_id: { ipv6_enable: true } },
    untold: ["pool_id"],
  },
  iec_security_group: {
    needs: {},
    body: { name: "it", description: "first" },
    changes: { name: "it-2", description: "second" },
  },
  iec_security_group_rule: {
    needs: { iec_security_group: { web: { name: "web" }, peer: { name: "peer" } } },
    body: {
      security_group_id: "${iec_security_group.web.id}",
      direction: "ingress",
      protocol: "tcp",
      port_range_min: 80,
      port_range_max: 90,
      remote_ip_prefix: "10.0.0.0/8",
      description: "first",
    },
    changes: {
      security_group_id: "${iec_security_group.peer.id}",
      direction: "egress",
      ethertype: "IPv6",
      protocol: "udp",
      port_range_min: 81,
      port_range_max: 99,
      remote_ip_prefix: "10.0.0.0/16",
      remote_group_id: "${iec_security_group.peer.id}",
      action: "deny",
      priority: 7,
      description: "second",
    },
    with: { ethertype: { remote_ip_prefix: "2001:db8::/32" }, remote_group_id: { remote_ip_prefix: null } },
  },
  iec_keypair: {
    needs: {},
    body: { name: "it" },
    changes: { name: "it-2", public_key: PUBLIC_KEY },
    untold: ["private_key"],
  },
  iec_eip: {
    needs: both(network(), serverNeeds, { iec_server: { a: server("a") } }),
    body: { site_id: SITE },
    changes: {
      site_id: XIAN,
      line_id: "5_unicon_site12",
      ip_version: 4,
      port_id: "${iec_server.a.nics[0].port}",
      bandwidth_type: "CU_cn-south-guangzhou",
    },
    with: { bandwidth_type: { line_id: "5_unicon_site12" } },
    fixed: { ip_version: "the cloud offers one", bandwidth_id: "needs a bandwidth of another EIP" },
    untold: ["bandwidth_type"],
  },
  iec_network_acl: {
    needs: network(["a", "b"]),
    body: {
      name: "it",
      description: "first",
      networks: [{ vpc_id: "${iec_vpc.net.id}", subnet_id: "${iec_vpc_subnet.a.id}" }],
    },
    changes: {
      name: "it-2",
      description: "second",
      networks: [{ vpc_id: "${iec_vpc.net.id}", subnet_id: "${iec_vpc_subnet.b.id}" }],
      admin_state_up: false,
    },
  },
  iec_network_acl_rule: {
    needs: {
      iec_network_acl: { a: { name: "a" }, b: { name: "b" } },
      iec_network_acl_rule: {
        first: { network_acl_id: "${iec_network_acl.a.id}", direction: "ingress" },
      },
    },
    body: {
      network_acl_id: "${iec_network_acl.a.id}",
      direction: "ingress",
      name: "it",
      description: "first",
      protocol: "tcp",
      destination_port: "443",
      depends_on: ["iec_network_acl_rule.first"],
    },
    changes: {
      network_acl_id: "${iec_network_acl.b.id}",
      direction: "egress",
      name: "it-2",
      description: "second",
      protocol: "udp",
      action: "reject",
      ip_version: 6,
      source_ip_address: "10.0.0.0/8",
      destination_ip_address: "10.10.0.0/16",
      source_port: "1000-2000",
      destination_port: "444",
      enabled: false,
      position: 2,
      before: "${iec_network_acl_rule.first.id}",
      after: "${iec_network_acl_rule.first.id}",
    },
    with: { ip_version: { source_ip_address: "2001:db8::/32", destination_ip_address: "::/0" } },
    importId: (v) => `${text(v["network_acl_id"])}/${text(v["direction"])}/${text(v["id"])}`,
    untold: ["position", "before", "after"],
  },
  iec_server: {
    needs: both(network(["a", "b"]), network(["c"], "other", 11), serverNeeds, {
      iec_security_group: { web: { name: "web" }, more: { name: "more" } },
      iec_keypair: { key: { name: "key", public_key: PUBLIC_KEY } },
    }),
    body: server("it"),
    changes: {
      name: "it-2",
      description: "second",
      flavor_id: "c6.large.4",
      image_id: "6a39c38c-bb10-5b88-93d5-7d95fd08ae55",
      vpc_id: "${iec_vpc.other.id}",
      subnet_ids: ["${iec_vpc_subnet.a.id}", "${iec_vpc_subnet.b.id}"],
      security_groups: ["${iec_security_group.web.id}", "${iec_security_group.more.id}"],
      coverage_sites: [{ site_id: SITE, pool_ids: ["5_unicon_site12"] }],
      system_disk_type: "SSD",
      system_disk_size: 50,
      data_disks: [{ type: "SAS", size: 20 }],
      admin_pass: "Secret-123",
      key_pair: "${iec_keypair.key.id}",
      bind_eip: true,
      user_data: "IyEvYmluL3NoCg==",
      power_state: "SHUTOFF",
      admin_pass_wo: "Secret-123",
      admin_pass_wo_version: 1,
    },
    with: {
      admin_pass_wo_version: { admin_pass: null, admin_pass_wo: "Secret-123" },
      vpc_id: { subnet_ids: ["${iec_vpc_subnet.c.id}"] },
      key_pair: { admin_pass: null },
    },
    fixed: {
      admin_pass_wo: "never stored, so no change of it is seen",
      coverage_policy: "a server of its own knows one",
      coverage_level: "a server of its own knows one",
    },
    untold: ["bind_eip", "user_data", "admin_pass", "image_id"],
  },
  iec_server_nic: {
    needs: both(network(["a", "b", "c"]), serverNeeds, {
      iec_security_group: { web: { name: "web" }, more: { name: "more" } },
      iec_server: { a: server("a"), b: server("b", "b") },
    }),
    body: {
      server_id: "${iec_server.a.id}",
      subnet_id: "${iec_vpc_subnet.c.id}",
      security_groups: ["${iec_security_group.web.id}"],
    },
    changes: {
      server_id: "${iec_server.b.id}",
      subnet_id: "${iec_vpc_subnet.b.id}",
      security_groups: ["${iec_security_group.more.id}"],
    },
  },
  iec_edge_service: {
    needs: edgeNeeds,
    body: { name: "it", ...edgePlan },
    changes: {
      name: "it-2",
      description: "second",
      coverage_level: "prov",
      coverage_policy: "discrete",
      coverage_sites: [{ site: "guangzhou", demands: [{ demand_count: 2 }] }],
      stack_name: "another",
      stack_resources: [{ ...edgeTemplate, system_disk_size: 50 }],
      admin_pass: "Secret-123",
      admin_pass_wo: "Secret-123",
      admin_pass_wo_version: 1,
    },
    with: {
      coverage_level: { coverage_sites: [{ site: "guangdong", demands: [{ demand_count: 1 }] }] },
      admin_pass: { stack_resources: [{ ...edgeTemplate, key_pair: null }] },
      admin_pass_wo_version: {
        admin_pass_wo: "Secret-123",
        stack_resources: [{ ...edgeTemplate, key_pair: null }],
      },
    },
    fixed: { admin_pass_wo: "never stored, so no change of it is seen" },
    untold: ["admin_pass", "admin_pass_wo_version"],
  },
  iec_bandwidth: {
    needs: { iec_eip: { a: { site_id: SITE }, b: { site_id: XIAN } } },
    body: { bandwidth_id: "${iec_eip.a.bandwidth_id}", name: "it", size: 400, keep: true },
    changes: { bandwidth_id: "${iec_eip.b.bandwidth_id}", name: "it-2", size: 500, keep: false },
    untold: ["keep"],
    remains: "an EIP holds it, and it is kept",
  },
  iec_route_table: {
    needs: both(network(["a", "b"]), network([], "other", 11)),
    body: {
      name: "it",
      description: "first",
      vpc_id: "${iec_vpc.net.id}",
      subnet_ids: ["${iec_vpc_subnet.a.id}"],
    },
    changes: {
      name: "it-2",
      description: "second",
      vpc_id: "${iec_vpc.other.id}",
      subnet_ids: ["${iec_vpc_subnet.b.id}"],
      default: true,
    },
    with: { vpc_id: { subnet_ids: null }, default: { subnet_ids: null } },
  },
  iec_route: {
    needs: both(network(["a"]), serverNeeds, {
      iec_server: { a: server("a"), b: server("b") },
      iec_vip: { v: { subnet_id: "${iec_vpc_subnet.a.id}" } },
      iec_route_table: {
        t: { name: "t", vpc_id: "${iec_vpc.net.id}" },
        u: { name: "u", vpc_id: "${iec_vpc.net.id}" },
      },
    }),
    body: {
      route_table_id: "${iec_route_table.t.id}",
      destination: "172.16.0.0/16",
      type: "ecs",
      nexthop: "${iec_server.a.id}",
      description: "first",
    },
    changes: {
      route_table_id: "${iec_route_table.u.id}",
      destination: "172.17.0.0/16",
      type: "vip",
      nexthop: "${iec_server.b.id}",
      description: "second",
    },
    with: { type: { nexthop: "${iec_vip.v.ip_address}" } },
  },
  iec_image: {
    needs: both(network(["a"]), serverNeeds, { iec_server: { a: server("a"), b: server("b") } }),
    body: { name: "it", server_id: "${iec_server.a.id}" },
    changes: {
      name: "it-2",
      server_id: "${iec_server.b.id}",
      source_image_id: centralImage,
      region: centralRegion,
    },
    with: {
      source_image_id: { region: centralRegion, server_id: null, name: null },
      region: { source_image_id: centralImage, server_id: null, name: null },
    },
  },
  iec_deployment_plan: {
    needs: both(edgeNeeds, { iec_edge_service: { running: { name: "running", ...edgePlan } } }),
    body: { name: "it", ...edgePlan },
    changes: {
      name: "it-2",
      edgecloud_id: "${iec_edge_service.running.id}",
      description: "second",
      coverage_level: "prov",
      coverage_policy: "discrete",
      coverage_sites: [{ site: "guangzhou", demands: [{ demand_count: 2 }] }],
      stack_name: "another",
      stack_resources: [{ ...edgeTemplate, system_disk_size: 50 }],
      admin_pass: "Secret-123",
      admin_pass_wo: "Secret-123",
      admin_pass_wo_version: 1,
    },
    with: {
      edgecloud_id: { name: null },
      coverage_level: { coverage_sites: [{ site: "guangdong", demands: [{ demand_count: 1 }] }] },
      admin_pass: { stack_resources: [{ ...edgeTemplate, key_pair: null }] },
      admin_pass_wo_version: {
        admin_pass_wo: "Secret-123",
        stack_resources: [{ ...edgeTemplate, key_pair: null }],
      },
    },
    fixed: { admin_pass_wo: "never stored, so no change of it is seen" },
    untold: ["admin_pass", "admin_pass_wo_version"],
  },
  iec_vip: {
    needs: both(network(["a", "b"]), serverNeeds, {
      iec_security_group: { web: { name: "web" }, more: { name: "more" } },
      iec_server: { a: server("a") },
    }),
    body: { subnet_id: "${iec_vpc_subnet.a.id}" },
    changes: {
      subnet_id: "${iec_vpc_subnet.b.id}",
      ip_address: "10.10.1.77",
      port_ids: ["${iec_server.a.nics[0].port}"],
      security_groups: ["${iec_security_group.more.id}"],
    },
    fixed: { ip_version: "IPv6 needs a subnet with IPv6" },
  },
};

/** Types that no stack alone can set the scene for, and the test that does. */
export const elsewhere: Readonly<Record<string, string>> = {
  iec_ipv6_bandwidth_attachment: "test/acceptance/ipv6.test.ts",
};
