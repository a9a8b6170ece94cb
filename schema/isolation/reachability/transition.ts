import { PacketAlgebra } from "../packets/sets.js";
import { kindOf } from "../values.js";
import type { TopologyInput } from "../topology.js";
import { analyse, type Reachability } from "./index.js";
import { differing, goneBetween, Related } from "./related.js";

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
    this.related = new Related([from.graph, to.graph]);
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

  /** Whether nothing but rules of security groups differs, and nothing takes its values from these. */
  get onlyRules(): boolean {
    return [...this.changed].every(
      (address) =>
        this.related.versions(address).every(({ type }) => kindOf(type) === "iec_security_group_rule") &&
        !this.related.isUsed(address),
    );
  }
}
