import type { ResourceNode } from "../../graph.js";
import { PacketAlgebra } from "../packets/sets.js";
import { kindOf } from "../values.js";
import type { TopologyInput } from "../topology.js";
import { Bounds, regionOf } from "./bounds.js";
import { analyse, type Reachability } from "./index.js";
import { differing, goneBetween, NETWORK_KINDS, Related } from "./related.js";

/** A network before and after a plan, read once for all that is asked of the two. */
export class Transition {
  /** Addresses of what is not the same in both. */
  readonly changed: ReadonlySet<string>;
  readonly related: Related;
  readonly gone: ReadonlySet<string>;
  readonly algebra = new PacketAlgebra();
  #before: Reachability | undefined;
  #after: Reachability | undefined;

  constructor(
    readonly from: TopologyInput,
    readonly to: TopologyInput,
  ) {
    this.changed = differing(from.graph, to.graph);
    this.gone = goneBetween(from.graph, to.graph);
    this.related = new Related([from.graph, { nodes: new Map(this.#others()) }]);
  }

  /** What of the second network is not the same in the first. */
  *#others(): Generator<readonly [string, ResourceNode]> {
    const { nodes } = this.from.graph;
    for (const [address, node] of this.to.graph.nodes)
      if (nodes.get(address) !== node && (this.changed.has(address) || !NETWORK_KINDS.has(kindOf(node.type))))
        yield [address, node];
  }

  get before(): Reachability {
    return (this.#before ??= analyse(this.from, this.algebra));
  }

  get after(): Reachability {
    const { to, gone, changed } = this;
    return (this.#after ??= this.onlyRules
      ? this.before.withRules({ ...to, gone }, changed)
      : analyse({ ...to, gone }, this.algebra));
  }

  /**
   * The sets of packets before and after. Where nothing but rules differs, only packets that one of these rules may be
   * about fare differently: then the two are one, and of these packets only.
   */
  get bounds(): readonly [before: Bounds, after: Bounds] {
    const [was, will] = [this.before, this.after];
    if (!this.onlyRules) return [was.bounds, will.bounds];
    const rules = will.network.groupRules.differing;
    const bounds = new Bounds(this.algebra, regionOf(rules.flatMap(({ boxes }) => boxes)));
    return [bounds, bounds];
  }

  /** Whether nothing but rules of security groups differs, and nothing takes its values from these. */
  get onlyRules(): boolean {
    return [...this.changed].every(
      (address) =>
        this.related.versions(address).every(({ type }) => kindOf(type) === "iec_security_group_rule") &&
        !this.related.isUsed(address),
    );
  }
}
