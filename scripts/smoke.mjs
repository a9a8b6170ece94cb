/** A whole life of the quickstart with the built program, on the Node version that runs this script. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const iec = ["dist/bin/iec.js"];
const stack = "examples/quickstart/cdktf.out";

if (process.argv[2] === undefined) {
  const folder = mkdtempSync(path.join(tmpdir(), "iec-smoke-"));
  try {
    execFileSync(
      process.execPath,
      [...iec, "simulate", "--", process.execPath, import.meta.filename, folder],
      { stdio: "inherit" },
    );
    console.log(`node ${process.version}: plan, apply, plan, destroy`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  const run = (...args) =>
    execFileSync(
      process.execPath,
      [...iec, ...args, "--state", path.join(process.argv[2], "terraform.tfstate")],
      {
        stdio: ["ignore", "pipe", "pipe"],
        encoding: "utf8",
      },
    );
  run("apply", stack, "--auto-approve");
  // Exit code 2, an error here, would mean changes.
  run("plan", stack, "--detailed-exitcode");
  run("destroy", stack, "--auto-approve");
}
