import path from "node:path";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import {
  DataIecImages,
  DataIecSites,
  Eip,
  IecProvider,
  Keypair,
  SecurityGroup,
  SecurityGroupRule,
  Server,
  Vpc,
  VpcSubnet,
} from "iec-cdk";

/** Two edge sites, by name: the cloud's key of the city, and the third number of the site's ranges. */
const SITES = { guangzhou: { city: "guangzhou", range: 1 }, xian: { city: "xi'an", range: 2 } };
/** Two VPCs, by name: the first two numbers of their ranges. */
const NETWORKS = { shop: "10.10", video: "10.20" };

type SiteName = keyof typeof SITES;
type NetworkName = keyof typeof NETWORKS;
/** Tells in which site's subnet the server of a network and site is put. */
type SubnetChoice = (network: NetworkName, site: SiteName) => SiteName;

/**
 * Two sites x two VPCs: four subnets, of which none reaches another. In each stands a server with a public address,
 * open on tcp/443 only.
 */
export function synthesize(outdir: string, subnetOf: SubnetChoice = (_network, site) => site): void {
  const here = import.meta.dirname;
  const app = new App({ outdir: path.resolve(here, outdir) });
  const stack = new TerraformStack(app, "quickstart");
  new LocalBackend(stack, { path: path.join(here, "terraform.quickstart.tfstate") });
  // Credentials come from the environment.
  new IecProvider(stack, "iec");

  const key = new Keypair(stack, "key", { name: "quickstart" });
  const ubuntu = new DataIecImages(stack, "ubuntu", { name: "Ubuntu 20.04 server 64bit" }).images.get(0);
  const siteIds = mapValues(
    SITES,
    ({ city }, name) => new DataIecSites(stack, `site-${name}`, { city }).sites.get(0).id,
  );

  for (const [network, prefix] of entries(NETWORKS)) {
    const vpc = new Vpc(stack, network, { name: network, cidr: `${prefix}.0.0/16`, mode: "CUSTOMER" });
    const group = new SecurityGroup(stack, `${network}-web`, { name: `${network}-web` });
    new SecurityGroupRule(stack, `${network}-https`, {
      securityGroupId: group.id,
      direction: "ingress",
      protocol: "tcp",
      portRangeMin: 443,
      portRangeMax: 443,
      remoteIpPrefix: "0.0.0.0/0",
    });
    const subnets = mapValues(
      SITES,
      ({ range }, site) =>
        new VpcSubnet(stack, `${network}-${site}-subnet`, {
          name: `${network}-${site}`,
          vpcId: vpc.id,
          siteId: siteIds[site],
          cidr: `${prefix}.${range}.0/24`,
          gatewayIp: `${prefix}.${range}.1`,
        }),
    );

    for (const [site, siteId] of entries(siteIds)) {
      const name = `${network}-${site}`;
      const server = new Server(stack, name, {
        name,
        flavorId: "c6.large.2",
        imageId: ubuntu.id,
        vpcId: vpc.id,
        subnetIds: [subnets[subnetOf(network, site)].id],
        securityGroups: [group.id],
        keyPair: key.id,
        systemDiskType: "SAS",
        systemDiskSize: 40,
        coverageSites: { siteId },
      });
      const eip = new Eip(stack, `${name}-eip`, { siteId, portId: server.nics.get(0).port });
      new TerraformOutput(stack, `${name}-address`, { value: eip.publicIp });
    }
  }
  app.synth();
}

const entries = <K extends string, V>(record: Record<K, V>): [K, V][] => Object.entries(record) as [K, V][];

const mapValues = <K extends string, V, R>(
  record: Record<K, V>,
  change: (value: V, key: K) => R,
): Record<K, R> =>
  Object.fromEntries(entries(record).map(([key, value]) => [key, change(value, key)])) as Record<K, R>;
