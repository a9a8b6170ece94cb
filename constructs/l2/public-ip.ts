import type { Construct } from "constructs";
import { Eip } from "../generated/eip";
import { EdgeConstruct, refusal } from "./construct";
import type { EdgeSite } from "./edge-site";
import type { AnyServer } from "./edge-server";
import type { InSite } from "./place";
import type { OperatorKey } from "./places";
import { A_SERVER, A_SITE, checkProps, having, optional, text } from "./props";
import type { VirtualIp } from "./virtual-ip";

export interface PublicIpProps<City extends string> {
  /** That of the server or virtual IP when not set. Needed with `operator`, and without either. */
  readonly site?: EdgeSite<City>;
  /** What it is an address of; at most one of both. */
  readonly server?: Pick<AnyServer, "siteId" | "portId"> & InSite<NoInfer<City>>;
  readonly virtualIp?: Pick<VirtualIp, "siteId" | "portId"> & InSite<NoInfer<City>>;
  /** Whose line it is taken from, such as `chinatelecom`; the site's first line when neither this nor `line` is set. */
  readonly operator?: OperatorKey;
  /** Id of the line. */
  readonly line?: string;
  /** Id of the shared bandwidth that carries it, such as that of another `PublicIp`. The cloud finds or makes one when it is not set. */
  readonly bandwidthId?: string;
}

/** A public address, of a server or virtual IP in its site, or kept for later. */
export class PublicIp<City extends string = string> extends EdgeConstruct {
  readonly resource: Eip;
  readonly address: string;
  readonly bandwidthId: string;

  constructor(scope: Construct, id: string, props: PublicIpProps<City>) {
    super(scope, id);
    checkProps(this, props, {
      site: optional(A_SITE),
      server: optional(A_SERVER),
      virtualIp: optional(having("a VirtualIp", "portId")),
      operator: optional(text),
      line: optional(text),
      bandwidthId: optional(text),
    });
    const { site, server, virtualIp, operator, bandwidthId } = props;
    if (server !== undefined && virtualIp !== undefined)
      throw refusal(this, "props server and virtualIp exclude each other. Make a PublicIp for each");
    if (operator !== undefined && props.line !== undefined)
      throw refusal(this, "props operator and line exclude each other. Leave one out");
    const bound = server ?? virtualIp;
    const siteId = site?.siteId ?? bound?.siteId;
    if (siteId === undefined)
      throw refusal(this, "prop site is missing. It takes an EdgeSite, unless server or virtualIp is set");
    if (operator !== undefined && site === undefined)
      throw refusal(this, "prop site is missing. It takes the EdgeSite whose line of the operator is wanted");
    const line = operator === undefined ? props.line : site?.lineOf(operator);
    this.resource = new Eip(this, "eip", {
      siteId,
      ...(bound === undefined ? {} : { portId: bound.portId }),
      ...(line === undefined ? {} : { lineId: line }),
      ...(bandwidthId === undefined ? {} : { bandwidthId }),
    });
    this.address = this.resource.publicIp;
    this.bandwidthId = this.resource.bandwidthId;
  }
}
