import { block, bool, element, list, number, set, string, type Attributes } from "../../schema/attributes.js";
import type { Plan, ResourceChange } from "../../provider/reconciler/model.js";
import { UNKNOWN, Unknown, type ObjectValue } from "../../schema/unknown.js";

const any = { optional: true, description: "" } as const;
const serverAttributes: Attributes = {
  id: string({ computed: true, description: "" }),
  name: string(any),
  subnet_ids: list({ ...any, element: element.string({}), unordered: true }),
  security_groups: set({ ...any, element: element.string({}) }),
  admin_pass: string({ ...any, sensitive: true }),
  bind_eip: bool(any),
  coverage_sites: block({ ...any, attributes: { site_id: string(any), operator: string(any) } }),
  data_disks: block({ ...any, attributes: { type: string(any), size: number(any) } }),
  timeouts: block({ ...any, nesting: "single", attributes: { create: string(any) } }),
};
const ATTRIBUTES: Readonly<Record<string, Attributes>> = { iec_server: serverAttributes };
export const attributesOf = (_mode: string, type: string): Attributes | undefined => ATTRIBUTES[type];

const change = (
  given: Partial<ResourceChange> & Pick<ResourceChange, "address" | "action">,
): ResourceChange => ({
  mode: given.address.startsWith("data.") ? "data" : "managed",
  type: given.address.replace(/^data\./, "").split(".")[0]!,
  name: given.address.split(".").at(-1)!,
  before: null,
  after: null,
  changed: [],
  replacePaths: [],
  sensitive: [],
  ...given,
});

export const emptyPlan: Plan = {
  stack: "quickstart",
  base: { lineage: "l", serial: 1, hash: "h" },
  destroy: false,
  changes: [],
  drift: [],
  outputs: [],
  conditional: [],
  reachability: { changes: [], order: [] },
  diagnostics: [],
};

const vpc: ObjectValue = {
  id: "vpc-1",
  name: "main",
  cidr: "10.0.0.0/16",
  mode: "CUSTOMER",
  subnet_num: 1,
  tags: null,
};
const server: ObjectValue = {
  id: "srv-1",
  name: "gz",
  subnet_ids: ["sn-1", "sn-2"],
  security_groups: ["sg-1", "sg-2", "sg-3"],
  admin_pass: "Secret-0ld",
  bind_eip: false,
  coverage_sites: [{ site_id: "guangzhou", operator: null }],
  data_disks: [
    { type: "SAS", size: 40 },
    { type: "SATA", size: 10 },
  ],
  timeouts: null,
};

const changes: readonly ResourceChange[] = [
  change({
    address: "data.iec_sites.all",
    action: "read",
    reason: "read-because-unknown",
    after: { area: "south", city: UNKNOWN, sites: UNKNOWN },
  }),
  change({ address: "iec_vpc.same", action: "no-op", before: vpc, after: vpc }),
  change({
    address: "iec_server.new",
    action: "create",
    after: {
      ...server,
      id: UNKNOWN,
      name: "gz-new",
      subnet_ids: [new Unknown({ address: "iec_vpc_subnet.web", path: ["id"] }), "sn-9"],
      admin_pass: "Secret-New",
      timeouts: { create: "30m" },
    },
    sensitive: [["admin_pass"]],
    origin: { constructPath: "quickstart/gz/server", file: "main.ts", line: 12 },
  }),
  change({
    address: "iec_keypair.admin",
    action: "create",
    after: { name: "admin", public_key: "ssh-ed25519 AAAA", private_key: UNKNOWN, fingerprint: UNKNOWN },
    sensitive: [["private_key"]],
    origin: { constructPath: "quickstart/a-rather-long-construct-name/with/many/parts/keypair" },
  }),
  change({
    address: 'iec_vpc.by_key["gz"]',
    action: "update",
    before: { ...vpc, tags: { env: "dev", team: "edge" }, note: "one\ntwo\nthree\n" },
    after: {
      ...vpc,
      tags: { env: "prod", team: "edge", "cost center": "7" },
      note: "one\n2\nthree\n",
      subnet_num: UNKNOWN,
    },
    changed: [["tags"], ["note"], ["subnet_num"]],
  }),
  change({
    address: "iec_server.updated",
    action: "update",
    before: server,
    after: {
      ...server,
      name: "gz-2",
      security_groups: ["sg-4", "sg-3", "sg-1"],
      admin_pass: "Secret-New",
      bind_eip: null,
      data_disks: [
        { type: "SAS", size: 40 },
        { type: "SATA", size: 20 },
        { type: "SSD", size: 5 },
      ],
    },
    changed: [["name"], ["security_groups"], ["admin_pass"], ["bind_eip"], ["data_disks"]],
    sensitive: [["admin_pass"]],
  }),
  change({
    address: "iec_server.moved",
    action: "replace",
    reason: "cannot-update",
    before: server,
    after: {
      ...server,
      id: UNKNOWN,
      subnet_ids: UNKNOWN,
      coverage_sites: [{ site_id: "xian", operator: null }],
      data_disks: [],
    },
    changed: [["id"], ["subnet_ids"], ["coverage_sites", 0, "site_id"], ["data_disks"]],
    replacePaths: [["subnet_ids"], ["coverage_sites", 0, "site_id"], ["data_disks"]],
    sensitive: [["admin_pass"]],
  }),
  change({
    address: "iec_vpc.tainted",
    action: "replace",
    reason: "tainted",
    before: vpc,
    after: { ...vpc, id: UNKNOWN },
    changed: [["id"]],
  }),
  change({
    address: "iec_vpc.requested[0]",
    action: "replace",
    reason: "requested",
    before: vpc,
    after: { ...vpc, id: UNKNOWN },
    changed: [["id"]],
  }),
  change({
    address: "iec_server.removed",
    action: "delete",
    reason: "delete-because-no-config",
    before: server,
    sensitive: [["admin_pass"]],
    origin: { constructPath: "quickstart/old" },
  }),
];

