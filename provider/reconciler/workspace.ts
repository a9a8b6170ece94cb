import type { Clock } from "../../schema/clock.js";
import type { DataSource, Resource } from "../../schema/definition.js";
import type { Attributes } from "../../schema/attributes.js";
import type { Diagnostic } from "../../schema/diagnostics.js";
import {
  isList,
  isObject,
  mapObject,
  Sensitive,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";
import type { Api, Waiter } from "../client/index.js";
import type { ProviderFunction } from "../functions/function.js";
import type { Evaluator } from "./evaluator.js";
import type { Configuration } from "./load.js";

/** What a session is given from outside: definitions, cloud, time, chance, environment. */
export interface Runtime {
  readonly resources: ReadonlyMap<string, Resource<Api>>;
  readonly dataSources: ReadonlyMap<string, DataSource<Api>>;
  /** What expressions may call as `provider::iec::NAME(...)`. */
  readonly functions?: ReadonlyMap<string, ProviderFunction>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The client for the arguments of the provider block. Must not call the cloud yet. */
  connect(
    providerArguments: ObjectValue,
    options: { readonly concurrency: number; readonly signal: AbortSignal },
  ): { readonly api: Api; readonly diagnostics: readonly Diagnostic[] };
}

/** Everything that planning and applying one stack work with. */
export interface Workspace {
  readonly configuration: Configuration;
  readonly evaluator: Evaluator;
  readonly runtime: Runtime;
  readonly api: Api;
  readonly waiter: Waiter;
  readonly parallelism: number;
  readonly signal: AbortSignal;
}

/** Values as expressions see them: what is sensitive carries its mark. */
export function exposed(values: ObjectValue, sensitive: readonly Path[]): ObjectValue {
  const mark = (value: Value, paths: readonly Path[]): Value => {
    if (paths.length === 0) return value;
    if (paths.some((path) => path.length === 0)) {
      return value === null || value instanceof Sensitive ? value : new Sensitive(value);
    }
    const below = (key: string | number) => paths.filter((p) => p[0] === key).map((p) => p.slice(1));
    if (isList(value)) return value.map((item, i) => mark(item, below(i)));
    if (isObject(value)) return mapObject(value, (item, key) => mark(item, below(key)));
    return value;
  };
  return mapObject(values, (value, key) =>
    mark(
      value,
      sensitive.filter((p) => p[0] === key).map((p) => p.slice(1)),
    ),
  );
}

/** The paths that a definition itself declares sensitive, and more of them: those of its configuration or its state. */
export function sensitivePaths(attributes: Attributes, more: readonly Path[] = []): Path[] {
  const declared = Object.keys(attributes).filter((name) => attributes[name]?.sensitive === true);
  const others = more.filter((path) => path.length !== 1 || !declared.includes(String(path[0])));
  return [...declared.map((name) => [name]), ...others];
}
