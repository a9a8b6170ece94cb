/**
 * Matchers for tests of one's own stacks, for Vitest and for Jest: `expect.extend(matchers)`. Nothing is written, and
 * nothing is asked of the cloud.
 */
import { Construct } from "constructs";
import { misplaced, type ExpectedPlace } from "./place";

export type { ExpectedPlace } from "./place";

interface Result {
  readonly pass: boolean;
  readonly message: () => string;
}

export const matchers = {
  /** Whether every resource that a construct is, or makes, is placed so. */
  toPlace(received: unknown, expected: ExpectedPlace): Result {
    if (!Construct.isConstruct(received)) {
      throw new TypeError("toPlace takes a construct: a resource, a construct that makes some, or a stack");
    }
    const wrong = misplaced(received, expected);
    const { path } = received.node;
    return {
      pass: wrong.length === 0,
      message: () =>
        wrong.length === 0
          ? `${path} is placed as said, and was expected not to be`
          : `${path} is not placed as expected:\n${wrong.map((line) => `  ${line}`).join("\n")}`,
    };
  },
};

declare global {
  // Vitest takes the matchers of this namespace too.
  namespace jest {
    interface Matchers<R, T> {
      /** Whether every resource that a construct is, or makes, is placed so: `{ city: "guangzhou", vpc }`. */
      toPlace(expected: ExpectedPlace): R;
    }
  }
}
