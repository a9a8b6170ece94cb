import type { Rule } from "../rule.js";
import { aclRuleOutside } from "./acl-rule-outside.js";
import { aclRuleShadowed } from "./acl-rule-shadowed.js";
import { aclRuleWalls } from "./acl-rule-walls.js";
import { bandwidthCount } from "./bandwidth-count.js";
import { bandwidthKept } from "./bandwidth-kept.js";
import { bandwidthSite } from "./bandwidth-site.js";
import { centralCloud } from "./central-cloud.js";
import { eipSite } from "./eip-site.js";
import { gateway } from "./gateway.js";
import { groupRuleWalls } from "./group-rule-walls.js";
import { lineSite } from "./line-site.js";
import { missingObject } from "./missing-object.js";
import { nextHopSite } from "./next-hop-site.js";
import { nextHopVpc } from "./next-hop-vpc.js";
import { nicCount } from "./nic-count.js";
import { nicsSite } from "./nics-site.js";
import { portEips } from "./port-eips.js";
import { rangeSize } from "./range-size.js";
import { routeLocal } from "./route-local.js";
import { routeTwice } from "./route-twice.js";
import { serverSite } from "./server-site.js";
import { serverVpc } from "./server-vpc.js";
import { serviceVpcMode } from "./service-vpc-mode.js";
import { subnetAcls } from "./subnet-acls.js";
import { subnetDhcp } from "./subnet-dhcp.js";
import { subnetIpv6 } from "./subnet-ipv6.js";
import { subnetMode } from "./subnet-mode.js";
import { subnetOverlap } from "./subnet-overlap.js";
import { subnetRange } from "./subnet-range.js";
import { subnetTables } from "./subnet-tables.js";
import { subnetVpc } from "./subnet-vpc.js";
import { vipAddress } from "./vip-address.js";
import { vipSubnet } from "./vip-subnet.js";
import { vipUnbacked } from "./vip-unbacked.js";
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
  nicCount,
  portEips,
  vipSubnet,
  vipUnbacked,
  subnetVpc,
  subnetAcls,
  subnetTables,
  aclRuleWalls,
  groupRuleWalls,
  aclRuleOutside,
  aclRuleShadowed,
  nextHopVpc,
  nextHopSite,
  routeLocal,
  routeTwice,
  gateway,
  vipAddress,
  serviceVpcMode,
  bandwidthSite,
  bandwidthCount,
  rangeSize,
  bandwidthKept,
  subnetDhcp,
  subnetIpv6,
];
