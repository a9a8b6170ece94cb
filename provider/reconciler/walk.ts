import type PQueue from "p-queue";
import { reverseDependencies, type DependencyMap } from "../../schema/graph.js";

export interface WalkResult {
  readonly failed: ReadonlySet<string>;
  /** Never visited: something they need failed or was skipped, or the walk was stopped. */
  readonly skipped: ReadonlySet<string>;
}

/**
 * Visits every node once all it depends on is visited, as many at a time as the queue lets. A visit that resolves to
 * false stops its dependents only. Once `stop` is aborted nothing new starts; visits under way are awaited.
 */
export async function walk(
  dependencies: DependencyMap,
  visit: (node: string) => Promise<boolean>,
  options: { readonly queue: PQueue; readonly stop?: AbortSignal | undefined },
): Promise<WalkResult> {
  const dependents = reverseDependencies(dependencies);
  const waiting = new Map<string, number>();
  for (const [node, needs] of dependencies) {
    let known = 0;
    for (const need of needs) if (dependencies.has(need)) known++;
    waiting.set(node, known);
  }
  const failed = new Set<string>();
  const skipped = new Set<string>();
  const blocked = new Set<string>();
  const { queue, stop } = options;

  return await new Promise<WalkResult>((resolve, reject) => {
    let open = waiting.size;
    let running = 0;
    const finish = () => {
      if (open === 0 && running === 0) resolve({ failed, skipped });
    };
    /** Ends a node, and with it all that thereby never begins. Iterative, as chains may be long. */
    const close = (first: string, visited: boolean) => {
      const closed = [{ node: first, ok: visited }];
      for (const { node, ok } of closed) {
        open--;
        for (const dependent of dependents.get(node) ?? []) {
          if (!ok) blocked.add(dependent);
          const left = (waiting.get(dependent) ?? 0) - 1;
          waiting.set(dependent, left);
          if (left > 0) continue;
          if (!blocked.has(dependent)) begin(dependent);
          else {
            skipped.add(dependent);
            closed.push({ node: dependent, ok: false });
          }
        }
      }
    };
    const begin = (node: string) => {
      running++;
      queue
        .add(async () => {
          if (stop?.aborted === true) {
            skipped.add(node);
            close(node, false);
            return;
          }
          const ok = await visit(node);
          if (!ok) failed.add(node);
          close(node, ok);
        })
        .then(() => {
          running--;
          finish();
        }, reject);
    };
    for (const [node, count] of waiting) if (count === 0) begin(node);
    finish();
  });
}
