/**
 * Matchers for tests of one's own stacks, for Vitest and for Jest: `expect.extend(matchers)`. Nothing is written, and
 * nothing is asked of the cloud.
 */
import { Construct } from "constructs";
import type { Port } from "../l2/port";
import { misplaced, type ExpectedPlace } from "./place";
import { passages, type Passage, type Subject } from "./reach";

export type { ExpectedPlace } from "./place";
export type { Subject } from "./reach";

interface Result {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What a test runner tells a matcher. */
interface Context {
  /** Whether it stands behind `.not`. */
  readonly isNot?: boolean;
}

/**
 * The matchers of what reaches what know three answers: that it surely is so, that it surely is not, and that unknowns
 * decide. The last one fails with `.not` and without.
 */
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

  /**
   * Whether some packet of the traffic surely gets from one to the other; `.not`: whether surely none does. A construct
   * stands for the servers, NICs and virtual IPs below it, or else for those of its subnets, VPCs, security groups and EIPs.
   */
  toReach(this: Context | void, received: unknown, to: Subject, port?: Port): Result {
    const { verdict, why } = passages(received as Subject, to, port)();
    const [from, target] = [nameOf(received as Subject), nameOf(to)];
    const said = {
      REFUTED: `${from} reaches ${target}${by(port)}, and was expected not to`,
      PROVED: `${from} does not reach ${target}${by(port)}`,
      CONDITIONAL: `whether ${from} reaches ${target}${by(port)} is not known`,
    }[verdict];
    return { pass: passes(this, verdict, "REFUTED"), message: () => lines(said, why) };
  },

  /** Whether surely no packet of the traffic gets from either to the other; `.not`: whether one surely does. */
  toBeIsolatedFrom(this: Context | void, received: unknown, other: Subject, port?: Port): Result {
    const pair = [received as Subject, other].map(nameOf) as [string, string];
    const ask = passages(received as Subject, other, port);
    const [there, back] = [ask(), ask(true)];
    const open = [there, back].find(({ verdict }) => verdict === "CONDITIONAL");
    const passage = [there, back].find(({ verdict }) => verdict === "REFUTED") ?? open ?? there;
    const { verdict, why } = passage;
    const [from, target] = passage === back ? pair.toReversed() : pair;
    const said = {
      REFUTED: `${from} reaches ${target}${by(port)}`,
      PROVED: `${from} is isolated from ${target}${by(port)}, and was expected not to be`,
      CONDITIONAL: `whether ${from} reaches ${target}${by(port)} is not known`,
    }[verdict];
    return { pass: passes(this, verdict, "PROVED"), message: () => lines(said, why) };
  },
};

/** Where unknowns decide, fails in either form. */
const passes = (context: Context | void, verdict: Passage["verdict"], wanted: Passage["verdict"]): boolean =>
  verdict === "CONDITIONAL" ? context?.isNot === true : verdict === wanted;

const nameOf = (subject: Subject): string => (typeof subject === "string" ? subject : subject.node.path);
const by = (port: Port | undefined): string => (port === undefined ? "" : ` by ${String(port)}`);
const lines = (said: string, why: readonly string[]): string =>
  [`${said}:`, ...why.map((line) => `  ${line}`)].join("\n");

declare global {
  // Vitest takes the matchers of this namespace too.
  namespace jest {
    interface Matchers<R, T> {
      /** Whether every resource that a construct is, or makes, is placed so: `{ city: "guangzhou", vpc }`. */
      toPlace(expected: ExpectedPlace): R;
      /** Whether some packet surely gets to a construct, a range or `internet`; `.not`: whether surely none does. */
      toReach(to: Subject, port?: Port): R;
      /** Whether surely nothing gets from either to the other; `.not`: whether something surely does. */
      toBeIsolatedFrom(other: Subject, port?: Port): R;
    }
  }
}
