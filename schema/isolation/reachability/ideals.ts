import type { DependencyMap } from "../../graph.js";
import type { Effect } from "./stages.js";

type Effects = ReadonlyMap<string, Effect>;
type Steps = ReadonlySet<string>;

/** The partial order of steps, and the sets of some of them that may be done at a time: those closed downwards. */
export class Ideals {
  readonly #needs = new Map<string, Set<string>>();
  readonly #closures = new Map<string, Steps>();

  constructor(needs: DependencyMap) {
    for (const [name, all] of needs) this.#needs.set(name, new Set(all));
  }

  /** All that a step comes after. */
  after(step: string): Steps {
    let found = this.#closures.get(step);
    if (found === undefined) {
      const all = new Set(this.#needs.get(step));
      for (const need of all) for (const further of this.#needs.get(need) ?? []) all.add(further);
      this.#closures.set(step, (found = all));
    }
    return found;
  }

  /** Makes a step wait for another, which must not come after it. */
  add(first: string, then: string): void {
    const needs = this.#needs.get(then);
    if (needs === undefined) this.#needs.set(then, new Set([first]));
    else needs.add(first);
    this.#closures.clear();
  }

  /** The steps among some that none of them comes after. */
  last = (steps: Steps): string[] =>
    [...steps].filter((step) => ![...steps].some((other) => this.after(other).has(step)));

  /**
   * The sets of which every other is a subset as far as opening goes and a superset as far as closing goes: whatever
   * opens is done as soon as it can be, and whatever closes only once it has to be. Undefined when they are too many.
   */
  mostOpen(effects: Effects, most: number): Steps[] | undefined {
    const needed = (step: string) =>
      [...this.after(step)].filter((need) => effects.has(need) && effects.get(need) !== "opens");
    const wants = [...effects]
      .filter(([, effect]) => effect !== "closes")
      .map(([step, effect]) => [...needed(step), ...(effect === "either" ? [step] : [])]);
    const bases = new Map<string, Steps>([["", new Set()]]);
    for (const base of bases.values()) {
      for (const want of wants) {
        const more = new Set([...base, ...want]);
        if (more.size > base.size) bases.set([...more].toSorted().join("\n"), more);
      }
      if (bases.size > most) return undefined;
    }
    const opening = [...effects].filter(([, effect]) => effect === "opens").map(([step]) => step);
    return [...bases.values()].map(
      (base) => new Set([...base, ...opening.filter((step) => needed(step).every((need) => base.has(need)))]),
    );
  }

  /**
   * Of the steps done and not done, those without which a thing would not hold: `done` is as small as may be, and
   * each of `missing` could come next, after what only opens, and ends it.
   */
  decisive(
    state: Steps,
    effects: Effects,
    holds: (done: Steps) => boolean,
  ): { readonly done: Steps; readonly missing: readonly string[] } {
    let done = state;
    const dropped = new Set<string>();
    const attempt = (next: Steps) => holds(next) && Boolean((done = next));
    // Most of the steps do not matter: they are dropped many at a time.
    const drop = (steps: readonly string[]): boolean => {
      if (steps.length === 0) return false;
      if (attempt(new Set([...done].filter((one) => !steps.includes(one))))) {
        for (const step of steps) dropped.add(step);
        return true;
      }
      const half = steps.length >> 1;
      return half > 0 && [drop(steps.slice(0, half)), drop(steps.slice(half))].includes(true);
    };
    for (let again = true; again;) again = drop(this.last(done));
    // What only opens ends nothing: it may come along.
    const unmet = (step: string) =>
      [...this.after(step)].filter((need) => effects.has(need) && !done.has(need));
    const opens = (step: string) => effects.get(step) === "opens";
    const next = () =>
      [...effects.keys()].filter(
        (step) => !done.has(step) && !dropped.has(step) && !opens(step) && unmet(step).every(opens),
      );
    const together = (step: string) => new Set([...done, ...unmet(step), step]);
    for (let again = true; again;) again = next().some((step) => attempt(together(step)));
    return { done, missing: next() };
  }
}
