import type { Construct } from "constructs";
import { EdgeService as EdgeServiceResource } from "../generated/edge-service";
import { EdgeConstruct, refusal } from "./construct";
import { Coverage, coverageSite, hintAtCoverage } from "./coverage";
import { serverConfig, type EdgeServerProps } from "./edge-server";
import type { AnyVpc } from "./edge-vpc";
import * as props from "./props";
import { SecurityGroup, type AnySecurityGroup } from "./security-group";

export interface EdgeServiceProps extends Pick<
  EdgeServerProps<string, string>,
  "flavor" | "image" | "key" | "securityGroups" | "disk" | "dataDisks" | "userData" | "name"
> {
  /** A VPC of mode SYSTEM: the cloud makes its subnets where servers go. */
  readonly vpc: Pick<AnyVpc, "vpcId" | "mode" | "node">;
  /** 1 to 10 places, all of one level, each with a demand. */
  readonly coverage: readonly Coverage[];
  /** Whether servers are spread over the sites of a place, rather than put on as few as possible, which is the default. */
  readonly spread?: boolean;
  /** Whether each server gets a public address of its own. */
  readonly publicIp?: boolean;
  /** Base name of the servers; the name of the service when not set. */
  readonly serverName?: string;
  readonly description?: string;
}

/** Servers of one make that the cloud schedules over many sites. */
export class EdgeService extends EdgeConstruct {
  readonly resource: EdgeServiceResource;
  readonly serviceId: string;
  readonly securityGroups: readonly AnySecurityGroup[];

  constructor(scope: Construct, id: string, given: EdgeServiceProps) {
    super(scope, id);
    props.checkProps(this, given, {
      vpc: props.A_VPC,
      coverage: props.listOf(props.having("a Coverage", "demands"), 1, 10),
      flavor: props.text,
      spread: props.optional(props.flag),
      publicIp: props.optional(props.flag),
      serverName: props.optional(props.text),
      description: props.optional(props.text),
      ...props.SERVER,
    });
    const { vpc, coverage, name = id, serverName = name, description } = given;
    if (vpc.mode === "CUSTOMER") {
      const fix = `Give ${vpc.node.path} the mode SYSTEM, or this another VPC`;
      throw refusal(
        this,
        `prop vpc is of mode CUSTOMER, but the cloud makes the subnets of a service. ${fix}`,
      );
    }
    this.#checkCoverage(coverage, given.spread === true);
    this.securityGroups = given.securityGroups ?? [new SecurityGroup(this, "group", { name })];
    this.resource = new EdgeServiceResource(this, "service", {
      name,
      coverageLevel: coverage[0]?.level ?? "city",
      coveragePolicy: given.spread === true ? "discrete" : "centralize",
      coverageSites: coverage.map(coverageSite),
      stackResources: [
        {
          name: serverName,
          flavorId: given.flavor,
          vpcId: vpc.vpcId,
          ...serverConfig(given, this.securityGroups),
          ...(given.publicIp === true ? { bindEip: true } : {}),
        },
      ],
      ...(description === undefined ? {} : { description }),
    });
    this.serviceId = this.resource.id;
    for (const place of coverage) hintAtCoverage(this.resource, place);
  }

  #checkCoverage(coverage: readonly Coverage[], spread: boolean): void {
    const levels = [...new Set(coverage.map(({ level }) => level))];
    if (levels.length > 1)
      throw refusal(this, `coverage has places of the levels ${levels.join(", ")}. Keep to one level`);
    for (const [i, { level, place, demands }] of coverage.entries()) {
      if (demands.length === 0)
        throw refusal(this, `coverage[${i}] (${place}) demands nothing. Add .demand({ count: 1 })`);
      if (level !== "city" && level !== "site" && demands.some(({ line }) => line !== undefined))
        throw refusal(
          this,
          `coverage[${i}] (${place}) demands a line, which only a city or site has. Leave line out`,
        );
    }
    if (spread && levels[0] === "site")
      throw refusal(this, "prop spread is true, but coverage names single sites. Leave it out");
  }
}
