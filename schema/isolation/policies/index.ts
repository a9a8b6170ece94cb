import type { Check } from "../rule.js";
import { latency } from "./latency.js";
import type { Policy } from "./policy.js";
import { internetPorts, neverReach } from "./reach.js";
import { residency } from "./residency.js";
import { separation } from "./separation.js";

/** A policy in the form of a rule: it is held against the same topology, and says what it finds in the same way. */
export function checkOf(policy: Policy): Check {
  switch (policy.kind) {
    case "residency":
      return residency(policy);
    case "latency":
      return latency(policy);
    case "separation":
      return separation(policy);
    case "never-reach":
      return neverReach(policy);
    case "internet-ports":
      return internetPorts(policy);
  }
}
