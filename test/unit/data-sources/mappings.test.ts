import { expect, test } from "vitest";
import { dataSources } from "../../../provider/data-sources/index.js";
import type { PlanValues } from "../../../schema/definition.js";
import { readFrom } from "./reading.js";

interface Row {
  readonly name: string;
  readonly type: string;
  readonly config?: PlanValues;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly told: object;
  /** Requests, without their paging. */
  readonly sent: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    name: "bandwidths name their line by what is told of the operator",
    type: "iec_bandwidths",
    config: { site_id: "s", bandwidth_type: "T" },
    answers: {
      "GET /v1/bandwidths": {
        count: 3,
        bandwidths: [
          {
            id: "1",
            name: "b",
            site_id: "s",
            bandwidth_type: "T",
            site_info: "China/x",
            operator: { sa: "CTCC" },
          },
          {
            id: "2",
            name: "a",
            site_id: "s",
            bandwidth_type: "T",
            operator: { name: "", i18n_name: "中国电信" },
            publicip_info: [{ publicip_id: "e", publicip_address: "1.2.3.4", publicip_type: "l" }],
          },
          { id: "3", name: "c", site_id: "s", bandwidth_type: "U" },
        ],
      },
    },
    told: {
      site_info: "China/x",
      bandwidths: [
        { id: "2", line: "中国电信", eips: [{ id: "e", address: "1.2.3.4" }], size: null },
        { id: "1", line: "CTCC", eips: [], line_id: null },
      ],
    },
    sent: ["GET /v1/bandwidths?site_id=s"],
  },
  {
    name: "an unbound EIP has no port",
    type: "iec_eips",
    answers: {
      "GET /v1/publicips": {
        count: 1,
        publicips: [{ id: "1", port_id: "", private_ip_address: "", status: "DOWN", site_info: "China/x" }],
      },
    },
    told: { site_info: null, eips: [{ id: "1", port_id: null, private_ip: null }] },
    sent: ["GET /v1/publicips"],
  },
  {
    name: "images by every filter",
    type: "iec_images",
    config: {
      id: "i",
      os_type: "Linux",
      visibility: "private",
      image_type: "private",
      protected: false,
      registered: true,
      status: "saving",
      virtual_env_type: "FusionCompute",
      support_kvm_gpu_type: "RTX5000",
      supports: ["kvm", "arm"],
    },
    answers: {
      "GET /v1/images": {
        total: 1,
        images: [{ id: "i", name: "n", __os_type: "Linux", __imagetype: "private" }],
      },
    },
    told: { images: [{ id: "i", name: "n", os_type: "Linux", image_type: "private", min_disk: null }] },
    sent: [
      "GET /v1/images?id=i&visibility=private&virtual_env_type=FusionCompute&protected=false&__os_type=Linux&__imagetype=private&__isregistered=true&__support_kvm_gpu_type=RTX5000&status=saving&__support_kvm=true&__support_arm=true",
    ],
  },
  {
    name: "images are active ones of exactly the name",
    type: "iec_images",
    config: { name: "Ubuntu" },
    answers: {
      "GET /v1/images": {
        total: 2,
        images: [
          { id: "1", name: "Ubuntu 20" },
          { id: "2", name: "Ubuntu" },
        ],
      },
    },
    told: { images: [{ id: "2" }] },
    sent: ["GET /v1/images?name=Ubuntu&status=active"],
  },
  {
    name: "cloud images of a region",
    type: "iec_cloud_images",
    config: { region: "cn-north-4", owner: "o", supports: ["xen_hana"], support_xen_gpu_type: "M60" },
    answers: {
      "GET /v1/cloudimages/cn-north-4": {
        images: [{ id: "1", name: "n", status: "active", __platform: "Ubuntu" }],
      },
    },
    told: { images: [{ id: "1", platform: "Ubuntu", status: "active" }] },
    sent: [
      "GET /v1/cloudimages/cn-north-4?status=active&owner=o&__support_xen_gpu_type=M60&__support_xen_hana=true",
    ],
  },
  {
    name: "metric data as a bare list, sorted by time",
    type: "iec_metric_data",
    config: {
      metrics: [{ namespace: null, metric_name: "cpu_util", dimensions: { instance_id: "s" } }],
      period: "300",
      filter: "max",
      from: 1,
      to: 2,
    },
    answers: {
      "POST /v1/batch-query-metric-data": [
        {
          metric_name: "cpu_util",
          dimensions: [{ name: "instance_id", value: "s" }],
          datapoints: [
            { timestamp: 2, max: 20 },
            { timestamp: 1, max: 10, min: 1 },
            { timestamp: 3, min: 1 },
          ],
        },
      ],
    },
    told: {
      series: [
        {
          metric_name: "cpu_util",
          namespace: null,
          unit: null,
          dimensions: { instance_id: "s" },
          datapoints: [
            { timestamp: 1, value: 10 },
            { timestamp: 2, value: 20 },
            { timestamp: 3, value: null },
          ],
        },
      ],
    },
    sent: ["POST /v1/batch-query-metric-data"],
  },
  {
    name: "metric data as an object",
    type: "iec_metric_data",
    config: {
      metrics: [{ namespace: "n", metric_name: "m", dimensions: null }],
      period: "1",
      filter: "sum",
      from: 1,
      to: 2,
    },
    answers: { "POST /v1/batch-query-metric-data": { metrics: [{ metric_name: "m", datapoints: [] }] } },
    told: { series: [{ metric_name: "m", dimensions: {}, datapoints: [] }] },
    sent: ["POST /v1/batch-query-metric-data"],
  },
  {
    name: "a network ACL's rules come from its own page",
    type: "iec_network_acl",
    config: { name: "edge" },
    answers: {
      "GET /v1/firewalls": {
        count: 2,
        firewalls: [
          { id: "1", name: "edge-2" },
          { id: "2", name: "edge" },
        ],
      },
      "GET /v1/firewalls/2": {
        firewall: {
          id: "2",
          name: "edge",
          description: "",
          status: "ACTIVE",
          admin_state_up: true,
          subnets: [{ id: "n", vpc_id: "v" }],
          ingress_firewall_policy: { id: "p", firewall_rules: [{ id: "r2" }, { id: "r1" }] },
          egress_firewall_policy: { id: "q" },
        },
      },
    },
    told: {
      id: "2",
      description: null,
      networks: [{ vpc_id: "v", subnet_id: "n" }],
      inbound_rules: ["r2", "r1"],
      outbound_rules: [],
    },
    sent: ["GET /v1/firewalls?name=edge", "GET /v1/firewalls/2"],
  },
  {
    name: "ports by every filter",
    type: "iec_ports",
    config: {
      name: "p",
      subnet_id: "n",
      site_id: "s",
      fixed_ip: "10.0.0.2",
      mac_address: "fa:16",
      device_id: "d",
      device_owner: "neutron:VIP_PORT",
      status: "DOWN",
      security_group_id: "g",
    },
    answers: {
      "GET /v1/ports": {
        count: 2,
        ports: ["s", "elsewhere"].map((site_id) => ({
          id: site_id,
          site_id,
          name: "p",
          network_id: "n",
          fixed_ips: [{ ip_address: "fd00::1" }, { ip_address: "10.0.0.2" }],
          mac_address: "fa:16",
          device_id: "d",
          device_owner: "neutron:VIP_PORT",
          status: "DOWN",
          security_groups: ["h", "g"],
          allowed_address_pairs: [{ ip_address: "1.1.1.1/0" }],
        })),
      },
    },
    told: {
      ports: [
        {
          id: "s",
          subnet_id: "n",
          fixed_ip: "fd00::1",
          fixed_ips: ["fd00::1", "10.0.0.2"],
          security_groups: ["g", "h"],
          allowed_addresses: ["1.1.1.1/0"],
        },
      ],
    },
    sent: [
      "GET /v1/ports?name=p&mac_address=fa:16&device_id=d&device_owner=neutron:VIP_PORT&status=DOWN&network_id=n&security_groups=g&fixed_ips=ip_address=10.0.0.2",
    ],
  },
  {
    name: "a security group's rules",
    type: "iec_security_groups",
    answers: {
      "GET /v1/security-groups": {
        count: 1,
        security_groups: [
          {
            id: "g",
            name: "web",
            description: "",
            security_group_rules: [
              {
                id: "r",
                direction: "ingress",
                ethertype: "ipv6",
                protocol: "any",
                port_range_min: "80",
                port_range_max: "",
                remote_ip_prefix: "",
                remote_group_id: "g",
                action: "allow",
                priority: 1,
              },
            ],
          },
        ],
      },
    },
    told: {
      security_groups: [
        {
          id: "g",
          description: null,
          security_group_rules: [
            {
              ethertype: "IPv6",
              protocol: null,
              port_range_min: 80,
              port_range_max: null,
              remote_ip_prefix: null,
              security_group_id: null,
            },
          ],
        },
      ],
    },
    sent: ["GET /v1/security-groups"],
  },
  {
    name: "deleted servers are no servers",
    type: "iec_servers",
    config: { site_id: "s" },
    answers: {
      "GET /v1/cloudservers": {
        count: 3,
        servers: [
          { id: "1", name: "b", status: "DELETED" },
          {
            id: "2",
            name: "a",
            status: "ACTIVE",
            geolocation: {
              id: "s",
              country: "China",
              area: "south",
              province: "guangdong",
              city: "guangzhou",
            },
            operator: { name: "chinatelecom" },
            "OS-EXT-SRV-ATTR:user_data": "c2VjcmV0",
          },
          { id: "3", name: "b", status: "BUILD" },
        ],
      },
    },
    told: {
      servers: [
        {
          id: "2",
          coverage_sites: [
            { site_id: "s", site_info: "China/south/guangdong/guangzhou", operator: "chinatelecom" },
          ],
          nics: [],
          key_pair: null,
        },
        { id: "3", coverage_sites: [] },
      ],
    },
    sent: ["GET /v1/cloudservers?site_id=s"],
  },
  {
    name: "deleted servers are told to those who ask, and a status means just that",
    type: "iec_servers",
    config: { status: "DELETED" },
    answers: {
      "GET /v1/cloudservers": {
        count: 2,
        servers: [
          { id: "1", status: "DELETED" },
          { id: "2", status: "SOFT_DELETED" },
        ],
      },
    },
    told: { servers: [{ id: "1" }] },
    sent: ["GET /v1/cloudservers?status=DELETED"],
  },
  {
    name: "a disk and its server",
    type: "iec_volumes",
    config: { server_id: "s" },
    answers: {
      "GET /v1/cloudvolumes": {
        count: 2,
        volumes: [
          { id: "1", name: "", bootable: "true", attachments: [{ server_id: "s", device: "/dev/vda" }] },
          { id: "2", bootable: "false", attachments: [] },
        ],
      },
    },
    told: {
      volumes: [{ id: "1", name: null, bootable: true, server_id: "s", device: "/dev/vda", size: null }],
    },
    sent: ["GET /v1/cloudvolumes"],
  },
  {
    name: "an edge service without its template",
    type: "iec_edge_services",
    config: { id: "1" },
    answers: {
      "GET /v1/edgeclouds": {
        count: 1,
        edgeclouds: [
          {
            id: "1",
            name: "cdn",
            coverage: {
              coverage_level: "area",
              coverage_policy: "discrete",
              coverage_sites: [{ site: "south", demands: [{ demand_count: 2, pool_id_v6: "" }] }],
            },
            failed_num: 1,
          },
        ],
      },
    },
    told: {
      edge_services: [
        {
          coverage_level: "area",
          coverage_sites: [
            { site: "south", i18n_site: null, demands: [{ demand_count: 2, pool_id_v6: null }] },
          ],
          failed_num: 1,
          success_num: null,
        },
      ],
    },
    sent: ["GET /v1/edgeclouds?id=1"],
  },
  {
    name: "a deployment plan that expands a service",
    type: "iec_deployment_plans",
    config: { edgecloud_id: "e" },
    answers: {
      "GET /v1/deployments": {
        count: 1,
        deployments: [
          {
            id: "1",
            edgecloud: { id: "e", name: "" },
            distribution: [{ city: "jinan", stack_count: 3 }],
          },
        ],
      },
    },
    told: {
      deployment_plans: [
        {
          id: "1",
          edgecloud_name: null,
          edgecloud_id: "e",
          locations: [{ site_id: null, city: "jinan", stack_count: 3 }],
        },
      ],
    },
    sent: ["GET /v1/deployments?edgecloud_id=e"],
  },
  {
    name: "the route table of a subnet, unless it is of another VPC",
    type: "iec_route_tables",
    config: { subnet_id: "n", vpc_id: "other" },
    answers: { "GET /v1/subnets/n/routetables": { routetable: { id: "1", vpc_id: "v" } } },
    told: { route_tables: [] },
    sent: ["GET /v1/subnets/n/routetables"],
  },
  {
    name: "quotas sorted by type",
    type: "iec_quotas",
    answers: {
      "GET /v1/edgeclouds/quotas": {
        quotas: {
          resources: [
            { type: "vpc", quota: 50, used: 1, min: 0, max: 100 },
            { type: "image", quota: -1 },
          ],
        },
      },
    },
    told: {
      quotas: [
        { type: "image", quota: -1, used: null },
        { type: "vpc", used: 1 },
      ],
    },
    sent: ["GET /v1/edgeclouds/quotas"],
  },
];

test.each(ROWS)("$name", async ({ type, config = {}, answers, told, sent }) => {
  const found = await readFrom(dataSources.get(type)!, config, answers);
  expect(found.told).toMatchObject(told);
  expect(JSON.stringify(found.told)).not.toContain("c2VjcmV0");
  const paging = /(?<=[?&])(limit|offset|marker)=[^&]*&?/g;
  expect(found.sent.map(({ request }) => request.replaceAll(paging, "").replace(/[?&]$/, ""))).toEqual(sent);
});

test("what is asked of metrics, as it is sent", async () => {
  const { sent } = await readFrom(
    dataSources.get("iec_metric_data")!,
    {
      metrics: [{ namespace: null, metric_name: "cpu_util", dimensions: { instance_id: "s" } }],
      period: "300",
      filter: "max",
      from: 1,
      to: 2,
    },
    { "POST /v1/batch-query-metric-data": [] },
  );
  expect(sent[0]?.body).toEqual({
    metrics: [{ metric_name: "cpu_util", dimensions: [{ name: "instance_id", value: "s" }] }],
    period: "300",
    filter: "max",
    from: 1,
    to: 2,
  });
});
