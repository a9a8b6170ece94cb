import { TerraformStack, type App } from "cdktf";
import { IecProvider } from "iec-cdk";
import { EdgeSite, EdgeVpc, NetworkAcl, ANYBODY, Port, type AnySubnet } from "iec-cdk/l2";

/** The network team's: ranges, and what never passes, whatever servers are put there. */
export class NetworkStack extends TerraformStack {
  readonly vpc: EdgeVpc<"production">;
  readonly guangzhou: AnySubnet<"guangzhou", "production">;
  readonly xian: AnySubnet<"xi'an", "production">;

  constructor(app: App, id: string) {
    super(app, id);
    new IecProvider(this, "iec");
    this.vpc = new EdgeVpc(this, "production", { cidr: "10.60.0.0/16" });
    this.guangzhou = this.vpc.addSubnet("guangzhou", { site: EdgeSite.byCity(this, "gz", "guangzhou") });
    this.xian = this.vpc.addSubnet("xian", { site: EdgeSite.byCity(this, "xa", "xi'an") });

    new NetworkAcl(this, "edge", { vpc: this.vpc, subnets: [this.guangzhou, this.xian] })
      .denyIn(ANYBODY, Port.tcp(22))
      .allowIn(ANYBODY, Port.all())
      .allowOut(ANYBODY, Port.all());
  }
}
