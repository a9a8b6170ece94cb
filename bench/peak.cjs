/** Appends the largest memory that the process ever held, in KiB, to a file as it exits. */
const { appendFileSync } = require("node:fs");

const file = process.env.IEC_BENCH_PEAK;
if (file) process.on("exit", () => appendFileSync(file, `${process.resourceUsage().maxRSS}\n`));
