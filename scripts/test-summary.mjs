/** Prints the closing line of a test run from vitest's JSON report. In CI a skipped test is a failure: it hides a missing tool. */
import { readFile } from "node:fs/promises";

const report = JSON.parse(await readFile(process.argv[2], "utf8"));
const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`);
if (report.numTotalTests === 0 || !report.success) process.exit(1);
if (process.env.CI === "true" && skipped > 0) {
  for (const file of report.testResults) {
    for (const test of file.assertionResults)
      if (test.status !== "passed") console.log(`not run: ${test.fullName}`);
  }
  process.exit(1);
}
