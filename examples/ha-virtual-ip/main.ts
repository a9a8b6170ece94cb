import path from "node:path";
import { TerraformStack } from "cdktf";
import { IecApp, IecProvider } from "iec-cdk";
import { EdgeServer, EdgeSite, EdgeVpc, Image, KeyPair, Port, PublicIp, VirtualIp } from "iec-cdk/l2";

// Two servers share one address: when the active one fails, keepalived moves the address to the other.
const app = new IecApp({ outdir: process.argv[2] ?? path.join(import.meta.dirname, "cdktf.out") });
const stack = new TerraformStack(app, "ha-virtual-ip");
new IecProvider(stack, "iec");

// A virtual IP lives in one subnet, and so in one site: this survives the loss of a server, not of a site.
const site = EdgeSite.byCity(stack, "guangzhou", "guangzhou");
const vpc = new EdgeVpc(stack, "ha", { cidr: "10.40.0.0/16" });
const subnet = vpc.addSubnet("front", { site });
const make = {
  site,
  vpc,
  subnets: [subnet],
  flavor: "c6.large.2",
  image: Image.byName(stack, "ubuntu", "Ubuntu 20.04 server 64bit"),
  key: new KeyPair(stack, "key", { name: "ha" }),
};

const active = new EdgeServer(stack, "active", make);
const standby = new EdgeServer(stack, "standby", make);
for (const server of [active, standby]) server.connections.allowFromAnyone(Port.tcp(443));

const virtualIp = new VirtualIp(stack, "shared", { subnet, servers: [active, standby] });
new PublicIp(stack, "public", { virtualIp });

app.synth();
