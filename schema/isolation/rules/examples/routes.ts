import { id, ref, server, type RuleExamples } from "./example.js";
import type { ObjectValue } from "../../../unknown.js";

const [a, b] = [id("iec_vpc.a"), id("iec_vpc.b")];
const [aGz, aXa, bGz] = [id("iec_vpc_subnet.a_gz"), id("iec_vpc_subnet.a_xa"), id("iec_vpc_subnet.b_gz")];
const route = (destination: string, more: ObjectValue = {}): ObjectValue => ({
  route_table_id: id("iec_route_table.gz"),
  destination,
  type: "ecs",
  nexthop: id("iec_server.gz"),
  ...more,
});

export const routeExamples: readonly RuleExamples[] = [
  {
    code: "IEC1018",
    passes: [
      {
        title: "A table for each subnet",
        design: { "iec_route_table.xa": { vpc_id: a, subnet_ids: [aXa] } },
      },
    ],
    fails: [{ title: "A subnet in two", design: { "iec_route_table.t": { vpc_id: a, subnet_ids: [aGz] } } }],
  },
  {
    code: "IEC1023",
    passes: [
      { title: "A server of the VPC", design: { "iec_route.r": route("0.0.0.0/0") } },
      {
        title: "A virtual IP of the VPC",
        design: {
          "iec_vip.v": { subnet_id: aGz },
          "iec_route.r": route("0.0.0.0/0", { type: "vip", nexthop: ref("iec_vip.v", "ip_address") }),
        },
      },
    ],
    fails: [
      {
        title: "A server of another VPC",
        design: {
          "iec_server.b": server(b, "gz", bGz),
          "iec_route.r": route("0.0.0.0/0", { nexthop: id("iec_server.b") }),
        },
      },
      {
        title: "An address of another VPC",
        design: { "iec_route.r": route("0.0.0.0/0", { type: "vip", nexthop: "10.1.0.9" }) },
      },
      { title: "A server for a virtual IP", design: { "iec_route.r": route("0.0.0.0/0", { type: "vip" }) } },
    ],
  },
  {
    code: "IEC1024",
    passes: [{ title: "A server in the site of the subnet", design: { "iec_route.r": route("0.0.0.0/0") } }],
    fails: [
      {
        title: "A server in another site",
        design: { "iec_route.r": route("0.0.0.0/0", { nexthop: id("iec_server.xa") }) },
      },
    ],
  },
  {
    code: "IEC1025",
    passes: [{ title: "A range around the subnets", design: { "iec_route.r": route("10.0.0.0/8") } }],
    fails: [{ title: "A subnet of the VPC", design: { "iec_route.r": route("10.0.1.0/24") } }],
  },
  {
    code: "IEC1026",
    passes: [
      {
        title: "Two destinations",
        design: { "iec_route.r": route("8.8.0.0/16"), "iec_route.s": route("8.8.8.0/24") },
      },
    ],
    fails: [
      {
        title: "One destination twice",
        design: { "iec_route.r": route("8.8.0.0/16"), "iec_route.s": route("8.8.0.0/16") },
      },
    ],
  },
];
