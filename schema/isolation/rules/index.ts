import type { Rule } from "../rule.js";
import { centralCloud } from "./central-cloud.js";
import { eipSite } from "./eip-site.js";
import { lineSite } from "./line-site.js";
import { missingObject } from "./missing-object.js";
import { nicsSite } from "./nics-site.js";
import { serverSite } from "./server-site.js";
import { serverVpc } from "./server-vpc.js";
import { subnetMode } from "./subnet-mode.js";
import { subnetOverlap } from "./subnet-overlap.js";
import { subnetRange } from "./subnet-range.js";
import { wrongKind } from "./wrong-kind.js";

/** Every rule, by code. */
export const rules: readonly Rule[] = [
  serverVpc,
  serverSite,
  nicsSite,
  subnetRange,
  subnetOverlap,
  subnetMode,
  eipSite,
  lineSite,
  centralCloud,
  wrongKind,
  missingObject,
];
