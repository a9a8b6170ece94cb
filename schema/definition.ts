import type { Attributes, ObservedOf, PlanOf, StateOf } from "./attributes.js";
import type { Diagnostic } from "./diagnostics.js";
import type { ObjectValue, Path, Value } from "./unknown.js";

/** Durations in milliseconds. */
export interface Timeouts {
  readonly create?: number;
  readonly update?: number;
  readonly delete?: number;
}
export const minutes = (n: number): number => n * 60_000;

const complete = new WeakMap<Attributes, Attributes>();

/**
 * The attributes of a definition with those every resource shares: `timeouts`, where it has waits. The same object
 * each time. Durations are texts such as `90s`, `30m`, `1h30m`.
 */
export function allAttributes(definition: {
  readonly attributes: Attributes;
  readonly timeouts?: Timeouts;
}): Attributes {
  if (definition.timeouts === undefined) return definition.attributes;
  const known = complete.get(definition.attributes);
  if (known !== undefined) return known;
  const duration = (operation: string, ms: number) =>
    ({
      kind: "string",
      optional: true,
      pattern: /^(\d+(\.\d+)?(ms|s|m|h))+$/,
      patternHint: "a duration such as 90s, 30m or 1h30m",
      description: `How long ${operation} may take, such as \`30m\`; default ${ms / 60_000}m.`,
    }) as const;
  const attributes: Attributes = {
    ...definition.attributes,
    timeouts: {
      kind: "block",
      nesting: "single",
      optional: true,
      description: "How long operations may take.",
      attributes: Object.fromEntries(
        Object.entries(definition.timeouts).map(([operation, ms]: [string, number]) => [
          operation,
          duration(operation, ms),
        ]),
      ),
    },
  };
  complete.set(definition.attributes, attributes);
  return attributes;
}

/** Which attribute paths carry the place of a resource. `[]` stands for every item of a list. */
export interface Placement {
  /** What the resource is to the network model. */
  readonly role: "vpc" | "subnet" | "server" | "eip" | "security-group" | "other";
  readonly site?: string;
  readonly vpc?: string;
  readonly subnets?: string;
  /** Line ids (pool_id) that must belong to the site. */
  readonly line?: string;
  /** Port ids bound by it. */
  readonly port?: string;
  /** The IPv4 range it occupies. */
  readonly cidr?: string;
}

/**
 * Statuses after a call that the cloud completes later. Whatever is neither ready nor failed is still going on:
 * statuses the documentation does not name must not fail an apply.
 */
export interface Statuses<Api> {
  readonly ready: readonly string[];
  readonly failed: readonly string[];
  /** Cheaper than `read` and `list` where these cost several calls. */
  readonly one?: (id: string, api: Api) => Promise<string | undefined>;
  readonly many?: (api: Api) => Promise<ReadonlyMap<string, string>>;
  /** Another try for an object that failed, made once before it is given up. */
  readonly mend?: (object: Observed, api: Api) => Promise<void>;
  /** What the cloud says about why it failed. */
  readonly why?: (object: Observed) => string | undefined;
}

/**
 * One resource, as its file declares it. `A` are its attributes; `Api` is the client.
 *
 * The lifecycle calls the members in this order: create -> (id is saved) -> wait until ready -> configure -> wait;
 * update -> wait; makeWay until it is done -> delete -> wait until gone. No member waits or retries by itself.
 */
