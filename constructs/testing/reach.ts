import { App } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import type { ResourceNode } from "../../schema/graph.js";
import { identify } from "../../schema/isolation/identity.js";
import { parseAddresses } from "../../schema/isolation/packets/addresses.js";
import {
  analyse,
  judge,
  obstacleOf,
  tellHop,
  tellPacket,
  type End,
  type Obstacle,
  type Reachability,
  type Verdict,
} from "../../schema/isolation/reachability/index.js";
import { trafficOf, type Port } from "../l2/port";
import { designOf, type Design } from "../validate/index";

/** A construct, `internet`, or an IPv4 or IPv6 range such as `10.1.0.0/16`. */
export type Subject = IConstruct | string;

/** Whether packets get from one subject to another, and why. */
export interface Passage {
  readonly verdict: Verdict["verdict"];
  /** What tells so, a line each: a packet and its way, or the unknowns. */
  readonly why: readonly string[];
}

/** A subject as ends: those it has for sure, and those it may have. */
interface Side {
  readonly name: string;
  readonly ends: readonly End[];
  readonly sure: readonly End[];
}

/** What gets from one to the other; to be asked about one design as often as there are directions. */
export function passages(from: Subject, to: Subject, port: Port | undefined): (back?: boolean) => Passage {
  for (const subject of [from, to]) {
    if (typeof subject !== "string" && !Construct.isConstruct(subject))
      throw new TypeError(`${String(subject)} is neither a construct, nor a range, nor internet`);
  }
  const root = [from, to].find((subject) => typeof subject !== "string")?.node.root;
  if (root === undefined) throw new TypeError("one of the two has to be a construct");
  if (!App.isApp(root)) throw new TypeError(`${root.node.path} is in no App`);
  const design = designOf(root);
  const r = analyse(design.input());
  const [a, b] = [sideOf(design, r, from), sideOf(design, r, to)];
  if (a.ends.every(({ key }) => b.ends.every((other) => other.key === key)))
    throw new TypeError(`${a.name} and ${b.name} are the same server: there is no way between them`);
  const traffic = port === undefined ? {} : { traffic: trafficOf(port) };
  const open = design.parts.flatMap(({ entry, open }) => {
    const { path } = entry.element.node;
    if (entry.failure !== undefined) return [`what ${path} is: it cannot be written`];
    return open ? [`how many of ${path} there are`] : [];
  });
  return (back = false) => {
    const [sender, receiver] = back ? [b, a] : [a, b];
    const most = { from: sender.ends, to: receiver.ends, ...traffic };
    const found = judge(r, most);
    const { verdict, counterexample } = found;
    if (verdict === "PROVED" && open.length === 0) {
      const obstacle = obstacleOf(r, most);
      return { verdict, why: obstacle ? wayOf(obstacle, "does not arrive") : [] };
    }
    if (verdict === "REFUTED" && open.length === 0) {
      const least = judge(r, { ...most, from: sender.sure, to: receiver.sure });
      if (least.verdict === "REFUTED" && least.counterexample)
        return { verdict, why: wayOf(least.counterexample, "arrives") };
    }
    const unknowns = [...open, ...found.unknowns, ...(verdict === "REFUTED" ? doubts(sender, receiver) : [])];
    const what = unknowns.map((unknown) => `- ${unknown}`);
    return {
      verdict: "CONDITIONAL",
      why: ["decided by", ...what, ...(counterexample ? wayOf(counterexample, "may arrive") : [])],
    };
  };
}

const wayOf = ({ packet, trace }: Obstacle, fate: string): string[] => [
  ...(packet ? [`${tellPacket(packet)} ${fate}:`] : []),
  ...trace.hops.map((hop) => `- ${tellHop(hop)}`),
];

const doubts = (...sides: readonly Side[]): string[] =>
  sides.flatMap(({ name, ends, sure }) =>
    ends.flatMap((end) => (sure.includes(end) ? [] : [`whether ${end.label} belongs to ${name}`])),
  );

function sideOf(design: Design, r: Reachability, subject: Subject): Side {
  if (typeof subject === "string") return namedSide(r, subject);
  const name = subject.node.path;
  const inside = new Set<IConstruct>(subject.node.findAll());
  const held = design.parts.flatMap(({ entry, nodes }) => (inside.has(entry.element) ? nodes : []));
  const addresses = new Set(held.map(({ address }) => address));
  const own = r.ends.filter((end) => !isNewcomer(end) && end.node && addresses.has(end.node.address));
  if (own.length > 0) return { name, ends: own, sure: own };
  const ends = [...new Set(held.flatMap(({ address }) => r.endOf(address)))];
  if (ends.length === 0) throw new TypeError(`${name} holds nothing that sends or receives packets`);
  return { name, ends, sure: ends.filter((end) => isSurelyOf(end, held)) };
}

function namedSide(r: Reachability, name: string): Side {
  const wanted = parseAddresses(name);
  if (name !== "internet" && wanted === undefined)
    throw new TypeError(`"${name}" is neither internet nor a range such as 10.1.0.0/16`);
  const ends = r.endOf(name);
  if (ends.length === 0) throw new TypeError(`nothing has an address of ${name}`);
  const isWithin = (end: End): boolean => {
    if (end.kind === "outside" || wanted === undefined) return true;
    const all = end.kind === "nic" ? end.nic.addresses : [end.vip.address];
    return all.every(
      ({ sure, addresses: { family, interval } }) =>
        sure &&
        family === wanted.family &&
        wanted.interval[0] <= interval[0] &&
        interval[1] <= wanted.interval[1],
    );
  };
  return { name, ends, sure: ends.filter(isWithin) };
}

/** It stands for what may be put into an empty subnet. */
const isNewcomer = (end: End): boolean => end.node?.type === "iec_vpc_subnet";

/** Whether an end belongs to one of the subnets, VPCs, security groups and EIPs, whatever the unknowns become. */
function isSurelyOf(end: End, held: readonly ResourceNode[]): boolean {
  if (end.kind === "outside") return false;
  const keys = new Set(held.map((node) => identify(node).key));
  const { access } = end.kind === "nic" ? end.nic : end.vip;
  if (access.some(({ sure, place }) => sure && keys.has(identify(place.node).key))) return true;
  if (end.kind === "vip") return false;
  const { subnet, groups, vpc } = end.nic;
  const told = [subnet.identity, ...groups.groups.map(({ identity }) => identity)];
  return told.some(({ key }) => keys.has(key)) || (vpc.length > 0 && vpc.every(({ key }) => keys.has(key)));
}
