import type { IConstruct } from "constructs";
import type { Diagnostic } from "../schema/diagnostics.js";
import { sourceOf } from "./sources";

const notices = new WeakMap<IConstruct, Diagnostic[]>();

/** Leaves a diagnostic at a construct, for validation to collect. */
export function leaveNotice(construct: IConstruct, diagnostic: Diagnostic): void {
  notices.set(construct, [...(notices.get(construct) ?? []), diagnostic]);
}

/** What was left at some constructs, with the place of each. */
export const noticesOf = (constructs: readonly IConstruct[]): Diagnostic[] =>
  constructs.flatMap((construct) =>
    (notices.get(construct) ?? []).map((notice) => ({
      ...notice,
      origin: { constructPath: construct.node.path, ...sourceOf(construct) },
    })),
  );
