import { compare, type Identity } from "../identity.js";
import type { Box } from "../packets/fields.js";
import type { GroupRules } from "./group-rules.js";
import type { Acl, Direction, Group, GroupSet, Nic, Route, Rule } from "./model.js";

export type Bound = "may" | "must";

/** One line of an ordered list: the first that fits decides. */
export interface Line {
  readonly boxes: readonly Box[];
  readonly allows: boolean;
  readonly rule: Rule;
}

/**
 * What a packet meets at one point: two lists, of which the first lets through whatever may get through, and the
 * second only what must. They are the same where nothing is unknown.
 */
export interface Filter {
  /** The same filter has the same number. */
  readonly id: number;
  readonly label: string;
  readonly may: readonly Line[];
  /** The same object where there is no difference. */
  readonly must: readonly Line[];
  /** What happens to what no line fits. */
  readonly otherwise: Readonly<Record<Bound, boolean>>;
  /** In words, for what no line fits. */
  readonly reason: string;
  /** Not empty: anything may get through, and nothing must. */
  readonly open: readonly string[];
  readonly unknowns: readonly string[];
}

type Membership = "yes" | "maybe" | "no";

/** Makes filters out of groups, ACLs and routes; each once. */
export class Filters {
  readonly #made: Map<string, Filter>;
  /** By the name of a NIC's groups, then by its peer's. */
  readonly #pairs: Map<string, Map<GroupSet | undefined, Filter>>;
  readonly #acls: Readonly<Record<Direction, Map<Acl, Filter>>>;
  readonly #ids: Map<object, number>;
  readonly #remotes: Map<string, readonly Identity[]>;
  readonly #names = { ingress: new Map<GroupSet, string>(), egress: new Map<GroupSet, string>() };

  /** @param others whose filters are these where rules are the same */
  constructor(
    readonly groupRules: GroupRules,
    others?: Filters,
  ) {
    this.#made = others ? others.#made : new Map<string, Filter>();
    this.#pairs = others ? others.#pairs : new Map<string, Map<GroupSet | undefined, Filter>>();
    this.#acls = others ? others.#acls : { ingress: new Map<Acl, Filter>(), egress: new Map<Acl, Filter>() };
    this.#ids = others ? others.#ids : new Map<object, number>();
    this.#remotes = others ? others.#remotes : new Map<string, readonly Identity[]>();
  }