export interface ResourceSpec<A extends Attributes, Api> {
  readonly type: `iec_${string}`;
  readonly description: string;
  readonly schemaVersion: number;
  readonly attributes: A;
  readonly placement?: Placement;
  readonly timeouts?: Timeouts;
  readonly statuses?: Statuses<Api>;
  /** The operations it calls: `POST /v1/vpcs`. */
  readonly api: readonly string[];
  /** One create call. Returns what the answer tells, with the id. */
  create(plan: PlanOf<A>, api: Api, search: Search): Promise<ObservedOf<A> & { readonly id: string }>;
  /**
   * Calls that need the object to be ready, such as binding it. `created` is what is known of it by now.
   * Resolves to whether there was anything to do: if so, the object is waited for and read again.
   */
  configure?(
    plan: PlanOf<A>,
    created: ObservedOf<A> & { readonly id: string },
    api: Api,
    steps: Steps<A>,
  ): Promise<boolean>;
  /**
   * What the cloud tells now; undefined = gone. `state` is what is known by then: the id at least, and what the
   * import id told; the whole state at a refresh.
   */
  read(
    state: ObservedOf<A> & { readonly id: string },
    api: Api,
  ): Promise<(ObservedOf<A> & { readonly id: string }) | undefined>;
  /**
   * Every object of this kind in the account, as complete as `read`.
   * Resolves to undefined when that would take more than `maxPages` pages of a list.
   */
  list?(
    api: Api,
    maxPages?: number,
  ): Promise<readonly (ObservedOf<A> & { readonly id: string })[] | undefined>;
  /**
   * What was told, as a resource of which `known` is known has it: without what belongs to others, or is not believed.
   * `known` is the state, or the plan, or what an import id told.
   */
  interpret?(
    told: ObservedOf<A> & { readonly id: string },
    known: ObservedOf<A>,
  ): ObservedOf<A> & { readonly id: string };
  /** Absent when every change replaces. Returns what the answer tells, or nothing. */
  update?(prior: StateOf<A>, plan: PlanOf<A>, api: Api, steps: Steps<A>): Promise<ObservedOf<A> | undefined>;
  /** What of a change cannot be made in place, where values decide it. Unknown values arrive as Unknown. */
  replaces?(prior: ObjectValue, planned: ObjectValue): readonly Path[];
  /** Removes what must go before the object. Called until it returns undefined; else it says what it waits for. */
  makeWay?(state: StateOf<A>, api: Api): Promise<string | undefined>;
  /** The delete call; not-found is handled by the lifecycle. */
  delete(state: StateOf<A>, api: Api): Promise<void>;
  /** Whether deletion takes effect later (until then the object may still be read). */
  readonly deletesLater?: true;
  /** Checks that one attribute alone cannot express. Unknown values arrive as Unknown. */
  validate?(config: ObjectValue): readonly Diagnostic[];
  /** Changes with the same key are made one after the other, where the cloud cannot take them side by side. */
  exclusive?(values: ObservedOf<A>): string;
  /** What an import id says, where it is more than the id. Throws a DiagnosticError when it is malformed. */
  importId?(text: string): ObservedOf<A> & { readonly id: string };
  /**
   * What the cloud would refuse for reasons that only it can tell, asked at plan of everything that is to be created
   * or changed: a flavor that the site does not offer. Unknown values arrive as Unknown and pass. Lists are asked once
   * a plan, however many resources ask.
   */
  check?(planned: ObjectValue, api: Api): Promise<readonly Diagnostic[]>;
  /** How much of which quota kinds (`GET /v1/edgeclouds/quotas`) one object takes. */
  quotas?(planned: ObjectValue): Readonly<Record<string, number>>;
  /** What the configuration settles beyond defaults: a patch of computed attributes. */
  modifyPlan?(config: ObjectValue): ObjectValue;
  /** Attributes that identify an object its create was cut off from; all must be equal to adopt it. */
  readonly adoptBy?: readonly (keyof A & string)[];
  /** Whether an object looks like one whose create was just cut off; any does when this is absent. */
  adoptable?(candidate: ObservedOf<A>): boolean;
}

/** For members that need several calls with a wait in between. */
export interface Steps<A> {
  /** Waits for one of these statuses, and tells the object as it is then. Statuses that mean failure end the wait. */
  until(...ready: readonly string[]): Promise<ObservedOf<A> & { readonly id: string }>;
  /** Waits until all that is told of the object, what belongs to others included, passes the test. */
  untilTold(
    test: (told: ObservedOf<A> & { readonly id: string }) => boolean,
  ): Promise<ObservedOf<A> & { readonly id: string }>;
}
/** For a create whose answer does not name what it made: asks until there is something. */
export type Search = <T>(find: () => Promise<T | undefined>) => Promise<T>;

