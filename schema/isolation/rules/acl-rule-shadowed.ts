import { aclRuleOf, type AclRule, type Side } from "../acl-rules.js";
import { formatRange, sizeOf } from "../cidr.js";
import { refuted, type Judgement, type Rule } from "../rule.js";
import type { Placed, Topology } from "../topology.js";

export const aclRuleShadowed: Rule = {
  code: "IEC1022",
  severity: "warning",
  reason: "The rules of a network ACL are tried in their order, and the first that matches decides.",
  source: "[docs:usermanual network ACL]",
  *check(topology) {
    const aclOf = ({ node }: Placed) => topology.objectsOf(topology.written(node, "network_acl_id"))[0];
    const wanted = new Set(topology.subjectsOf("iec_network_acl_rule").map(aclOf));
    if (wanted.size === 0) return;
    const lists = new Map<string, AclRule[]>();
    for (const placed of topology.ofType("iec_network_acl_rule")) {
      if (placed.node.mode !== "managed" || !wanted.has(aclOf(placed))) continue;
      const rule = aclRuleOf(topology, placed);
      if (rule === undefined) continue;
      const key = `${rule.acl.identity.key}|${rule.direction}`;
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [rule]);
      else list.push(rule);
    }
    for (const list of lists.values()) yield* inList(topology, list);
  },
};

function* inList(topology: Topology, list: readonly AclRule[]): Generator<Judgement> {
  const positioned = list.flatMap((rule) => {
    const position = topology.written(rule.placed.node, "position");
    return typeof position === "number" ? [{ rule, position }] : [];
  });
  positioned.sort((a, b) => a.position - b.position);
  const seen = createIndex();
  for (const [i, { rule, position }] of positioned.entries()) {
    const earlier = seen.cover(rule);
    // Of two rules that want one place it is not known which comes first.
    const certain = earlier !== undefined && earlier.position < position;
    if (certain && topology.isSubject(rule.placed)) yield shadowed(rule, earlier.rule);
    if (positioned[i + 1]?.position !== position || earlier === undefined) seen.add(rule, position);
  }
  const byAddress = new Map(list.map((rule) => [rule.placed.node.address, rule]));
  const neighbour = (rule: AclRule, attribute: string) =>
    topology
      .objectsOf(topology.written(rule.placed.node, attribute))
      .flatMap(({ address }) => byAddress.get(address) ?? [])[0];
  for (const rule of list) {
    const before = neighbour(rule, "after");
    const after = neighbour(rule, "before");
    if (before && topology.isSubject(rule.placed) && covers(before, rule)) yield shadowed(rule, before);
    if (after && topology.isSubject(after.placed) && covers(rule, after)) yield shadowed(after, rule);
  }
}

const shadowed = (rule: AclRule, earlier: AclRule): Judgement =>
  refuted(
    rule.placed,
    [],
    `${earlier.placed.identity.label} comes first and takes all of its traffic: it ${verb(earlier.action)} ${textOf(earlier)}, and this rule is for ${textOf(rule)}.`,
    earlier.action === rule.action
      ? "Remove the rule: it changes nothing."
      : "Put the rule before the other one (position, before or after), or remove it.",
  );

const verb = (action: string): string => (action === "deny" ? "denies" : `${action}s`);
const textOf = (rule: AclRule): string =>
  `${rule.protocol}${rule.destinationPort === null ? "" : `/${rule.destinationPort}`} from ${sideText(rule.source)} to ${sideText(rule.destination)}`;
const sideText = (side: Side): string =>
  side === "any" ? "anywhere" : side === undefined ? "an address" : formatRange(side);

const within = (inner: string | null, outer: string | null): boolean => {
  if (outer === null) return true;
  if (inner === null) return false;
  const ends = (text: string) => {
    const [first = "", last = first] = text.split("-");
    return [Number(first), Number(last)] as const;
  };
  const [[a, b], [c, d]] = [ends(inner), ends(outer)];
  return c <= a && b <= d;
};

/** Protocol and ports; addresses apart. */
const coversPorts = (outer: AclRule, inner: AclRule): boolean =>
  outer.version === inner.version &&
  (outer.protocol === "any" || outer.protocol === inner.protocol) &&
  within(inner.sourcePort, outer.sourcePort) &&
  within(inner.destinationPort, outer.destinationPort);

const coversSide = (outer: Side, inner: Side): boolean =>
  outer === "any" ||
  (outer !== undefined &&
    inner !== undefined &&
    inner !== "any" &&
    outer.first <= inner.first &&
    inner.last <= outer.last);

const covers = (outer: AclRule, inner: AclRule): boolean =>
  coversPorts(outer, inner) &&
  coversSide(outer.source, inner.source) &&
  coversSide(outer.destination, inner.destination);

/**
 * Rules by their two ranges. Ranges around a range are found by their sizes, of which few occur: ten thousand rules are
 * not compared pair by pair.
 */
function createIndex() {
  type Entry = { readonly rule: AclRule; readonly position: number };
  const buckets = new Map<string, Entry[]>();
  const shapes = new Map<string, readonly [number | undefined, number | undefined]>();
  const block = (side: Side, size: number | undefined): string | undefined => {
    if (size === undefined) return "any";
    if (side === undefined || side === "any" || sizeOf(side) > size) return undefined;
    return `${side.first - (side.first % size)}`;
  };
  const sizeOfSide = (side: Side) => (side === "any" || side === undefined ? undefined : sizeOf(side));
  const keyOf = (rule: AclRule, [source, destination]: readonly [number | undefined, number | undefined]) => {
    const [from, to] = [block(rule.source, source), block(rule.destination, destination)];
    return from === undefined || to === undefined ? undefined : `${source}|${destination}|${from}|${to}`;
  };
  return {
    add(rule: AclRule, position: number): void {
      if (rule.source === undefined || rule.destination === undefined) return;
      const shape = [sizeOfSide(rule.source), sizeOfSide(rule.destination)] as const;
      shapes.set(shape.join("|"), shape);
      const key = keyOf(rule, shape) ?? "";
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [{ rule, position }]);
      // What an earlier rule of the same ranges covers adds nothing.
      else if (!bucket.some((entry) => coversPorts(entry.rule, rule))) bucket.push({ rule, position });
    },
    cover(rule: AclRule): Entry | undefined {
      for (const shape of shapes.values()) {
        const key = keyOf(rule, shape);
        const found = key && buckets.get(key)?.find((entry) => coversPorts(entry.rule, rule));
        if (found) return found;
      }
      return undefined;
    },
  };
}
