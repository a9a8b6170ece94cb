import { id, portOf, ref, type Design, type RuleExamples } from "./example.js";

const [aGz, aXa] = [id("iec_vpc_subnet.a_gz"), id("iec_vpc_subnet.a_xa")];
const onPort = (port = portOf("iec_server.gz")) => ({ site_id: "gz", port_id: port });
const bandwidthOf = (address: string) => ref(address, "bandwidth_id");

/** EIPs that share the bandwidth of the first. */
const sharing = (count: number): Design =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `iec_eip.e${i + 1}`,
      { site_id: "gz", ...(i === 0 ? {} : { bandwidth_id: bandwidthOf("iec_eip.e1") }) },
    ]),
  );

export const addressExamples: readonly RuleExamples[] = [
  {
    code: "IEC1013",
    passes: [
      {
        title: "An EIP for each NIC",
        design: {
          "iec_server_nic.n": { server_id: id("iec_server.gz"), subnet_id: aGz },
          "iec_eip.e1": onPort(),
          "iec_eip.e2": onPort(ref("iec_server_nic.n", "port_id")),
        },
      },
    ],
    fails: [
      { title: "Two EIPs on one NIC", design: { "iec_eip.e1": onPort(), "iec_eip.e2": onPort() } },
      {
        title: "An EIP on a virtual IP that has one",
        design: {
          "iec_vip.v": { subnet_id: aGz, port_ids: [portOf("iec_server.gz")] },
          "iec_eip.e1": onPort(id("iec_vip.v")),
          "iec_eip.e2": onPort(id("iec_vip.v")),
        },
      },
      {
        title: "An EIP on a server that has one of its own",
        design: {
          "iec_server.web": {
            vpc_id: id("iec_vpc.a"),
            subnet_ids: [aGz],
            coverage_sites: [{ site_id: "gz" }],
            bind_eip: true,
          },
          "iec_eip.e": onPort(portOf("iec_server.web")),
        },
      },
    ],
  },
  {
    code: "IEC1014",
    passes: [
      {
        title: "A NIC of the subnet",
        design: { "iec_vip.v": { subnet_id: aGz, port_ids: [portOf("iec_server.gz")] } },
      },
    ],
    fails: [
      {
        title: "A NIC of another subnet",
        design: { "iec_vip.v": { subnet_id: aGz, port_ids: [portOf("iec_server.xa")] } },
      },
      {
        title: "A virtual IP behind a virtual IP",
        design: {
          "iec_vip.v": { subnet_id: aGz, port_ids: [id("iec_vip.w")] },
          "iec_vip.w": { subnet_id: aGz },
        },
      },
    ],
  },
  {
    code: "IEC1015",
    passes: [
      {
        title: "A virtual IP with a server behind it",
        design: {
          "iec_vip.v": { subnet_id: aGz, port_ids: [portOf("iec_server.gz")] },
          "iec_eip.e": onPort(id("iec_vip.v")),
        },
      },
    ],
    fails: [
      {
        title: "A virtual IP with nothing behind it",
        design: { "iec_vip.v": { subnet_id: aGz }, "iec_eip.e": onPort(id("iec_vip.v")) },
      },
    ],
  },
  {
    code: "IEC1028",
    passes: [
      {
        title: "An address of the subnet",
        design: { "iec_vip.v": { subnet_id: aGz, ip_address: "10.0.0.10" } },
      },
    ],
    fails: [
      {
        title: "An address of another subnet",
        design: { "iec_vip.v": { subnet_id: aXa, ip_address: "10.0.0.10" } },
      },
      {
        title: "Two virtual IPs with one address",
        design: {
          "iec_vip.v": { subnet_id: aGz, ip_address: "10.0.0.10" },
          "iec_vip.w": { subnet_id: aGz, ip_address: "10.0.0.10" },
        },
      },
    ],
  },
  {
    code: "IEC1030",
    passes: [{ title: "Two EIPs of one site", design: sharing(2) }],
    fails: [
      {
        title: "EIPs of two sites",
        design: {
          "iec_eip.e1": { site_id: "gz" },
          "iec_eip.e2": { site_id: "xa", bandwidth_id: bandwidthOf("iec_eip.e1") },
        },
      },
      {
        title: "EIPs on two lines",
        design: {
          "iec_eip.e1": { site_id: "gz", line_id: "gz_1" },
          "iec_eip.e2": { site_id: "gz", line_id: "gz_2", bandwidth_id: bandwidthOf("iec_eip.e1") },
        },
      },
    ],
  },
  {
    code: "IEC1031",
    passes: [{ title: "150 EIPs", design: sharing(150) }],
    fails: [{ title: "151 EIPs", design: sharing(151) }],
  },
  {
    code: "IEC1033",
    passes: [
      {
        title: "A bandwidth that a destroy leaves",
        design: {
          "iec_eip.e": { site_id: "gz" },
          "iec_bandwidth.b": { bandwidth_id: bandwidthOf("iec_eip.e"), size: 500, keep: true },
        },
      },
    ],
    fails: [
      {
        title: "A bandwidth that a destroy is to delete",
        design: {
          "iec_eip.e": { site_id: "gz" },
          "iec_bandwidth.b": { bandwidth_id: bandwidthOf("iec_eip.e"), size: 500 },
        },
      },
    ],
  },
];
