import { id, type RuleExamples } from "./example.js";
import type { ObjectValue } from "../../../unknown.js";

const [a, b] = [id("iec_vpc.a"), id("iec_vpc.b")];
const [aGz, bGz] = [id("iec_vpc_subnet.a_gz"), id("iec_vpc_subnet.b_gz")];
const acl = id("iec_network_acl.front");
const ingress = (more: ObjectValue): ObjectValue => ({
  network_acl_id: acl,
  direction: "ingress",
  protocol: "tcp",
  action: "allow",
  ...more,
});
const [web, db] = [id("iec_security_group.web"), id("iec_security_group.db")];
const ofGroup = (more: ObjectValue): ObjectValue => ({
  security_group_id: web,
  direction: "ingress",
  protocol: "tcp",
  ...more,
});

export const filterExamples: readonly RuleExamples[] = [
  {
    code: "IEC1017",
    passes: [
      {
        title: "Each subnet in one ACL",
        design: { "iec_network_acl.back": { networks: [{ vpc_id: b, subnet_id: bGz }] } },
      },
    ],
    fails: [
      {
        title: "A subnet in two",
        design: { "iec_network_acl.back": { networks: [{ vpc_id: a, subnet_id: aGz }] } },
      },
    ],
  },
  {
    code: "IEC1019",
    passes: [
      {
        title: "A rule for a subnet of the same VPC and site",
        design: {
          "iec_vpc_subnet.more": { vpc_id: a, site_id: "gz", cidr: "10.0.9.0/24" },
          "iec_network_acl_rule.r": ingress({ source_ip_address: "10.0.9.0/24" }),
        },
      },
      {
        title: "A rule for the whole VPC",
        design: { "iec_network_acl_rule.r": ingress({ source_ip_address: "10.0.0.0/16" }) },
      },
    ],
    fails: [
      {
        title: "A rule for a subnet of another site",
        design: { "iec_network_acl_rule.r": ingress({ source_ip_address: "10.0.1.0/24" }) },
      },
      {
        title: "A rule for a subnet of another VPC",
        design: {
          "iec_network_acl_rule.r": ingress({
            direction: "egress",
            destination_ip_address: "10.1.0.0/24",
          }),
        },
      },
    ],
  },
  {
    code: "IEC1020",
    passes: [
      {
        title: "Groups with members in one site and VPC",
        design: {
          "iec_server.db": {
            vpc_id: a,
            subnet_ids: [aGz],
            coverage_sites: [{ site_id: "gz" }],
            security_groups: [db],
          },
          "iec_security_group_rule.r": ofGroup({ remote_group_id: db }),
        },
      },
    ],
    fails: [
      {
        title: "Groups with members in two sites",
        design: { "iec_security_group_rule.r": ofGroup({ remote_group_id: db }) },
      },
      {
        title: "A subnet of another VPC",
        design: { "iec_security_group_rule.r": ofGroup({ remote_ip_prefix: "10.1.0.0/24" }) },
      },
    ],
  },
  {
    code: "IEC1021",
    passes: [
      {
        title: "Traffic to a part of the subnet",
        design: { "iec_network_acl_rule.r": ingress({ destination_ip_address: "10.0.0.128/25" }) },
      },
    ],
    fails: [
      {
        title: "Traffic to addresses that are not behind the ACL",
        design: { "iec_network_acl_rule.r": ingress({ destination_ip_address: "10.0.7.0/24" }) },
      },
    ],
  },
  {
    code: "IEC1022",
    passes: [
      {
        title: "The narrow rule first",
        design: {
          "iec_network_acl_rule.ssh": ingress({ destination_port: "22", action: "deny", position: 1 }),
          "iec_network_acl_rule.all": ingress({ position: 2 }),
        },
      },
    ],
    fails: [
      {
        title: "The narrow rule last",
        design: {
          "iec_network_acl_rule.all": ingress({ position: 1 }),
          "iec_network_acl_rule.ssh": ingress({ destination_port: "22", action: "deny", position: 2 }),
        },
      },
      {
        title: "The narrow rule after the other",
        design: {
          "iec_network_acl_rule.all": ingress({ source_ip_address: "0.0.0.0/0" }),
          "iec_network_acl_rule.ssh": ingress({
            source_ip_address: "8.8.8.0/24",
            destination_port: "22",
            after: id("iec_network_acl_rule.all"),
          }),
        },
      },
    ],
  },
];
