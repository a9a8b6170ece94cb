/**
 * Tells which operations of the API some resource or data source uses, and which ones the simulator has.
 * Run by `npm run coverage:api`; fails when an operation is left out without a reason stated here.
 */
import { fileURLToPath } from "node:url";
import openapi from "../schema/api/openapi.json" with { type: "json" };
import { dataSources } from "../provider/data-sources/index.js";
import { resources } from "../provider/resources/index.js";
import { simulatedOperations } from "../provider/simulator/index.js";

/** Operations that no stack needs: the id of each, and why. */
const EXEMPT: Readonly<Record<string, string>> = {
  BatchRebootInstance:
    "a reboot leaves a server as it was, so no stack can ask for one; power_state starts and stops",
};

export interface ApiOperation {
  readonly id: string;
  /** As definitions name it: `POST /v1/vpcs`. Start, stop and reboot share one, and differ by the body. */
  readonly name: string;
}
interface Described {
  readonly operationId: string;
  readonly "x-operations"?: readonly { readonly operationId: string }[];
}

/** The operations of an OpenAPI document, in its order. */
export function operationsOf(document: { readonly paths: object }): ApiOperation[] {
  const paths = document.paths as Readonly<Record<string, Readonly<Record<string, Described>>>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId, "x-operations": shared }]) => {
      const name = `${method.toUpperCase()} ${path}`;
      return (shared ?? [{ operationId }]).map(({ operationId: id }) => ({ id, name }));
    }),
  );
}

export interface Coverage {
  readonly used: number;
  readonly simulated: number;
  readonly total: number;
  /** A line for each operation that is left out with a reason. */
  readonly exempt: readonly string[];
  /** A line for each thing to put right. */
  readonly problems: readonly string[];
}

/** Compares what there is with what is used and simulated. A shared name stands for those not exempt. */
export function coverage(
  operations: readonly ApiOperation[],
  used: ReadonlySet<string>,
  simulated: ReadonlySet<string>,
  exempt: Readonly<Record<string, string>>,
): Coverage {
  const names = new Set(operations.map(({ name }) => name));
  const isExempt = ({ id }: ApiOperation) => id in exempt;
  const isShared = ({ name }: ApiOperation) => operations.filter((other) => other.name === name).length > 1;
  const line = ({ id, name }: ApiOperation) => `${id} (${name})`;
  const [left, needed] = [operations.filter(isExempt), operations.filter((o) => !isExempt(o))];
  const unused = needed.filter(({ name }) => !used.has(name));
  const unneeded = left.filter((o) => used.has(o.name) && !isShared(o)).map(({ id }) => id);
  return {
    used: needed.length - unused.length,
    simulated: operations.filter(({ id }) => simulated.has(id)).length,
    total: operations.length,
    exempt: left.map((o) => `${line(o)}: ${exempt[o.id] ?? ""}`),
    problems: [
      ...unused.map((o) => `not used: ${line(o)}`),
      ...operations.filter(({ id }) => !simulated.has(id)).map((o) => `not simulated: ${line(o)}`),
      ...[...used].filter((name) => !names.has(name)).map((name) => `not in the API: ${name}`),
      ...Object.keys(exempt)
        .filter((id) => unneeded.includes(id) || !left.some((o) => o.id === id))
        .map((id) => `exempt for nothing: ${id}`),
    ],
  };
}

function main(): void {
  const used = new Set([...resources.values(), ...dataSources.values()].flatMap(({ api }) => [...api]));
  const result = coverage(operationsOf(openapi), used, new Set(simulatedOperations()), EXEMPT);
  const { total } = result;
  console.log(`used by a resource or data source: ${result.used} / ${total}`);
  console.log(`simulated:                         ${result.simulated} / ${total}`);
  for (const line of result.exempt) console.log(`exempt: ${line}`);
  for (const line of result.problems) console.error(line);
  if (result.problems.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
