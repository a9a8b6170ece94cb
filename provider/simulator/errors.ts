/**
 * Error codes of the cloud. Those the documentation names are plain; where it names only the situation the number
 * is the simulator's own (marked "invented"), since BEHAVIOUR.md section 9 leaves it open.
 */
export const codes = {
  internal: "IEC.000001",
  tokenMissing: "IEC.000002",
  badQuery: "IEC.000006",
  badParameter: "IEC.000007",
  badBody: "IEC.000010",
  notFound: "IEC.000022",
  /** Invented. */
  quotaExceeded: "IEC.000032",
  badPath: "IEC.000030",
  edgecloudBusy: "IEC.010002",
  edgecloudName: "IEC.010004",
  edgecloudNameMissing: "IEC.010005",
  /** Invented. */
  edgecloudInUse: "IEC.010008",
  edgecloudFailed: "IEC.010009",
  edgecloudDescription: "IEC.010010",
  /** Invented. */
  deploymentClosed: "IEC.010101",
  /** Invented. */
  deploymentKind: "IEC.010102",
  /** Invented. */
  imageJob: "IEC.010405",
  /** Invented: fail_code of an edge service that found too little room. */
  noRoom: "IEC.010301",
  /** Invented: fail_code of an edge service with instances in ERROR. */
  instanceFailed: "IEC.010302",
  stack: "IEC.010303",
  keypairImport: "IEC.010229",
  /** Invented. */
  keypairExists: "IEC.010230",
  subnetInUse: "IEC.020008",
  subnetInUseByVip: "IEC.020009",
  primaryDns: "IEC.020010",
  /** Invented. */
  subnetOverlap: "IEC.020011",
  systemVpc: "IEC.020107",
  cidr: "IEC.020108",
  /** Invented. */
  vpcInUse: "IEC.020113",
  /** Invented. */
  vpcNameExists: "IEC.020114",
  /** Invented. */
  publicIpInUse: "IEC.020203",
  /** Invented. */
  bandwidthInUse: "IEC.020204",
  /** Invented. */
  portInUse: "IEC.020205",
  /** Invented number inside the documented IEC.0203xx. */
  groupRuleQuota: "IEC.020305",
  /** Invented number inside the documented IEC.0203xx. */
  ruleRemote: "IEC.020306",
  ruleFamily: "IEC.020307",
  /** Invented. */
  groupInUse: "IEC.020309",
  defaultGroup: "IEC.020310",
  firewallInUse: "IEC.020913",
  /** Invented. */
  firewallBusy: "IEC.020914",
  /** Invented. */
  routeExists: "IEC.020402",
  /** Invented. */
  systemRoute: "IEC.020403",
  /** Invented. */
  routetableInUse: "IEC.020404",
  /** Invented. */
  defaultRoutetable: "IEC.020405",
  signature: "APIGW.0301",
  denied: "APIGW.0302",
  unknownApi: "APIGW.0101",
  throttled: "APIGW.0308",
} as const;

/** Parts of request bodies whose refusal has a code of its own, the more special first; the rest has IEC.000007. */
const bodyCodes: Readonly<Record<string, readonly (readonly [path: string, code: string])[]>> = {
  CreateDeployment: [
    ["/edgecloud/name", codes.edgecloudName],
    ["/edgecloud/description", codes.edgecloudDescription],
    ["/edgecloud/stack", codes.stack],
    ["/edgecloud must match exactly one", codes.edgecloudNameMissing],
  ],
};

/** The code for a body that breaks the contract, by what the check says of it. */
export function bodyCode(operation: string, mismatch: string): string {
  const found = bodyCodes[operation]?.find(([path]) => mismatch.includes(path));
  return found?.[1] ?? codes.badParameter;
}

/** A refusal by the cloud: HTTP status, code and text. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export function badParameter(name: string, reason: string): Refusal {
  return new Refusal(400, codes.badParameter, `The parameter ${name} is invalid: ${reason}.`);
}

export function notFound(kind: string, id: string): Refusal {
  return new Refusal(404, codes.notFound, `The ${kind} ${id} could not be found.`);
}
