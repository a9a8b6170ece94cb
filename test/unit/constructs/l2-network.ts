import { TerraformResource, TerraformStack, Testing } from "cdktf";
import { IecApp, IecProvider } from "iec-cdk";
import { EdgeSite, EdgeVpc, Image, KeyPair } from "iec-cdk/l2";
import { temporaryFolder, type Json } from "../../helpers/stack.js";

export function newStack() {
  const app = new IecApp({ outdir: temporaryFolder() });
  const stack = new TerraformStack(app, "edge");
  new IecProvider(stack, "iec");
  return { app, stack };
}

export function newNetwork(cidr = "10.1.0.0/16") {
  const { app, stack } = newStack();
  const vpc = new EdgeVpc(stack, "shop", { cidr });
  return { app, stack, vpc, site: EdgeSite.byCity(stack, "gz", "guangzhou") };
}

/** Everything a server needs but its place. */
export const MAKE = {
  flavor: "c6.large.2",
  image: Image.fromId("ubuntu"),
  key: KeyPair.fromName("admin"),
} as const;

/** What the stack's resources of a type are written as, in the order they were made in. */
export function written(stack: TerraformStack, type: string): Json[] {
  const { resource } = JSON.parse(Testing.synth(stack)) as Json;
  return stack.node.findAll().flatMap((construct) => {
    if (!TerraformResource.isTerraformResource(construct)) return [];
    if (construct.terraformResourceType !== type) return [];
    return resource?.[type]?.[construct.friendlyUniqueId] ?? [];
  });
}
