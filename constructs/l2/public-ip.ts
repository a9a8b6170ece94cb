import { Construct } from "constructs";
import { Eip } from "../generated/eip";
import type { EdgeServer } from "./edge-server";

/** A public address of a server, in the server's site. */
export class PublicIp extends Construct {
  readonly resource: Eip;
  readonly address: string;

  constructor(
    scope: Construct,
    id: string,
    { server }: { readonly server: Pick<EdgeServer, "siteId" | "portId"> },
  ) {
    super(scope, id);
    this.resource = new Eip(this, "eip", { siteId: server.siteId, portId: server.portId });
    this.address = this.resource.publicIp;
  }
}