export const fullPlan: Plan = {
  ...emptyPlan,
  changes,
  drift: [
    {
      address: "iec_vpc.same",
      type: "iec_vpc",
      before: vpc,
      after: { ...vpc, name: "renamed\u001b[31m by \u202e hand" },
      changed: [["name"]],
      sensitive: [],
      origin: { constructPath: "quickstart/vpc" },
    },
    {
      address: "iec_server.gone",
      type: "iec_server",
      before: server,
      after: null,
      changed: [],
      sensitive: [["admin_pass"]],
    },
  ],
  outputs: [
    { name: "address", before: undefined, after: UNKNOWN, sensitive: false },
    { name: "password", before: "Secret-0ld", after: "Secret-New", sensitive: true },
    { name: "sites", before: ["gz"], after: ["gz", "西安"], sensitive: false },
    { name: "unused", before: "x", after: undefined, sensitive: false },
  ],
  reachability: {
    changes: [
      {
        kind: "opened",
        sure: true,
        from: ["the internet"],
        to: ["iec_server.web", "iec_server.api"],
        via: "internet",
        traffic: "tcp/443 from 203.0.113.0/24",
      },
      {
        kind: "closed",
        sure: false,
        from: ["iec_vpc_subnet.web"],
        to: ["iec_vpc_subnet.data"],
        via: "private",
        traffic: "tcp/5432",
      },
      ...Array.from({ length: 20 }, (_, i) => ({
        kind: "opened" as const,
        sure: true,
        from: [`iec_server.s${i}`],
        to: ["iec_server.web"],
        via: "private" as const,
        traffic: "icmp",
      })),
    ],
    order: [
      {
        first: {
          step: "iec_security_group_rule.all (delete)",
          address: "iec_security_group_rule.all",
          verb: "delete",
        },
        then: { step: "iec_eip.web", address: "iec_eip.web", verb: "create" },
        leak: { from: "the internet", to: "iec_server.web", via: "internet", traffic: "tcp/22", sure: true },
      },
    ],
  },
  conditional: Array.from({ length: 7 }, (_, i) => ({
    verdict: "CONDITIONAL" as const,
    code: "IEC1002" as const,
    address: `iec_server.s${i}`,
    path: ["subnet_ids", 0],
    detail: "",
    fix: "",
    unknowns: ["data.iec_sites.all.sites[0].id"],
  })),
};

export const stateContent = {
  resources: [
    {
      address: "data.iec_sites.all",
      type: "iec_sites",
      values: { sites: [] },
      sensitive: [],
      tainted: false,
    },
    {
      address: "iec_server.gz",
      type: "iec_server",
      values: server,
      sensitive: [["admin_pass"]],
      tainted: false,
    },
    { address: 'iec_vpc.by_key["gz"]', type: "iec_vpc", values: vpc, sensitive: [], tainted: true },
  ],
  outputs: new Map([
    ["password", { value: "Secret-0ld", sensitive: true }],
    ["sites", { value: ["gz", { name: "西安" }], sensitive: false }],
  ]),
};
