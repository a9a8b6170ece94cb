import type { Path } from "../unknown.js";
import { decidedBy, type Identity } from "./identity.js";
import { conditional, refuted, type Judgement } from "./rule.js";
import type { Placed, Topology } from "./topology.js";

/** What a resource takes for itself alone, such as the port that an EIP is bound to. */
export interface Claim {
  readonly holder: Placed;
  readonly path: Path;
  readonly thing: Identity;
}

/** Enough to see what is wrong. */
const MOST = 100;

/** Things that two resources claim: the later one is told of the first. */
export function* twice(
  topology: Topology,
  claims: readonly Claim[],
  question: string,
  refute: (later: Claim, first: Claim) => { readonly detail: string; readonly fix: string },
): Generator<Judgement> {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const group = groups.get(claim.thing.key);
    // The same object may be in the graph twice, declared and read.
    if (group === undefined) groups.set(claim.thing.key, [claim]);
    else if (group.every(({ holder }) => holder.identity.key !== claim.holder.identity.key))
      group.push(claim);
  }
  let left = MOST;
  for (const group of groups.values()) {
    const [first, second] = group;
    if (first === undefined) continue;
    for (const claim of group) {
      const other = claim === first ? second : first;
      const told = other !== undefined && (claim !== first || !topology.isSubject(other.holder));
      if (!topology.isSubject(claim.holder)) continue;
      if (told && left-- > 0) {
        const { detail, fix } = refute(claim, other);
        yield refuted(claim.holder, claim.path, detail, fix);
      } else if (!claim.thing.settled && groups.size > 1) {
        yield conditional(claim.holder, claim.path, question, decidedBy(claim.thing));
      }
    }
  }
}

/** One thing out of two: an address in a subnet, a destination in a table. */
export const joint = (a: Identity, b: Identity): Identity => ({
  key: `${a.key}\0${b.key}`,
  settled: a.settled && b.settled,
  label: b.label,
  unknowns: decidedBy(a, b),
});
