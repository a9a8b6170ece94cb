import type { Json } from "../helpers/stack.js";

/** What a person is told about one mistake. */
export interface Expected {
  readonly code: string;
  readonly construct?: string;
  readonly attribute?: string;
  /** The fix and the wrong value: each is found in the text. */
  readonly says: readonly (string | RegExp)[];
}

/** A stack made wrong, or replaced by a text. */
export type Row = readonly [
  name: string,
  change: ((stack: Json) => void) | string,
  ...expected: readonly Expected[],
];

/** Sets, or with undefined removes, what is at a dotted path. */
export const put =
  (path: string, value: unknown) =>
  (stack: Json): void => {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    let target = stack;
    for (const step of steps) target = target[step] ??= {};
    if (value === undefined) Reflect.deleteProperty(target, last);
    else target[last] = value as Json;
  };
export const all =
  (...changes: readonly ((stack: Json) => void)[]) =>
  (stack: Json): void =>
    changes.forEach((change) => change(stack));

const VPC = "resource.iec_vpc.net";
const SUBNET = "resource.iec_vpc_subnet.subnet";
const RULE = "resource.iec_security_group_rule.https";
const SERVER = "resource.iec_server.web";
const unsupported = (construct: string | undefined, ...says: string[]): Expected => ({
  code: "IEC2009",
  ...(construct !== undefined && { construct }),
  says: [...says, /Nothing was changed/, /terraform/],
});

export const SHAPES: readonly Row[] = [
  [
    "malformed JSON",
    '{ "resource": {,} }',
    { code: "IEC2001", says: ["line 1, column 16", "Synthesize it again"] },
  ],
  [
    "truncated JSON",
    '{ "resource": { "iec_vpc"',
    { code: "IEC2001", says: ["cut off", "Synthesize it again"] },
  ],
  ["an empty file", "", { code: "IEC2001", says: ["cut off", "Synthesize it again"] }],
  ["a list at the top", "[]", { code: "IEC2002", says: ["must be an object", "Synthesize it again"] }],
  [
    "a list instead of resources",
    put("resource.iec_vpc", ["net"]),
    { code: "IEC2002", says: ["resource.iec_vpc must be an object", "Synthesize it again"] },
  ],
  [
    "an output without a value",
    put("output.address", {}),
    { code: "IEC2002", says: ['output.address has no "value"', "Synthesize it again"] },
  ],
];