/** A resource definition with its attribute types erased: what lifecycle and registry work with. */
export interface Resource<Api = never> {
  readonly type: string;
  readonly description: string;
  readonly schemaVersion: number;
  readonly attributes: Attributes;
  readonly placement?: Placement;
  readonly timeouts?: Timeouts;
  readonly statuses?: Statuses<Api>;
  readonly api: readonly string[];
  create(plan: PlanValues, api: Api, search: Search): Promise<Observed>;
  configure?(plan: PlanValues, created: Observed, api: Api, steps: ErasedSteps): Promise<boolean>;
  read(state: Observed, api: Api): Promise<Observed | undefined>;
  list?(api: Api, maxPages?: number): Promise<readonly Observed[] | undefined>;
  interpret?(told: Observed, known: PlanValues): Observed;
  update?(
    prior: ObjectValue,
    plan: PlanValues,
    api: Api,
    steps: ErasedSteps,
  ): Promise<Partial<Observed> | undefined>;
  exclusive?(values: PlanValues): string;
  importId?(text: string): Observed;
  replaces?(prior: ObjectValue, planned: ObjectValue): readonly Path[];
  makeWay?(state: ObjectValue, api: Api): Promise<string | undefined>;
  delete(state: ObjectValue, api: Api): Promise<void>;
  readonly deletesLater?: true;
  validate?(config: ObjectValue): readonly Diagnostic[];
  check?(planned: ObjectValue, api: Api): Promise<readonly Diagnostic[]>;
  quotas?(planned: ObjectValue): Readonly<Record<string, number>>;
  modifyPlan?(config: ObjectValue): ObjectValue;
  readonly adoptBy?: readonly string[];
  adoptable?(candidate: Observed): boolean;
}
export interface ErasedSteps {
  until(...ready: readonly string[]): Promise<Observed>;
  untilTold(test: (told: Observed) => boolean): Promise<Observed>;
}
/** Values for a handler: undefined = the cloud decides. */
export type PlanValues = Readonly<Record<string, Value | undefined>>;
export type Observed = Readonly<Record<string, Value | undefined>> & { readonly id: string };

export interface DataSourceSpec<A extends Attributes, Api> {
  readonly type: `iec_${string}`;
  readonly description: string;
  readonly attributes: A;
  readonly api: readonly string[];
  read(config: PlanOf<A>, api: Api): Promise<ObservedOf<A>>;
}
export interface DataSource<Api = never> {
  readonly type: string;
  readonly description: string;
  readonly attributes: Attributes;
  readonly api: readonly string[];
  read(config: PlanValues, api: Api): Promise<PlanValues>;
}

/** The check of a definition by the compiler ends here: behind it, values are known by schema only. */
export const resourceFactory =
  <Api>() =>
  <const A extends Attributes>(spec: ResourceSpec<A, Api>): Resource<Api> =>
    spec as unknown as Resource<Api>;
export const dataSourceFactory =
  <Api>() =>
  <const A extends Attributes>(spec: DataSourceSpec<A, Api>): DataSource<Api> =>
    spec;

/** `coverage_sites[].site_id` as the paths it stands for in a value. */
export function expandPath(pattern: string, value: Value): Path[] {
  const steps = pattern.replaceAll("[]", ".[]").split(".");
  return steps.reduce<Path[]>(
    (paths, step) =>
      paths.flatMap((path) => {
        if (step !== "[]") return [[...path, step]];
        const items = path.reduce<Value | undefined>(
          (v, key) => (typeof v === "object" && v !== null ? (v as Record<string, Value>)[key] : undefined),
          value,
        );
        // A list that is unknown as a whole is its own only path.
        return Array.isArray(items) ? items.map((_, i) => [...path, i]) : [path];
      }),
    [[]],
  );
}
