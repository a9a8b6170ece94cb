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
  signature: "APIGW.0301",
  denied: "APIGW.0302",
  unknownApi: "APIGW.0101",
  throttled: "APIGW.0308",
} as const;

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
