import { isIP } from "node:net";
import { TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { declarePolicy, writePolicies, type Demand } from "../policies";
import { trafficOf, type Port } from "./port";

export interface Places {
  /** Area keys, such as `south`. */
  readonly areas?: readonly string[];
  /** Province keys, such as `guangdong`. */
  readonly provinces?: readonly string[];
  /** City keys, such as `guangzhou`. */
  readonly cities?: readonly string[];
}

/** Another construct, and everything below it. */
export type Party = IConstruct;

export interface IsolationPolicyProps {
  /** What the policy is about, with everything below; the scope that the policy is made in when not set. */
  readonly on?: Party | readonly Party[];
  /** Only sites of these places; nothing made of the data, such as an image, goes elsewhere either. */
  readonly residency?: Places;
  /**
   * Only sites within a round trip (ms, above 5, at most 100) of a place in degrees. The near edge, where IEC is, is 5
   * to 20 ms. It is estimated by distance.
   */
  readonly latency?: { readonly latitude: number; readonly longitude: number; readonly withinMs: number };
  /** All that the Internet may reach; `[]` is nothing. */
  readonly internetPorts?: readonly Port[];
  /** Who may never reach it, on no path: constructs, ranges such as `10.1.0.0/16`, or `internet`. */
  readonly neverReachedFrom?: readonly (
    Party | string | { readonly from: Party | string; readonly ports: readonly Port[] }
  )[];
  /** What it never shares a site, VPC or security group with. */
  readonly apartFrom?: readonly {
    readonly other: Party;
    readonly by: "site" | "vpc" | "security-group";
  }[];
}

/**
 * What must hold for a part of a design, whatever else is built there. `IecApp` checks it over all stacks before it
 * writes any; it is written into `cdk.tf.json`, where `iec plan`, `iec apply` and `iec verify` read it.
 */
export class IsolationPolicy extends Construct {
  constructor(scope: Construct, id: string, props: IsolationPolicyProps) {
    super(scope, id);
    const on = list(props.on ?? scope);
    for (const demand of demandsOf(this, on, props)) declarePolicy(this, demand);
    // An app that is no IecApp writes at least what concerns the policy's own stack.
    const stack = scope.node.scopes.find((above) => TerraformStack.isStack(above));
    if (stack !== undefined) writePolicies(stack as TerraformStack);
  }
}

function* demandsOf(
  policy: IsolationPolicy,
  on: readonly Party[],
  props: IsolationPolicyProps,
): Generator<Demand> {
  const { residency, latency, internetPorts, neverReachedFrom = [], apartFrom = [] } = props;
  const wrong = (prop: string, value: unknown, fix: string): Error =>
    new Error(`${policy.node.path}: ${prop} is ${JSON.stringify(value) ?? "undefined"}. ${fix}`);
  if (residency !== undefined) {
    const keys = Object.entries(residency).filter(([, places]) => (places as readonly string[]).length > 0);
    if (keys.length === 0) throw wrong("residency", residency, "Name areas, provinces or cities.");
    yield { kind: "residency", on, ...Object.fromEntries(keys) };
  }
  if (latency !== undefined) {
    const { latitude, longitude, withinMs } = latency;
    if (!(withinMs > 5 && withinMs <= 100))
      throw wrong("latency.withinMs", withinMs, "No site is nearer than 5 ms; give more, at most 100.");
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180))
      throw wrong("latency", { latitude, longitude }, "Give degrees: latitude to 90, longitude to 180.");
    yield { kind: "latency", on, of: { latitude, longitude }, withinMs };
  }
  if (internetPorts !== undefined)
    yield { kind: "internet-ports", on, traffic: internetPorts.map(trafficOf) };
  for (const one of neverReachedFrom) {
    const limited = typeof one === "object" && "ports" in one;
    const from = limited ? one.from : one;
    if (typeof from === "string" && from !== "internet" && !isRange(from))
      throw wrong(
        "neverReachedFrom",
        from,
        'Give a construct, "internet", or a range such as "10.1.0.0/16".',
      );
    if (typeof from !== "string" && !Construct.isConstruct(from))
      throw wrong("neverReachedFrom", from, "Give a construct.");
    const traffic = limited ? { traffic: one.ports.map(trafficOf) } : {};
    yield { kind: "never-reach", on, from: [from], ...traffic };
  }
  for (const { other, by } of apartFrom) {
    if (!Construct.isConstruct(other)) throw wrong("apartFrom", other, "Give a construct.");
    yield { kind: "separation", on, from: [other], by };
  }
}

/** An IPv4 or IPv6 range. */
function isRange(text: string): boolean {
  const [address = "", length = "", ...more] = text.split("/");
  const family = isIP(address);
  return (
    family !== 0 &&
    more.length === 0 &&
    /^\d{1,3}$/.test(length) &&
    Number(length) <= (family === 4 ? 32 : 128)
  );
}

const list = (parties: Party | readonly Party[]): readonly Party[] =>
  Array.isArray(parties) ? (parties as readonly Party[]) : [parties as Party];
