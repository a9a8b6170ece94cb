import path from "node:path";
import { TerraformStack } from "cdktf";
import { IecApp, IecProvider } from "iec-cdk";
import {
  ANYBODY,
  EdgeServer,
  EdgeSite,
  EdgeVpc,
  Image,
  IsolationPolicy,
  KeyPair,
  Port,
  SecurityGroup,
} from "iec-cdk/l2";

// Patient records stay in Guangdong; the web servers in front of other cities hold none.
const app = new IecApp({ outdir: process.argv[2] ?? path.join(import.meta.dirname, "cdktf.out") });
const stack = new TerraformStack(app, "data-residency");
new IecProvider(stack, "iec");

const guangzhou = EdgeSite.byCity(stack, "guangzhou", "guangzhou");
const xian = EdgeSite.byCity(stack, "xian", "xi'an");
const image = Image.byName(stack, "ubuntu", "Ubuntu 20.04 server 64bit");
const key = new KeyPair(stack, "key", { name: "clinic" });
const common = { flavor: "c6.large.2", image, key };

const vpc = new EdgeVpc(stack, "clinic", { cidr: "10.60.0.0/16" });
const web = new SecurityGroup(stack, "web").allowFrom(ANYBODY, Port.tcp(443));
const records = new SecurityGroup(stack, "records").allowFrom(web, Port.tcp(5432));

const database = new EdgeServer(stack, "database", {
  ...common,
  site: guangzhou,
  vpc,
  subnets: [vpc.addSubnet("records-net", { site: guangzhou })],
  securityGroups: [records],
});
const front = <City extends string>(id: string, site: EdgeSite<City>) =>
  new EdgeServer(stack, id, {
    ...common,
    site,
    vpc,
    subnets: [vpc.addSubnet(`${id}-net`, { site })],
    securityGroups: [web],
  });
const fronts = [front("front-guangzhou", guangzhou), front("front-xian", xian)];

// Checked at synth, at plan, and before each call of an apply, whatever is added later.
new IsolationPolicy(stack, "patients", {
  on: database,
  residency: { provinces: ["guangdong"] },
  latency: { latitude: 23.13, longitude: 113.26, withinMs: 10 },
  apartFrom: fronts.map((other) => ({ other, by: "security-group" })),
});

app.synth();