export const VALUES: readonly Row[] = [
  [
    "an unknown resource type",
    put("resource.iec_vppc", { net2: { "//": { metadata: { path: "edge/net2" } }, name: "net2" } }),
    { code: "IEC2003", construct: "edge/net2", says: ['"iec_vppc"', "Did you mean iec_vpc?"] },
  ],
  [
    "a resource type of another provider",
    put("resource.aws_vpc", { net2: { "//": { metadata: { path: "edge/net2" } } } }),
    { code: "IEC2003", construct: "edge/net2", says: ['"aws_vpc"', "Use terraform"] },
  ],
  [
    "an unknown data source type",
    put("data.iec_site", { other: { "//": { metadata: { path: "edge/other" } } } }),
    { code: "IEC2003", construct: "edge/other", says: ['"iec_site"', "Did you mean iec_sites?"] },
  ],
  [
    "an unknown attribute",
    put(`${VPC}.cird`, "10.0.0.0/8"),
    { code: "IEC2004", construct: "edge/net", attribute: "cird", says: ['Did you mean "cidr"?'] },
  ],
  [
    "an unknown attribute in a block",
    put(`${SERVER}.coverage_sites`, [{ site_id: "${data.iec_sites.site.sites[0].id}", operater: "x" }]),
    {
      code: "IEC2004",
      construct: "edge/web",
      attribute: "coverage_sites[0].operater",
      says: ['Did you mean "operator"?'],
    },
  ],
  [
    "text for a number",
    put(`${SERVER}.system_disk_size`, "forty"),
    {
      code: "IEC2005",
      construct: "edge/web",
      attribute: "system_disk_size",
      says: ["must be a number", '"forty"'],
    },
  ],
  [
    "a list for text",
    put(`${VPC}.name`, ["net"]),
    { code: "IEC2005", construct: "edge/net", attribute: "name", says: ["must be text", "a list"] },
  ],
  [
    "an object for a list",
    put(`${SERVER}.subnet_ids`, { a: "b" }),
    {
      code: "IEC2005",
      construct: "edge/web",
      attribute: "subnet_ids",
      says: ["must be a list", "an object"],
    },
  ],
  [
    "a number for true or false",
    put(`${SUBNET}.dhcp_enable`, 1),
    {
      code: "IEC2005",
      construct: "edge/subnet",
      attribute: "dhcp_enable",
      says: ["must be true or false", "1"],
    },
  ],
  [
    "a missing required attribute",
    put(`${SUBNET}.cidr`, undefined),
    { code: "IEC2006", construct: "edge/subnet", attribute: "cidr", says: ["cidr is required", "Set it"] },
  ],
  [
    "a missing required attribute in a block",
    put(`${SERVER}.coverage_sites`, [{ operator: "chinatelecom" }]),
    {
      code: "IEC2006",
      construct: "edge/web",
      attribute: "coverage_sites[0].site_id",
      says: ["site_id is required", "Set it"],
    },
  ],
  [
    "a missing block",
    put(`${SERVER}.coverage_sites`, undefined),
    { code: "IEC2012", construct: "edge/web", attribute: "coverage_sites", says: ["At least 1"] },
  ],
  [
    "a value outside of an enumeration",
    put(`${VPC}.mode`, "MANUAL"),
    {
      code: "IEC2012",
      construct: "edge/net",
      attribute: "mode",
      says: ['"MANUAL" is not one of "SYSTEM", "CUSTOMER"'],
    },
  ],
  [
    "a number out of range",
    put(`${SERVER}.system_disk_size`, 500),
    {
      code: "IEC2012",
      construct: "edge/web",
      attribute: "system_disk_size",
      says: ["500 must be at most 100 GB"],
    },
  ],
  [
    "a broken number for a whole one",
    put(`${SERVER}.system_disk_size`, 40.5),
    {
      code: "IEC2012",
      construct: "edge/web",
      attribute: "system_disk_size",
      says: ["40.5 must be a whole number"],
    },
  ],
  [
    "a name too long",
    put(`${VPC}.name`, "n".repeat(65)),
    { code: "IEC2012", construct: "edge/net", attribute: "name", says: ["at most 64 characters"] },
  ],
  [
    "an empty name",
    put(`${VPC}.name`, ""),
    { code: "IEC2012", construct: "edge/net", attribute: "name", says: ["at least 1 character."] },
  ],
  [
    "markup in a name",
    put(`${VPC}.name`, "<script>alert(1)</script>"),
    { code: "IEC2012", construct: "edge/net", attribute: "name", says: ["may only hold letters, digits"] },
  ],
  [
    "a terminal escape in a name",
    put(`${VPC}.name`, "net\u001b[2J"),
    { code: "IEC2012", construct: "edge/net", attribute: "name", says: ["may only hold letters, digits"] },
  ],
  [
    "a bad password",
    put(`${SERVER}.admin_pass`, "Pw1-"),
    {
      code: "IEC2012",
      construct: "edge/web",
      attribute: "admin_pass",
      says: ["(sensitive) must have at least 8"],
    },
  ],
  [
    "a bad range",
    put(`${SUBNET}.cidr`, "10.30.1.0/33"),
    {
      code: "IEC2012",
      construct: "edge/subnet",
      attribute: "cidr",
      says: ['"10.30.1.0/33" is not an IPv4 range such as'],
    },
  ],
  [
    "a bad address",
    put(`${SUBNET}.gateway_ip`, "10.30.1.256"),
    {
      code: "IEC2012",
      construct: "edge/subnet",
      attribute: "gateway_ip",
      says: ['"10.30.1.256" is not an IPv4 address such as'],
    },
  ],
  [
    "an IPv6 rule with an IPv4 range",
    put(`${RULE}.ethertype`, "IPv6"),
    { code: "IEC2013", construct: "edge/https", attribute: "remote_ip_prefix", says: ["IPv6", "0.0.0.0/0"] },
  ],
  [
    "both remote sides",
    put(`${RULE}.remote_group_id`, "${iec_security_group.web.id}"),
    {
      code: "IEC2013",
      construct: "edge/https",
      attribute: "remote_group_id",
      says: ["remote_ip_prefix", "one"],
    },
  ],
  [
    "neither remote side",
    put(`${RULE}.remote_ip_prefix`, undefined),
    { code: "IEC2013", construct: "edge/https", says: ["remote_ip_prefix", "remote_group_id"] },
  ],
  [
    "icmpv6 over IPv4",
    all(
      put(`${RULE}.protocol`, "icmpv6"),
      put(`${RULE}.port_range_min`, undefined),
      put(`${RULE}.port_range_max`, undefined),
    ),
    { code: "IEC2013", construct: "edge/https", attribute: "protocol", says: ["icmpv6", "IPv6"] },
  ],
  [
    "both a password and a key pair",
    put(`${SERVER}.key_pair`, "mine"),
    { code: "IEC2013", construct: "edge/web", attribute: "key_pair", says: ["admin_pass", "key_pair"] },
  ],
  [
    "a computed attribute set",
    put(`${VPC}.subnet_num`, 3),
    { code: "IEC2014", construct: "edge/net", attribute: "subnet_num", says: ["cannot be set", "Remove it"] },
  ],
  [
    "three mistakes at once",
    all(put(`${VPC}.mode`, "MANUAL"), put(`${SUBNET}.gateway_ip`, "x"), put(`${SERVER}.colour`, "red")),
    { code: "IEC2012", construct: "edge/net", attribute: "mode", says: ["MANUAL"] },
    { code: "IEC2012", construct: "edge/subnet", attribute: "gateway_ip", says: ['"x"'] },
    { code: "IEC2004", construct: "edge/web", attribute: "colour", says: ['"colour"', "Known attributes"] },
  ],
];

