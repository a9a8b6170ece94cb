import { formatPath, isUnknown } from "../../unknown.js";
import { contains, formatRange, parseRange, sizeOf, type Range } from "../cidr.js";
import { conditional, refuted, type Rule } from "../rule.js";
import { namesOf } from "../values.js";

/** Of mode CUSTOMER. Of SYSTEM the sources contradict each other; none takes more than this. */
const BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const SMALLEST = { vpc: 24, subnet: 28 } as const;

export const rangeSize: Rule = {
  code: "IEC1032",
  severity: "error",
  reason:
    "A VPC has a range of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, of /24 or larger, and a subnet one of /28 or larger.",
  source: "[sdk]",
  *check(topology) {
    for (const holder of topology.subjectsOf("iec_vpc", "iec_vpc_subnet")) {
      const { role, range, cidr, node } = holder;
      if (cidr === undefined || (role !== "vpc" && role !== "subnet")) continue;
      const smallest = SMALLEST[role];
      if (isUnknown(cidr.value)) {
        const unknowns = namesOf(cidr.value, node, cidr.path);
        yield conditional(holder, cidr.path, `${formatPath(cidr.path)} is a range that IEC takes`, unknowns);
      }
      if (range === undefined) continue;
      const name = formatPath(cidr.path);
      if (sizeOf(range) < 2 ** (32 - smallest)) {
        const fix = `Use a range of /${smallest} or larger.`;
        yield refuted(holder, cidr.path, `${name} is ${formatRange(range)}.`, fix);
      } else if (role === "vpc" && !blocks.some((block) => contains(block, range))) {
        const fix = `Use a range inside of ${BLOCKS.join(", ")}.`;
        yield refuted(holder, cidr.path, `${name} is ${formatRange(range)}.`, fix);
      }
    }
  },
};

const blocks: readonly Range[] = BLOCKS.flatMap((text) => parseRange(text) ?? []);
