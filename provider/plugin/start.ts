import { systemClock } from "../../schema/clock.js";
import { dataSources } from "../data-sources/index.js";
import { resources } from "../resources/index.js";
import { createConnection } from "./connection.js";
import { createLog } from "./log.js";
import type { Connection } from "./transport.js";

/** A provider with everything real: definitions, clock, environment. */
export const start = (): Connection =>
  createConnection({
    resources,
    dataSources,
    clock: systemClock,
    random: Math.random,
    environment: process.env,
    log: createLog(process.env, systemClock, (line) => process.stderr.write(line)),
  });