export const EXPRESSIONS: readonly Row[] = [
  [
    "a dependency cycle",
    put(`${VPC}.name`, "${iec_vpc_subnet.subnet.name}"),
    {
      code: "IEC2007",
      says: ["iec_vpc.net", "iec_vpc_subnet.subnet", "->", "Remove one of these references"],
    },
  ],
  [
    "a resource that depends on itself",
    put(`${VPC}.name`, "${iec_vpc.net.mode}"),
    { code: "IEC2007", construct: "edge/net", says: ["iec_vpc.net -> iec_vpc.net", "Remove"] },
  ],
  [
    "locals in a circle",
    put("locals", { label: "${local.other}", other: "${local.label}" }),
    {
      code: "IEC2007",
      says: ["Local values depend", "local.label", "local.other", "Remove one of these references"],
    },
  ],
  [
    "a reference to no resource",
    put(`${SUBNET}.vpc_id`, "${iec_vpc.nett.id}"),
    {
      code: "IEC2008",
      construct: "edge/subnet",
      attribute: "vpc_id",
      says: ["iec_vpc.nett", "Did you mean iec_vpc.net?"],
    },
  ],
  [
    "a reference to no data source",
    put(`${SUBNET}.site_id`, "${data.iec_sites.sit.sites[0].id}"),
    {
      code: "IEC2008",
      construct: "edge/subnet",
      attribute: "site_id",
      says: ["data.iec_sites.sit", "Did you mean data.iec_sites.site?"],
    },
  ],
  [
    "a reference to no variable",
    put(`${VPC}.name`, "${var.enviroment}"),
    { code: "IEC2008", construct: "edge/net", attribute: "name", says: ["Did you mean var.environment?"] },
  ],
  [
    "a reference to no local value",
    put(`${VPC}.name`, "${local.lable}"),
    { code: "IEC2008", construct: "edge/net", attribute: "name", says: ["Did you mean local.label?"] },
  ],
  [
    "an output that refers to nothing",
    put("output.address.value", "${iec_server.wep.id}"),
    { code: "IEC2008", says: ["iec_server.wep", "Did you mean iec_server.web?"] },
  ],
  [
    "depends_on nothing",
    put(`${VPC}.depends_on`, ["iec_keypair.key"]),
    {
      code: "IEC2008",
      construct: "edge/net",
      attribute: "depends_on",
      says: ["iec_keypair.key is not declared"],
    },
  ],
  [
    "a reference to an unknown attribute of a resource",
    put(`${SUBNET}.vpc_id`, "${iec_vpc.net.idd}"),
    {
      code: "IEC2004",
      construct: "edge/subnet",
      attribute: "vpc_id",
      says: ['iec_vpc.net has no attribute "idd"', "Did you mean iec_vpc.net.id?"],
    },
  ],
  [
    "an expression that does not parse",
    put(`${VPC}.name`, "${var.environment +}"),
    {
      code: "IEC2010",
      construct: "edge/net",
      attribute: "name",
      says: ["${var.environment +}", /character \d+/],
    },
  ],
  [
    "an expression that is not closed",
    put(`${VPC}.name`, "${var.environment"),
    {
      code: "IEC2010",
      construct: "edge/net",
      attribute: "name",
      says: ["${var.environment", /character \d+/],
    },
  ],
  [
    "a sum of texts",
    put(`${VPC}.name`, '${var.environment + "edge"}'),
    { code: "IEC2011", construct: "edge/net", attribute: "name", says: ["number"] },
  ],
  [
    "an unknown function",
    put(`${VPC}.name`, "${uper(var.environment)}"),
    { code: "IEC2011", construct: "edge/net", attribute: "name", says: ["uper", "upper"] },
  ],
  [
    "the first site of a city where there is none",
    all(
      put("data.iec_sites.atlantis", { city: "atlantis" }),
      put(`${VPC}.name`, "${data.iec_sites.atlantis.sites[0].name}"),
    ),
    {
      code: "IEC2011",
      construct: "edge/net",
      attribute: "name",
      says: ["0 elements", 'data.iec_sites.atlantis found nothing for city = "atlantis"'],
    },
  ],
  [
    "a variable without a value",
    put("variable.region", { type: "string" }),
    { code: "IEC2015", says: ['"region" has no value', "--var region=", "TF_VAR_region"] },
  ],
  [
    "a default of the wrong type",
    put("variable.environment", { type: "number", default: "prod" }),
    { code: "IEC2005", says: ['"environment" must be of type number', '"prod"'] },
  ],
];

