import path from "node:path";
import { TerraformStack } from "cdktf";
import { Eip, IecApp, IecProvider, Vip } from "iec-cdk";
import { ANYBODY, EdgeServer, EdgeSite, EdgeVpc, Image, KeyPair, Port, SecurityGroup } from "iec-cdk/l2";

// Two servers share one address: when the active one fails, keepalived moves the address to the other.
const app = new IecApp({ outdir: process.argv[2] ?? path.join(import.meta.dirname, "cdktf.out") });
const stack = new TerraformStack(app, "ha-virtual-ip");
new IecProvider(stack, "iec");

// A virtual IP lives in one subnet, and so in one site: this survives the loss of a server, not of a site.
const site = EdgeSite.byCity(stack, "guangzhou", "guangzhou");
const vpc = new EdgeVpc(stack, "ha", { cidr: "10.40.0.0/16" });
const subnet = vpc.addSubnet("front", { site });
const web = new SecurityGroup(stack, "web").allowFrom(ANYBODY, Port.tcp(443));
const key = new KeyPair(stack, "key", { name: "ha" });
const image = Image.byName(stack, "ubuntu", "Ubuntu 20.04 server 64bit");

const servers = ["active", "standby"].map(
  (id) =>
    new EdgeServer(stack, id, {
      site,
      vpc,
      subnets: [subnet],
      flavor: "c6.large.2",
      image,
      key,
      securityGroups: [web],
    }),
);
const shared = new Vip(stack, "shared", {
  subnetId: subnet.subnetId,
  portIds: servers.map(({ portId }) => portId),
});
new Eip(stack, "public", { siteId: site.siteId, portId: shared.id });

app.synth();
