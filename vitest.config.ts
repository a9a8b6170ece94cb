import { defineConfig } from "vitest/config";

/** Tests that exchange parts of modules, and those that compute for long, which code that others ran before slows down. */
const APART = ["test/unit/constructs/**/*.test.ts", "test/property/**/*.test.ts"];

export default defineConfig({
  test: {
    // Tests start the built programs.
    globalSetup: ["test/helpers/build.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores, and one of three workers mostly waits for a program.
    maxWorkers: 3,
    // What kills programs mostly waits for them.
    maxConcurrency: 4,
    projects: [
      { extends: true, test: { name: "apart", include: APART, testTimeout: 240_000 } },
      // Loading the project anew for each file would take a tenth of the time of the whole suite.
      {
        extends: true,
        test: { name: "together", include: ["test/**/*.test.ts"], exclude: APART, isolate: false },
      },
    ],
  },
});
