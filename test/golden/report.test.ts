import { join } from "node:path";
import { test } from "vitest";
import type { Diagnostic } from "../../schema/diagnostics.js";
import { ROOT } from "../helpers/iec.js";
import { expectGolden } from "./golden.js";

/** As `constructs/validate/report.ts` has it, which is CommonJS and of another project. */
interface Report {
  textReport(
    validation: { readonly diagnostics: readonly Diagnostic[]; readonly conditional: readonly object[] },
    written: "nothing" | "some" | "all",
    columns?: number,
  ): string;
}

const diagnostics: readonly Diagnostic[] = [
  {
    severity: "error",
    code: "IEC1002",
    summary: "A server and its subnet are in different sites",
    detail:
      "iec_server.web is in site guangzhou, its subnet iec_vpc_subnet.web in site xian.\nSites are physically isolated.\nPut both into one site.",
    address: "iec_server.web",
    path: ["subnet_ids", 0],
    origin: { file: "main.ts", line: 42, constructPath: "edge/web" },
  },
  {
    severity: "warning",
    code: "IEC2026",
    summary: "An aspect of the app is never applied",
    detail: "Add it to a stack.",
  },
];
const question = (name: string) => ({
  verdict: "CONDITIONAL",
  code: "IEC1001",
  address: `iec_server.${name}`,
  path: ["vpc_id"],
  detail: `Whether it is the VPC of its subnet depends on data.iec_vpcs.${name}.vpcs[0].id.`,
  fix: "Nothing to do now.",
  origin: { file: "main.ts", constructPath: `edge/${name}` },
});
const one = [question("web")];
const many = Array.from({ length: 12 }, (_, i) => question(`w${i}`));

test.each([
  ["report.txt", diagnostics, one, "nothing", undefined],
  ["report-60.txt", diagnostics, one, "some", 60],
  ["report-many-100.txt", diagnostics.slice(1), many, "all", 100],
] as const)("%s", async (name, found, conditional, written, columns) => {
  const report = (await import(join(ROOT, "constructs/validate/report.ts"))) as Report;
  expectGolden(name, report.textReport({ diagnostics: found, conditional }, written, columns));
});
