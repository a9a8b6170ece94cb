import { describe, expect, test } from "vitest";
import type { CoveragePolicy } from "../../../provider/simulator/model-edge-services.js";
import { spread } from "../../../provider/simulator/operations/scheduling.js";

describe("spread", () => {
  const rows: [policy: CoveragePolicy, wanted: number, rooms: number[], placed: number[]][] = [
    ["centralize", 3, [5, 5], [3, 0]],
    ["centralize", 3, [2, 5], [0, 3]],
    ["centralize", 7, [2, 5, 4], [0, 5, 2]],
    ["centralize", 9, [2, 5], [2, 5]],
    ["centralize", 1, [0, 0], [0, 0]],
    ["discrete", 3, [5, 5], [2, 1]],
    ["discrete", 4, [1, 5, 5], [1, 2, 1]],
    ["discrete", 4, [0, 5], [0, 4]],
    ["discrete", 9, [2, 3], [2, 3]],
    ["discrete", 2, [], []],
    ["centralize", 2, [], []],
  ];
  test.each(rows)("%s: %i stacks over sites with room for %j: %j", (policy, wanted, rooms, placed) => {
    expect(spread(policy, wanted, rooms)).toEqual(placed);
  });
});
