import path from "node:path";
import { TerraformOutput, TerraformStack } from "cdktf";
import { EdgeService, IecApp, IecProvider, Vpc } from "iec-cdk";
import { ANYBODY, Image, KeyPair, Port, SecurityGroup } from "iec-cdk/l2";

/** How many relays stand near the viewers of each city. */
const VIEWERS = { guangzhou: 3, "xi'an": 2, beijing: 2 };

// Relays of a live stream in several cities: one edge service, which the cloud spreads over the sites of each.
const app = new IecApp({ outdir: process.argv[2] ?? path.join(import.meta.dirname, "cdktf.out") });
const stack = new TerraformStack(app, "live-streaming");
new IecProvider(stack, "iec");

// The cloud makes the subnets of a SYSTEM VPC, in whatever site it puts a relay.
const vpc = new Vpc(stack, "relays", { name: "relays", cidr: "10.50.0.0/16", mode: "SYSTEM" });
const rtmp = new SecurityGroup(stack, "rtmp")
  .allowFrom(ANYBODY, Port.tcp(1935))
  .allowFrom(ANYBODY, Port.tcp(443));

const service = new EdgeService(stack, "live", {
  name: "live",
  coverageLevel: "city",
  coveragePolicy: "discrete",
  coverageSites: Object.entries(VIEWERS).map(([site, demandCount]) => ({ site, demands: [{ demandCount }] })),
  stackResources: [
    {
      name: "relay",
      flavorId: "c6.large.2",
      imageId: Image.byName(stack, "ubuntu", "Ubuntu 20.04 server 64bit").imageId,
      vpcId: vpc.id,
      securityGroups: [rtmp.securityGroupId],
      keyPair: new KeyPair(stack, "key", { name: "live" }).keyName,
      bindEip: true,
      systemDiskType: "SAS",
      systemDiskSize: 40,
    },
  ],
});
new TerraformOutput(stack, "relays-running", { value: service.successNum });

app.synth();