export const UNSUPPORTED: readonly Row[] = [
  ["count", put(`${VPC}.count`, 2), unsupported("edge/net", '"count"')],
  ["for_each", put(`${VPC}.for_each`, { a: 1 }), unsupported("edge/net", '"for_each"')],
  ["dynamic", put(`${SERVER}.dynamic`, { data_disks: {} }), unsupported("edge/web", '"dynamic"')],
  [
    "provisioner",
    put(`${SERVER}.provisioner`, [{ "local-exec": {} }]),
    unsupported("edge/web", '"provisioner"'),
  ],
  [
    "create_before_destroy",
    put(`${VPC}.lifecycle`, { create_before_destroy: true }),
    unsupported("edge/net", "lifecycle.create_before_destroy"),
  ],
  ["the provider of a resource", put(`${VPC}.provider`, "iec.other"), unsupported("edge/net", '"iec.other"')],
  ["a provider alias", put("provider.iec", [{}, { alias: "other" }]), unsupported(undefined, "aliases")],
  ["a module", put("module", { net: { source: "./net" } }), unsupported(undefined, '"module"')],
  ["moved", put("moved", [{ from: "iec_vpc.a", to: "iec_vpc.net" }]), unsupported(undefined, '"moved"')],
  [
    "a remote backend",
    put("terraform", { backend: { s3: { bucket: "b", key: "k" } } }),
    unsupported(undefined, 'backend "s3"'),
  ],
  [
    "a function that reads files",
    put(`${VPC}.name`, '${file("name.txt")}'),
    { code: "IEC2009", construct: "edge/net", attribute: "name", says: ["file"] },
  ],
];

/** Wrong by the cloud's isolation: only a plan can tell. */
export const ISOLATION: readonly Row[] = [
  [
    "a subnet outside of its VPC",
    all(put(`${SUBNET}.cidr`, "10.31.1.0/24"), put(`${SUBNET}.gateway_ip`, "10.31.1.1")),
    { code: "IEC1004", construct: "edge/subnet", attribute: "cidr", says: ["10.31.1.0/24", "10.30.0.0/16"] },
  ],
];
