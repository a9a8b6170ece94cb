import { errorDiagnostic, type Diagnostic, type Origin } from "../../schema/diagnostics.js";
import { findCycle, type DependencyMap, type Reference as GraphReference } from "../../schema/graph.js";
import {
  isList,
  isObject,
  unmark,
  type Json,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";
import { nearest } from "../../schema/nearest.js";
import {
  evaluate,
  EvaluationError,
  ParseError,
  parseTemplate,
  references,
  type Expression,
  type Reference,
  type Scope,
} from "./expression/index.js";
import type { Block, Configuration } from "./load.js";
import { NO_REMOTE_STATES, type RemoteStates } from "./remote-state.js";

/** The value of a resource or data source by address, as far as it is known now. */
export type Values = ReadonlyMap<string, Value>;

export interface Evaluated {
  /** Without sensitive marks. */
  readonly value: ObjectValue;
  readonly sensitive: readonly Path[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Evaluates the expressions of one configuration. Knows its names and their order, but nothing of the cloud. */
export interface Evaluator {
  /** Blocks by address, with the blocks they need first. */
  readonly dependencies: DependencyMap;
  /** What is wrong whatever the values are: names that are not declared, cycles, texts that do not parse. */
  readonly diagnostics: readonly Diagnostic[];
  references(block: Block): readonly GraphReference[];
  body(block: Block, values: Values): Evaluated;
  provider(): Evaluated;
  outputs(values: Values): Evaluated;
}

export function createEvaluator(
  configuration: Configuration,
  variables: ReadonlyMap<string, Value>,
  remote: RemoteStates = NO_REMOTE_STATES,
  functions: Scope["functions"] = new Map(),
): Evaluator {
  const diagnostics: Diagnostic[] = [...remote.diagnostics];
  const { blocks, locals } = configuration;
  const usesOf = new Map<string, readonly Located[]>();
  const dependencies = new Map<string, ReadonlySet<string>>();

  const check = (uses: readonly Located[], origin: Origin, address?: string) => {
    for (const use of uses) {
      const problem = undeclared(use.root, configuration, variables);
      if (problem !== undefined) {
        diagnostics.push({ ...problem, address, origin, path: use.path });
      }
    }
  };
  const collect = (value: Json, origin: Origin, address?: string): readonly Located[] => {
    try {
      return [...usesIn(value, [])];
    } catch (error) {
      if (!(error instanceof LocatedParseError)) throw error;
      diagnostics.push(
        errorDiagnostic("IEC2010", `An expression cannot be parsed: ${error.cause.message}`, {
          address,
          origin,
          path: error.path,
          detail: `In ${JSON.stringify(error.text)}, at character ${error.cause.offset + 1}.`,
        }),
      );
      return [];
    }
  };

  const localUses = new Map(
    Object.entries(locals).map(([name, value]) => [
      `local.${name}`,
      collect(value, { file: configuration.file }),
    ]),
  );
  for (const uses of localUses.values()) check(uses, { file: configuration.file });
  const throughLocals = (uses: readonly Located[], seen = new Set<string>()): Set<string> => {
    const found = new Set<string>();
    for (const { root } of uses) {
      if (!root.startsWith("local.")) found.add(root);
      else if (!seen.has(root)) {
        seen.add(root);
        for (const inner of throughLocals(localUses.get(root) ?? [], seen)) found.add(inner);
      }
    }
    return found;
  };
  for (const block of blocks.values()) {
    const uses = collect(block.body, block.origin, block.address);
    check(uses, block.origin, block.address);
    usesOf.set(block.address, uses);
    for (const name of block.dependsOn) {
      const problem = undeclared(name, configuration, variables);
      if (problem !== undefined) {
        diagnostics.push({ ...problem, address: block.address, origin: block.origin, path: ["depends_on"] });
      }
    }
    const needs = [...throughLocals(uses), ...block.dependsOn].filter((root) => blocks.has(root));
    dependencies.set(block.address, new Set(needs));
  }
  for (const { body, origin, address } of configuration.remoteStates.values())
    check(collect(body, origin, address), origin, address);
  for (const [name, output] of configuration.outputs) {
    check(
      collect(output.value, { file: configuration.file }, `output.${name}`),
      { file: configuration.file },
      `output.${name}`,
    );
  }
  const cycle =
    findCycle(dependencies) ??
    findCycle(new Map([...localUses].map(([name, uses]) => [name, new Set(uses.map((use) => use.root))])));
  if (cycle !== undefined) {
    const first = cycle[0] ?? "";
    const what = first.startsWith("local.") ? "Local values" : "Resources";
    diagnostics.push(
      errorDiagnostic("IEC2007", `${what} depend on each other in a circle`, {
        address: first,
        origin: blocks.get(first)?.origin ?? { file: configuration.file },
        detail: `${cycle.join(" -> ")}. Remove one of these references.`,
      }),
    );
  }

  /** Everything a value says, evaluated; a failure is reported once, at the attribute it is in. */
  const evaluateIn = (value: Json, values: Values, origin: Origin, address?: string): Evaluated => {
    const problems: Diagnostic[] = [];
    const memo = new Map<string, Value>();
    const scope: Scope = {
      functions,
      lookup(root: string): Value | undefined {
        if (root.startsWith("var.")) return variables.get(root.slice(4));
        if (root.startsWith("local.")) {
          let local = memo.get(root);
          if (local === undefined && Object.hasOwn(locals, root.slice(6))) {
            local = visit(locals[root.slice(6)] ?? null, []);
            memo.set(root, local);
          }
          return local;
        }
        if (root === "path.module" || root === "path.root") return configuration.directory;
        if (root === "path.cwd") return configuration.directory;
        if (root === "terraform.workspace") return "default";
        return values.get(root) ?? remote.values.get(root);
      },
    };
    const visit = (node: Json, path: Path): Value => {
      if (typeof node === "string") {
        if (!node.includes("{")) return node;
        try {
          return evaluate(parseTemplate(node), scope);
        } catch (error) {
          if (!(error instanceof EvaluationError)) throw error;
          problems.push(
            errorDiagnostic(error.kind === "unsupported" ? "IEC2009" : "IEC2011", evaluationSummary(error), {
              address,
              origin,
              path,
              detail: [
                `${error.message}${/[.?!]$/.test(error.message) ? "" : "."} In ${JSON.stringify(node)}.`,
                ...[...usesIn(node, [])].flatMap(({ root }) =>
                  emptyHanded(blocks.get(root), values.get(root)),
                ),
              ].join("\n"),
            }),
          );
          return null;
        }
      }
      if (Array.isArray(node)) return (node as readonly Json[]).map((item, i) => visit(item, [...path, i]));
      if (isObject(node)) {
        return Object.fromEntries(
          Object.entries(node).map(([key, item]) => [
            key.includes("{") ? keyText(visit(key, path)) : key,
            visit(item, [...path, key]),
          ]),
        );
      }
      return node;
    };
    const result = unmark(visit(value, []));
    return {
      value: isObject(result.value) ? result.value : {},
      sensitive: result.sensitive,
      diagnostics: problems,
    };
  };

  return {
    dependencies,
    diagnostics,
    references: (block) =>
      (usesOf.get(block.address) ?? [])
        .filter((use) => blocks.has(use.root))
        .map((use) => ({ path: use.path, to: use.root, toPath: use.toPath })),
    body: (block, values) => evaluateIn(block.body, values, block.origin, block.address),
    provider: () =>
      evaluateIn(configuration.provider, new Map(), { file: configuration.file }, "provider.iec"),
    outputs: (values) => {
      const raw = Object.fromEntries([...configuration.outputs].map(([name, o]) => [name, o.value]));
      return evaluateIn(raw, values, { file: configuration.file });
    },
  };
}

/** Names the filters of a data source that found nothing: who takes its first element should hear of them. */
function emptyHanded(block: Block | undefined, value: Value | undefined): readonly string[] {
  if (block?.mode !== "data" || value === undefined || !isObject(value)) return [];
  const lists = Object.values(value).filter(isList);
  if (lists.length === 0 || lists.some((list) => list.length > 0)) return [];
  const filters = Object.entries(block.body).map(([name, filter]) => `${name} = ${JSON.stringify(filter)}`);
  return filters.length === 0 ? [] : [`${block.address} found nothing for ${filters.join(", ")}.`];
}

/** A use of a name, at a path of a body. */
interface Located {
  readonly root: string;
  readonly path: Path;
  readonly toPath: Path;
}

class LocatedParseError extends Error {
  constructor(
    readonly path: Path,
    readonly text: string,
    override readonly cause: ParseError,
  ) {
    super(cause.message);
  }
}

function* usesIn(value: Json, path: Path): Generator<Located> {
  if (typeof value === "string") {
    if (!value.includes("{")) return;
    let expression: Expression;
    try {
      expression = parseTemplate(value);
    } catch (error) {
      if (error instanceof ParseError) throw new LocatedParseError(path, value, error);
      throw error;
    }
    yield* references(expression).map((r: Reference) => ({ root: r.root, path, toPath: r.path }));
  } else if (Array.isArray(value)) {
    for (const [i, item] of (value as readonly Json[]).entries()) yield* usesIn(item, [...path, i]);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      yield* usesIn(key, path);
      yield* usesIn(item, [...path, key]);
    }
  }
}

function undeclared(
  root: string,
  configuration: Configuration,
  variables: ReadonlyMap<string, Value>,
): Diagnostic | undefined {
  const [kind = "", name = ""] = root.split(".");
  const missing = (what: string, candidates: Iterable<string>) => {
    const near = nearest(root, [...candidates]);
    return errorDiagnostic("IEC2008", `${root} is not declared`, {
      detail: `No ${what} of that name is in the configuration.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    });
  };
  switch (kind) {
    case "var":
      return variables.has(name)
        ? undefined
        : missing(
            "variable",
            [...configuration.variables.keys()].map((v) => `var.${v}`),
          );
    case "local":
      return Object.hasOwn(configuration.locals, name)
        ? undefined
        : missing(
            "local value",
            Object.keys(configuration.locals).map((l) => `local.${l}`),
          );
    case "path":
    case "terraform":
      return undefined;
    case "each":
    case "count":
    case "self":
    case "module":
      return errorDiagnostic("IEC2009", `iec does not support ${kind}.* yet`, {
        detail: `"${root}" is used. Nothing was changed. Write it without, or use terraform for this stack.`,
      });
    default:
      return configuration.blocks.has(root) || configuration.remoteStates.has(root)
        ? undefined
        : missing(kind === "data" ? "data source" : "resource", configuration.blocks.keys());
  }
}

const keyText = (value: Value): string => {
  const { value: plain } = unmark(value);
  return typeof plain === "string"
    ? plain
    : typeof plain === "number" || typeof plain === "boolean"
      ? String(plain)
      : "";
};

const evaluationSummary = (error: EvaluationError): string =>
  error.kind === "unsupported"
    ? "An expression uses something iec does not support yet"
    : "An expression cannot be evaluated";
