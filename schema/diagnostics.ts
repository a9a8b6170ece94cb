import { formatPath, type Path } from "./unknown.js";

export type Severity = "error" | "warning";

/** Where in the user's sources something was written. */
export interface Origin {
  /** Construct path, `stack/site-a/web`. */
  readonly constructPath?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/**
 * Something a user should know, collected rather than thrown.
 *
 * `detail` quotes the wrong value and says how to put it right. It never holds a secret.
 */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: Code;
  readonly summary: string;
  readonly detail?: string | undefined;
  /** Resource address, `iec_vpc.main`. */
  readonly address?: string | undefined;
  readonly path?: Path | undefined;
  readonly origin?: Origin | undefined;
}

/**
 * Every code there is, and what it means. A code is never given a second meaning.
 * 10xx isolation, 20xx configuration, 30xx state and locks, 40xx cloud and credentials, 50xx apply.
 */
export const CODES = {
  IEC1001: "A server's NIC lies in a subnet of another VPC",
  IEC1002: "A server's NIC lies in a subnet of another site",
  IEC1003: "The NICs of one server lie in different sites",
  IEC1004: "A subnet lies outside its VPC's range",
  IEC1005: "Two subnets of one VPC overlap",
  IEC1006: "A subnet is made by hand in a SYSTEM VPC",
  IEC1007: "An EIP and the port it binds are in different sites",
  IEC1008: "A line does not belong to the site",
  IEC1009: "An id of a central-cloud resource is used in an IEC attribute",
  IEC1010: "An attribute refers to the wrong kind of resource",
  IEC1011: "A referenced IEC object does not exist",
  IEC1012: "A server has more than eight NICs",
  IEC1013: "Two EIPs are bound to one port",
  IEC1014: "A virtual IP and a NIC behind it are in different subnets",
  IEC1015: "An EIP is bound to a virtual IP that has no NIC behind it",
  IEC1016: "A subnet is named with a VPC that is not its own",
  IEC1017: "A subnet is in two network ACLs",
  IEC1018: "A subnet is in two route tables",
  IEC1019: "A network ACL rule has no effect: those subnets are not connected",
  IEC1020: "A security group rule has no effect: those subnets are not connected",
  IEC1021: "A network ACL rule never matches: its near side is outside of the ACL's subnets",
  IEC1022: "A network ACL rule never matches: an earlier rule takes all its traffic",
  IEC1023: "A route's next hop is not in the VPC of its route table",
  IEC1024: "A route's next hop is in another site than subnets that use the route",
  IEC1025: "A route leads into a subnet of its own VPC",
  IEC1026: "Two routes of one table lead to one destination",
  IEC1027: "A subnet's gateway is outside of its range",
  IEC1028: "A virtual IP's address is not free in its subnet",
  IEC1029: "An edge service is in a VPC that is not of mode SYSTEM",
  IEC1030: "A bandwidth belongs to another site or line",
  IEC1031: "A bandwidth carries more EIPs than it can",
  IEC1032: "A range is of no size or block that IEC takes",
  IEC1033: "A bandwidth would be deleted before the EIPs it carries",
  IEC1034: "A server is in a subnet without DHCP",
  IEC1035: "IPv6 is asked of a subnet that has none",
  IEC1040: "A rule, route or binding of the network cannot be as it is written",
  IEC1045: "A path opens during an apply, and no order avoids it",
  IEC1046: "Not everything that may open during an apply was looked at",
  IEC1047: "A path may open while Terraform applies",
  IEC1050: "Something reaches what it must never reach",
  IEC1051: "The Internet reaches more than it may",
  IEC1052: "Data is kept or carried outside of where it must stay",
  IEC1053: "What must be kept apart is together",
  IEC1054: "A site is too far away",
  IEC2001: "The configuration file is not valid JSON",
  IEC2002: "The configuration file has the wrong shape",
  IEC2003: "Unknown resource or data source type",
  IEC2004: "Unknown attribute",
  IEC2005: "Wrong type of value",
  IEC2006: "A required attribute is missing",
  IEC2007: "Dependency cycle",
  IEC2008: "Reference to something that is not declared",
  IEC2009: "A construct of the configuration language that is not supported",
  IEC2010: "An expression cannot be parsed",
  IEC2011: "An expression cannot be evaluated",
  IEC2012: "A value is outside of what the cloud allows",
  IEC2013: "Attributes contradict each other",
  IEC2014: "A computed attribute was set",
  IEC2015: "A variable has no value",
  IEC2016: "A configuration cannot be found",
  IEC2017: "A wrong command line",
  IEC2018: "A destroy is prevented by the configuration",
  IEC2019: "No resource or object fits a filter",
  IEC2020: "An imported object is not told in full",
  IEC2021: "A quota would be exceeded",
  IEC2022: "A site does not offer what is asked of it",
  IEC2023: "Two constructs are written under one address",
  IEC2024: "A number that is not known yet was put into a text",
  IEC2025: "An operand of an expression is lost",
  IEC2026: "An aspect of the app is never applied",
  IEC2027: "A name is near to a known one, but not the same",
  IEC2028: "The state of another stack cannot be used",
  IEC2030: "Two constructs of one scope have the same id",
  IEC2031: "A construct cannot be written",
  IEC2032: "A construct finds itself invalid",
  IEC2033: "The stacks cannot be written",
  IEC2036: "A Terraform plan cannot be read",
  IEC2037: "A Terraform plan has another format version",
  IEC2038: "A question about the network cannot be answered",
  IEC2039: "A Terraform plan is not complete",
  IEC2045: "A policy cannot be read",
  IEC3001: "The state file cannot be read",
  IEC3002: "The state file was written by a newer version",
  IEC3003: "The plan or journal belongs to another state",
  IEC3004: "The state is locked",
  IEC3005: "The state cannot be written",
  IEC3006: "An interrupted create cannot be told apart from other objects",
  IEC3007: "An interrupted create was found and adopted",
  IEC3008: "The state changed since the plan was made",
  IEC3009: "A resource is in the state already",
  IEC4001: "Credentials are missing or refused",
  IEC4002: "The cloud's endpoint cannot be reached",
  IEC4003: "The cloud refused a request",
  IEC4004: "The cloud did not answer in time",
  IEC4005: "The cloud's answer has the wrong shape",
  IEC5001: "A resource reached a failure status",
  IEC5002: "A resource did not become ready in time",
  IEC5003: "The cloud's answer contradicts the plan",
  IEC5004: "The work was cancelled",
  IEC5005: "A bug in iec-cdk",
} as const;
export type Code = keyof typeof CODES;

export const errorDiagnostic = (
  code: Code,
  summary: string,
  rest: Omit<Diagnostic, "severity" | "code" | "summary"> = {},
): Diagnostic => ({ severity: "error", code, summary, ...rest });

export const warningDiagnostic = (
  code: Code,
  summary: string,
  rest: Omit<Diagnostic, "severity" | "code" | "summary"> = {},
): Diagnostic => ({ severity: "warning", code, summary, ...rest });

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((d) => d.severity === "error");

/** Carries diagnostics across a call that cannot return them. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(...diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => `${d.code}: ${d.summary}`).join("\n"));
    this.name = "DiagnosticError";
    this.diagnostics = diagnostics;
  }
}

/** Drops exact repetitions, keeping the first. */
export function dedupe(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((d) => {
    const key = JSON.stringify([d.code, d.summary, d.detail, d.address, d.path && formatPath(d.path)]);
    return seen.size < seen.add(key).size;
  });
}
