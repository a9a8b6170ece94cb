import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Tests start the built programs.
    globalSetup: ["test/helpers/build.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make the machine swap threads.
    maxWorkers: 2,
    // What kills programs mostly waits for them.
    maxConcurrency: 4,
  },
});
