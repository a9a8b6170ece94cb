import { minutes } from "../../schema/definition.js";
import { isUnknown, type Value } from "../../schema/unknown.js";

/** VPC, subnet and route table names. Source: API Explorer. */
export const NAME = {
  minLength: 1,
  maxLength: 64,
  pattern: /^[a-zA-Z0-9_\u4e00-\u9fa5.-]+$/,
  patternHint: "letters, digits, Chinese characters, underscores, hyphens and dots",
} as const;

/** Names and descriptions of security groups and rules. Source: API Explorer. */
export const NO_ANGLE_BRACKETS = { pattern: /^[^<>]*$/, patternHint: "anything but < and >" } as const;

/** The waits of the public Terraform provider. */
export const NETWORK_TIMEOUTS = { create: minutes(10), update: minutes(10), delete: minutes(10) } as const;

/** Whether an attribute is surely set. Of the unknowns an id is: it will not turn out to be null. */
export const isGiven = (value: Value | undefined): boolean =>
  isUnknown(value) ? value.source?.path.join() === "id" : value !== null && value !== undefined;
