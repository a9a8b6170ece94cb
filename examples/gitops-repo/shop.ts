import { TerraformOutput, TerraformStack, type App } from "cdktf";
import { IecProvider } from "iec-cdk";
import { EdgeServer, EdgeSite, Image, KeyPair, Port, PublicIp } from "iec-cdk/l2";
import type { NetworkStack } from "./network.js";

/** The shop team's: a server with a public address in each city. */
export class ShopStack extends TerraformStack {
  constructor(app: App, id: string, network: NetworkStack) {
    super(app, id);
    new IecProvider(this, "iec");
    const make = {
      vpc: network.vpc,
      flavor: "c6.large.2",
      image: Image.byName(this, "ubuntu", "Ubuntu 20.04 server 64bit"),
      key: new KeyPair(this, "key", { name: "shop" }),
    };
    // Subnets of another city do not compile here, though another stack makes them.
    const guangzhou = new EdgeServer(this, "shop-guangzhou", {
      ...make,
      site: EdgeSite.byCity(this, "gz", "guangzhou"),
      subnets: [network.guangzhou],
    });
    const xian = new EdgeServer(this, "shop-xian", {
      ...make,
      site: EdgeSite.byCity(this, "xa", "xi'an"),
      subnets: [network.xian],
    });
    for (const server of [guangzhou, xian]) {
      server.connections.allowFromAnyone(Port.tcp(443));
      const { address } = new PublicIp(this, `${server.node.id}-ip`, { server });
      new TerraformOutput(this, `${server.node.id}-address`, { value: address });
    }
  }
}
