import { App } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { parseAddresses } from "../../schema/isolation/packets/addresses.js";
import {
  analyse,
  judge,
  obstacleOf,
  surest,
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

interface Side {
  readonly name: string;
  readonly ends: readonly End[];
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
    const question = { from: sender.ends, to: receiver.ends, ...traffic };
    const found = judge(r, question);
    const { verdict, counterexample } = found;
    if (verdict === "PROVED" && open.length === 0) {
      const obstacle = obstacleOf(r, question);
      return { verdict, why: obstacle ? wayOf(obstacle, "does not arrive") : [] };
    }
    if (verdict === "REFUTED" && open.length === 0 && counterexample)
      return { verdict, why: wayOf(counterexample, "arrives") };
    const what = [...open, ...found.unknowns].map((unknown) => `- ${unknown}`);
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

function sideOf(design: Design, r: Reachability, subject: Subject): Side {
  if (typeof subject === "string") return namedSide(r, subject);
  const name = subject.node.path;
  const inside = new Set<IConstruct>(subject.node.findAll());
  const held = design.parts.flatMap(({ entry, nodes }) => (inside.has(entry.element) ? nodes : []));
  const addresses = new Set(held.map(({ address }) => address));
  const own = r.ends.filter((end) => !isNewcomer(end) && end.node && addresses.has(end.node.address));
  if (own.length > 0) return { name, ends: own };
  const ends = surest(held.flatMap(({ address }) => r.endOf(address)));
  if (ends.length === 0) throw new TypeError(`${name} holds nothing that sends or receives packets`);
  return { name, ends };
}

function namedSide(r: Reachability, name: string): Side {
  if (name !== "internet" && parseAddresses(name) === undefined)
    throw new TypeError(`"${name}" is neither internet nor a range such as 10.1.0.0/16`);
  const ends = r.endOf(name);
  if (ends.length === 0) throw new TypeError(`nothing has an address of ${name}`);
  return { name, ends };
}

/** It stands for what may be put into an empty subnet. */
const isNewcomer = (end: End): boolean => end.node?.type === "iec_vpc_subnet";
