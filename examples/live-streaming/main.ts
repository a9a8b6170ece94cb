import path from "node:path";
import { TerraformOutput, TerraformStack } from "cdktf";
import { IecApp, IecProvider } from "iec-cdk";
import { ANYBODY, Coverage, EdgeService, EdgeVpc, Image, KeyPair, Port, SecurityGroup } from "iec-cdk/l2";

// Relays of a live stream in several cities: one edge service, which the cloud spreads over the sites of each.
const app = new IecApp({ outdir: process.argv[2] ?? path.join(import.meta.dirname, "cdktf.out") });
const stack = new TerraformStack(app, "live-streaming");
new IecProvider(stack, "iec");

const relays = new EdgeService(stack, "live", {
  // The cloud makes the subnets of a SYSTEM VPC, in whatever site it puts a relay.
  vpc: new EdgeVpc(stack, "relays", { cidr: "10.50.0.0/16", mode: "SYSTEM" }),
  // How many relays stand near the viewers of each city.
  coverage: [
    Coverage.city("guangzhou").demand({ count: 2, operator: "chinatelecom" }).demand({ count: 1 }),
    Coverage.city("xi'an").demand({ count: 2 }),
    Coverage.city("beijing").demand({ count: 2 }),
  ],
  spread: true,
  publicIp: true,
  serverName: "relay",
  flavor: "c6.large.2",
  image: Image.byName(stack, "ubuntu", "Ubuntu 20.04 server 64bit"),
  key: new KeyPair(stack, "key", { name: "live" }),
  securityGroups: [
    new SecurityGroup(stack, "rtmp").allowFrom(ANYBODY, Port.tcp(1935)).allowFrom(ANYBODY, Port.tcp(443)),
  ],
});
new TerraformOutput(stack, "relays-running", { value: relays.resource.successNum });

app.synth();