  /** The filter of a NIC's groups towards a peer: another NIC's groups, or somebody outside. */
  groups(set: GroupSet, direction: Direction, peer: GroupSet | undefined): Filter {
    const own = this.#nameOf(set, direction);
    let pairs = this.#pairs.get(own);
    if (pairs === undefined) this.#pairs.set(own, (pairs = new Map<GroupSet | undefined, Filter>()));
    let filter = pairs.get(peer);
    if (filter === undefined) pairs.set(peer, (filter = this.#towards(own, set, direction, peer)));
    return filter;
  }

  #towards(own: string, set: GroupSet, direction: Direction, peer: GroupSet | undefined): Filter {
    const remotes = this.#remotesOf(own, set, direction);
    const memberships = remotes.map((remote): Membership => membership(remote, peer));
    const fellow: Membership = peer === undefined ? "no" : fellows(set, peer);
    return this.#make(`${own} ${fellow} ${memberships.join()}`, () => {
      const is = new Map(remotes.map((remote, i) => [remote.key, memberships[i]]));
      const rules = set.groups.flatMap((group) =>
        this.groupRules.of(group, direction).flatMap((rule): readonly Rule[] => {
          const member = rule.remote ? is.get(rule.remote.key) : "yes";
          return member === "yes" ? [rule] : member === "maybe" ? [{ ...rule, sure: false }] : [];
        }),
      );
      const maybes = memberships.includes("maybe")
        ? [...(peer?.open ?? []), ...remotes.flatMap((r) => (r.settled ? [] : r.unknowns))]
        : [];
      return {
        label: `security group${set.groups.length === 1 ? "" : "s"} ${set.groups.map(({ label }) => label).join(", ")}`,
        ...listsOf(rules, "deny"),
        otherwise: { may: fellow !== "no", must: fellow === "yes" },
        reason:
          fellow === "yes"
            ? "no rule speaks of it, and members of one group reach each other"
            : "no rule allows it",
        open: set.open,
        unknowns: [
          ...set.open,
          ...maybes,
          ...(fellow === "maybe" ? (peer?.open ?? []) : []),
          ...rules.flatMap((rule) => rule.unknowns),
        ],
      };
    });
  }

  acl(acl: Acl, direction: Direction): Filter {
    let filter = this.#acls[direction].get(acl);
    if (filter === undefined) this.#acls[direction].set(acl, (filter = this.#ofAcl(acl, direction)));
    return filter;
  }

  #ofAcl(acl: Acl, direction: Direction): Filter {
    return this.#make(`acl ${this.#id(acl)} ${direction}`, () => {
      const rules = acl.rules.filter((rule) => rule.direction === direction);
      return {
        label: acl.label === undefined ? "the network ACL" : `network ACL ${acl.label}`,
        ...listsOf(rules, "open"),
        otherwise: { may: acl.label === undefined, must: acl.label === undefined },
        reason: "no rule fits, and the last word of a network ACL is no",
        open: acl.open,
        unknowns: [...acl.open, ...rules.flatMap((rule) => rule.unknowns)],
      };
    });
  }

  /** Whether the routes lead by way of a next hop. */
  routes(routes: readonly Route[], hop: Nic): Filter {
    return this.#make(`routes ${this.#id(routes)} ${hop.key}`, () => {
      const lines = routes.map((route): Rule => {
        const led = route.hops.filter(({ nic }) => nic === hop);
        return {
          ...route,
          allows: led.length === 0 ? false : led.some(({ sure }) => sure) ? true : undefined,
        };
      });
      return {
        label: "route table",
        ...listsOf(lines, "open"),
        otherwise: { may: false, must: false },
        reason: `no route leads by ${hop.label}`,
        open: [],
        unknowns: routes.flatMap((route) => route.unknowns),
      };
    });
  }

  /** The same for the same groups with the same rules. */
  #nameOf(set: GroupSet, direction: Direction): string {
    const names = this.#names[direction];
    let name = names.get(set);
    if (name === undefined) {
      const rules = set.groups.map((group) => this.#id(this.groupRules.of(group, direction)));
      names.set(set, (name = `groups ${this.#id(set)} ${direction} ${rules.join()}`));
    }
    return name;
  }

  #make(key: string, make: () => Omit<Filter, "id">): Filter {
    let filter = this.#made.get(key);
    if (filter === undefined) this.#made.set(key, (filter = { ...make(), id: this.#made.size }));
    return filter;
  }

  #id(thing: object): number {
    let id = this.#ids.get(thing);
    if (id === undefined) this.#ids.set(thing, (id = this.#ids.size));
    return id;
  }

  #remotesOf(key: string, set: GroupSet, direction: Direction): readonly Identity[] {
    let remotes = this.#remotes.get(key);
    if (remotes === undefined) {
      const rules = set.groups.flatMap((group) => this.groupRules.of(group, direction));
      const found = new Map(rules.flatMap(({ remote }) => (remote ? [[remote.key, remote] as const] : [])));
      this.#remotes.set(key, (remotes = [...found.values()]));
    }
    return remotes;
  }
}

export const opposite = (direction: Direction): Direction => (direction === "ingress" ? "egress" : "ingress");

function membership(group: Identity, peer: GroupSet | undefined): Membership {
  if (peer === undefined) return "no";
  const comparisons = peer.groups.map(({ identity }) => compare(identity, group));
  if (comparisons.includes("same")) return "yes";
  return comparisons.includes("undecided") || peer.open.length > 0 ? "maybe" : "no";
}

function fellows(set: GroupSet, peer: GroupSet): Membership {
  const common = (group: Group) => peer.groups.includes(group);
  if (set.groups.some(common)) return "yes";
  return set.open.length > 0 || peer.open.length > 0 ? "maybe" : "no";
}

/**
 * The two lists of some rules. What may get through: allowances as early as may be, denials as late as may be, and
 * only those that are sure; what must get through the other way round. `tie` tells what equal ranks mean: that the
 * denial comes first, or that either may.
 */
function listsOf(
  rules: readonly Rule[],
  tie: "deny" | "open",
): { readonly may: Line[]; readonly must: Line[] } {
  const list = (bound: Bound): Line[] => {
    const lines = rules.flatMap((rule) => {
      const allows = bound === "may" ? rule.allows !== false : rule.allows === true;
      const helps = allows === (bound === "may");
      return helps || rule.sure ? [{ boxes: rule.boxes, allows, rule, at: rule.rank[helps ? 0 : 1] }] : [];
    });
    const first = tie === "open" && bound === "may";
    return lines
      .sort((a, b) => compareRanks(a.at, b.at) || Number(a.allows !== first) - Number(b.allows !== first))
      .map(({ boxes, allows, rule }) => ({ boxes, allows, rule }));
  };
  const may = list("may");
  if (tie === "deny" && rules.every(isSettled)) return { may, must: may };
  const must = list("must");
  const same =
    may.length === must.length &&
    may.every(({ rule, allows }, i) => must[i]?.rule === rule && must[i].allows === allows);
  return { may, must: same ? may : must };
}

/** Whether it does the same whatever becomes known. */
const isSettled = ({ allows, sure, rank }: Rule): boolean =>
  allows !== undefined && sure && rank[0] === rank[1];

/** Infinities are equal to themselves, which their difference does not tell. */
const compareRanks = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
