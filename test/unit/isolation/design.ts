import { resources } from "../../../provider/resources/index.js";
import { typeOfAddress } from "../../../schema/isolation/values.js";
import type { Reference, ResourceGraph, ResourceNode } from "../../../schema/graph.js";
import {
  checkIsolation,
  tablesOf,
  type IsolationReport,
  type SiteTable,
} from "../../../schema/isolation/index.js";
import type { Policy } from "../../../schema/isolation/policies/policy.js";
import { Unknown, type ObjectValue, type Path, type Value } from "../../../schema/unknown.js";

export const tables = tablesOf(resources.values());

/** Address -> values. A "data." address is a data source, "existing." an object outside of the configuration. */
export type Design = Readonly<Record<string, ObjectValue>>;

export interface Circumstances {
  readonly missing?: readonly string[];
  readonly only?: readonly string[];
  readonly sites?: SiteTable;
  readonly policies?: readonly Policy[];
  readonly references?: Readonly<Record<string, readonly Reference[]>>;
}

export function graphOf(design: Design, references: Circumstances["references"] = {}): ResourceGraph {
  const nodes = Object.entries(design).map(([address, values]): [string, ResourceNode] => [
    address,
    {
      address,
      mode: address.startsWith("data.") ? "data" : address.startsWith("existing.") ? "existing" : "managed",
      type: typeOfAddress(address.replace(/^existing\./, "")),
      values,
      references: references[address] ?? [],
      origin: { constructPath: `stack/${address}` },
    },
  ]);
  return { nodes: new Map(nodes) };
}

export const check = (
  design: Design,
  { missing, only, sites, policies, references }: Circumstances = {},
): IsolationReport =>
  checkIsolation({
    ...tables,
    graph: graphOf(design, references),
    ...(missing ? { missing: new Set(missing) } : {}),
    ...(only ? { only: new Set(only) } : {}),
    ...(sites ? { sites } : {}),
    ...(policies ? { policies } : {}),
  });

/** The verdicts in short: `IEC1002 iec_server.web subnet_ids[0]`, with a `?` before a CONDITIONAL. */
export const verdicts = ({ diagnostics, conditional }: IsolationReport): string[] => [
  ...diagnostics.map((d) => `${d.code} ${d.address ?? ""}`),
  ...conditional.map((f) => `?${f.code} ${f.address}`),
];

/** A value that will come from exactly there. */
export const from = (address: string, ...path: Path): Value => new Unknown({ address, path });
export const idOf = (address: string): Value => from(address, "id");
/** A value computed out of others. */
export const computedFrom = (address: string, ...path: Path): Value =>
  new Unknown(undefined, [{ address, path }]);

export const vpc = (more: ObjectValue = {}): ObjectValue => ({
  id: new Unknown(),
  cidr: "10.0.0.0/16",
  mode: "CUSTOMER",
  ...more,
});
export const subnet = (vpc_id: Value, site_id: Value, cidr: Value, more: ObjectValue = {}): ObjectValue => ({
  id: new Unknown(),
  vpc_id,
  site_id,
  cidr,
  ...more,
});
export const server = (
  vpc_id: Value,
  site_id: Value,
  subnet_ids: Value,
  more: ObjectValue = {},
): ObjectValue => ({
  id: new Unknown(),
  vpc_id,
  subnet_ids,
  coverage_sites: [{ site_id, operator: null, pool_ids: null }],
  security_groups: [],
  nics: new Unknown(),
  key_pair: null,
  ...more,
});
export const eip = (site_id: Value, port_id: Value = null, more: ObjectValue = {}): ObjectValue => ({
  id: new Unknown(),
  site_id,
  port_id,
  line_id: new Unknown(),
  ...more,
});

export const SITES: ObjectValue = {
  sites: [
    { id: "gz", name: "guangzhou", city: "guangzhou", lines: [{ pool_id: "gz_1" }, { pool_id: "gz_2" }] },
    { id: "xa", name: "xi'an", city: "xian", lines: [{ pool_id: "xa_1" }] },
  ],
};
