import path from "node:path";
import { TerraformStack } from "cdktf";
import {
  DataIecImages,
  DataIecSites,
  IecApp,
  IecProvider,
  Keypair,
  SecurityGroup,
  Server,
  Vpc,
  VpcSubnet,
} from "iec-cdk";

// One server at the edge, by the generated constructs alone: each is one resource of the provider.
const app = new IecApp({ outdir: process.argv[2] ?? path.join(import.meta.dirname, "cdktf.out") });
const stack = new TerraformStack(app, "plain-l1");
new IecProvider(stack, "iec");

const siteId = new DataIecSites(stack, "site", { city: "guangzhou" }).sites.get(0).id;
const image = new DataIecImages(stack, "ubuntu", { name: "Ubuntu 20.04 server 64bit" }).images.get(0);

const vpc = new Vpc(stack, "vpc", { name: "plain", cidr: "10.30.0.0/16", mode: "CUSTOMER" });
const subnet = new VpcSubnet(stack, "subnet", {
  name: "plain",
  vpcId: vpc.id,
  siteId,
  cidr: "10.30.1.0/24",
  gatewayIp: "10.30.1.1",
});

new Server(stack, "server", {
  name: "plain",
  flavorId: "c6.large.2",
  imageId: image.id,
  vpcId: vpc.id,
  subnetIds: [subnet.id],
  securityGroups: [new SecurityGroup(stack, "group", { name: "plain" }).id],
  keyPair: new Keypair(stack, "key", { name: "plain" }).id,
  systemDiskType: "SAS",
  systemDiskSize: 40,
  coverageSites: { siteId },
});

app.synth();
