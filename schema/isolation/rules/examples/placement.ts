import { id, portOf, ref, server, type RuleExamples } from "./example.js";

const [a, b, system] = [id("iec_vpc.a"), id("iec_vpc.b"), id("iec_vpc.system")];
const [aGz, aXa, bGz] = [id("iec_vpc_subnet.a_gz"), id("iec_vpc_subnet.a_xa"), id("iec_vpc_subnet.b_gz")];
const subnet = (cidr: string, vpc = a, site = "gz") => ({ vpc_id: vpc, site_id: site, cidr });
const nic = (to: string, on = aGz) => ({ server_id: id(to), subnet_id: on });
const nics = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`iec_server_nic.n${i + 1}`, nic("iec_server.gz")]),
  );

export const placementExamples: readonly RuleExamples[] = [
  {
    code: "IEC1001",
    passes: [
      { title: "A server on a subnet of its VPC", design: { "iec_server.web": server(b, "gz", bGz) } },
    ],
    fails: [
      { title: "A server on a subnet of another VPC", design: { "iec_server.web": server(a, "gz", bGz) } },
      { title: "A NIC of its own", design: { "iec_server_nic.n": nic("iec_server.gz", bGz) } },
    ],
  },
  {
    code: "IEC1002",
    passes: [{ title: "A NIC of its own", design: { "iec_server_nic.n": nic("iec_server.xa", aXa) } }],
    fails: [
      { title: "A server on a subnet of another site", design: { "iec_server.web": server(a, "gz", aXa) } },
      { title: "A NIC of its own", design: { "iec_server_nic.n": nic("iec_server.gz", aXa) } },
    ],
  },
  {
    code: "IEC1003",
    passes: [
      {
        title: "Two NICs in one site",
        design: {
          "iec_vpc_subnet.more": subnet("10.0.2.0/24"),
          "iec_server.web": server(a, "gz", aGz, id("iec_vpc_subnet.more")),
        },
      },
    ],
    fails: [
      {
        title: "NICs in two sites, on a server that does not say its site",
        design: {
          "iec_server.web": {
            vpc_id: a,
            subnet_ids: [aGz, aXa],
            security_groups: [id("iec_security_group.web")],
          },
        },
      },
    ],
  },
  {
    code: "IEC1004",
    passes: [
      { title: "A subnet inside of the range", design: { "iec_vpc_subnet.s": subnet("10.0.9.0/24") } },
    ],
    fails: [{ title: "A subnet outside of it", design: { "iec_vpc_subnet.s": subnet("10.9.0.0/24") } }],
  },
  {
    code: "IEC1005",
    passes: [
      {
        title: "The same range in two VPCs",
        design: {
          "iec_vpc.c": { cidr: "10.0.0.0/16", mode: "CUSTOMER" },
          "iec_vpc_subnet.s": subnet("10.0.0.0/24", id("iec_vpc.c")),
        },
      },
    ],
    fails: [
      {
        title: "Overlapping ranges in two sites",
        design: { "iec_vpc_subnet.s": subnet("10.0.0.128/25", a, "xa") },
      },
    ],
  },
  {
    code: "IEC1006",
    passes: [
      { title: "A subnet in a CUSTOMER VPC", design: { "iec_vpc_subnet.s": subnet("10.1.9.0/24", b) } },
    ],
    fails: [
      {
        title: "A subnet in a SYSTEM VPC",
        design: { "iec_vpc_subnet.s": subnet("172.16.0.0/24", system) },
      },
    ],
  },
  {
    code: "IEC1007",
    passes: [
      {
        title: "An EIP on a NIC of its site",
        design: { "iec_eip.e": { site_id: "gz", port_id: portOf("iec_server.gz") } },
      },
    ],
    fails: [
      {
        title: "An EIP on a NIC of another site",
        design: { "iec_eip.e": { site_id: "gz", port_id: portOf("iec_server.xa") } },
      },
    ],
  },
  {
    code: "IEC1008",
    passes: [{ title: "A line of the site", design: { "iec_eip.e": { site_id: "gz", line_id: "gz_2" } } }],
    fails: [{ title: "A line of another site", design: { "iec_eip.e": { site_id: "gz", line_id: "xa_1" } } }],
  },
  {
    code: "IEC1009",
    passes: [
      {
        title: "A private image of the central cloud, which IEC can take over",
        design: { "iec_image.i": { ims_image_id: id("huaweicloud_images_image.golden") } },
      },
    ],
    fails: [
      {
        title: "A VPC of the central cloud",
        design: { "iec_vpc_subnet.s": subnet("10.0.9.0/24", id("huaweicloud_vpc.main")) },
      },
    ],
  },
  {
    code: "IEC1010",
    passes: [{ title: "A VPC for a VPC", design: { "iec_vpc_subnet.s": subnet("10.0.9.0/24", a) } }],
    fails: [{ title: "A subnet for a VPC", design: { "iec_vpc_subnet.s": subnet("10.0.9.0/24", aGz) } }],
  },
  {
    code: "IEC1011",
    passes: [
      {
        title: "An id that the account has",
        design: {
          "data.iec_vpc.old": { id: "known", cidr: "10.2.0.0/16", mode: "CUSTOMER" },
          "iec_vpc_subnet.s": subnet("10.2.0.0/24", "known"),
        },
      },
    ],
    fails: [
      {
        title: "An id that it does not have",
        design: { "iec_vpc_subnet.s": subnet("10.0.9.0/24", "gone") },
        missing: ["gone"],
      },
    ],
  },
  {
    code: "IEC1012",
    passes: [{ title: "One NIC in subnet_ids and seven more", design: nics(7) }],
    fails: [{ title: "One NIC in subnet_ids and eight more", design: nics(8) }],
  },
  {
    code: "IEC1016",
    passes: [
      {
        title: "Each subnet with its VPC",
        design: {
          "iec_network_acl.back": {
            networks: [
              { vpc_id: b, subnet_id: bGz },
              { vpc_id: a, subnet_id: aXa },
            ],
          },
        },
      },
    ],
    fails: [
      {
        title: "A network ACL",
        design: { "iec_network_acl.back": { networks: [{ vpc_id: a, subnet_id: bGz }] } },
      },
      { title: "A route table", design: { "iec_route_table.t": { vpc_id: a, subnet_ids: [bGz] } } },
    ],
  },
  {
    code: "IEC1027",
    passes: [
      {
        title: "The first address",
        design: { "iec_vpc_subnet.s": { ...subnet("10.0.9.0/24"), gateway_ip: "10.0.9.1" } },
      },
    ],
    fails: [
      {
        title: "An address of another subnet",
        design: { "iec_vpc_subnet.s": { ...subnet("10.0.9.0/24"), gateway_ip: "10.0.0.1" } },
      },
    ],
  },
  {
    code: "IEC1029",
    passes: [
      {
        title: "An edge service in a SYSTEM VPC",
        design: { "iec_edge_service.cdn": { stack_resources: [{ vpc_id: system, nic_num: 1 }] } },
      },
    ],
    fails: [
      {
        title: "An edge service in a CUSTOMER VPC",
        design: { "iec_edge_service.cdn": { stack_resources: [{ vpc_id: a, nic_num: 1 }] } },
      },
      {
        title: "A deployment plan in one",
        design: { "iec_deployment_plan.cdn": { stack_resources: [{ vpc_id: a, nic_num: 1 }] } },
      },
    ],
  },
  {
    code: "IEC1032",
    passes: [
      {
        title: "A VPC of /24",
        design: { "iec_vpc.small": { cidr: "192.168.7.0/24", mode: "CUSTOMER" } },
      },
      { title: "A subnet of /28", design: { "iec_vpc_subnet.s": subnet("10.0.9.0/28") } },
    ],
    fails: [
      { title: "A public range", design: { "iec_vpc.public": { cidr: "8.8.0.0/16", mode: "CUSTOMER" } } },
      { title: "A VPC that is too small", design: { "iec_vpc.small": { cidr: "10.5.0.0/25" } } },
      { title: "A subnet that is too small", design: { "iec_vpc_subnet.s": subnet("10.0.9.0/29") } },
    ],
  },
  {
    code: "IEC1034",
    passes: [
      {
        title: "A server on a subnet with DHCP",
        design: {
          "iec_vpc_subnet.s": { ...subnet("10.0.9.0/24"), dhcp_enable: true },
          "iec_server.web": server(a, "gz", id("iec_vpc_subnet.s")),
        },
      },
    ],
    fails: [
      {
        title: "A server on a subnet without",
        design: {
          "iec_vpc_subnet.s": { ...subnet("10.0.9.0/24"), dhcp_enable: false },
          "iec_server.web": server(a, "gz", id("iec_vpc_subnet.s")),
        },
      },
    ],
  },
  {
    code: "IEC1035",
    passes: [
      {
        title: "An IPv6 address on a subnet with IPv6",
        design: {
          "iec_vpc_subnet.s": { ...subnet("10.0.9.0/24"), ipv6_enable: true },
          "iec_vip.v": { subnet_id: id("iec_vpc_subnet.s"), ip_version: 6 },
          "iec_ipv6_bandwidth_attachment.v": { port_id: id("iec_vip.v"), bandwidth_type: "CU" },
        },
      },
    ],
    fails: [
      { title: "On one without", design: { "iec_vip.v": { subnet_id: aGz, ip_version: 6 } } },
      {
        title: "An IPv6 bandwidth for a NIC on one without",
        design: {
          "iec_ipv6_bandwidth_attachment.n": {
            port_id: ref("iec_server.gz", "nics", 0, "port"),
            bandwidth_type: "CU",
          },
        },
      },
    ],
  },
];
