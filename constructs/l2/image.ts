import type { Construct } from "constructs";
import { DataIecImages } from "../generated/data-iec-images";

/** What a server's system disk starts from. */
export class Image {
  private constructor(readonly imageId: string) {}

  /** A public image by its name, such as `Ubuntu 20.04 server 64bit`. */
  static byName(scope: Construct, id: string, name: string): Image {
    return new Image(new DataIecImages(scope, id, { name }).images.get(0).id);
  }
  static fromId(imageId: string): Image {
    return new Image(imageId);
  }
}
