import type { Construct } from "constructs";
import { DataIecImages } from "../generated/data-iec-images";
import { EdgeConstruct } from "./construct";
import { checkProps, text } from "./props";

/** What a server's system disk starts from. */
export class Image {
  private constructor(
    readonly imageId: string,
    /** What looks it up, where something does. */
    readonly resource?: DataIecImages,
  ) {}

  /** An image by its exact name, such as `Ubuntu 20.04 server 64bit`. */
  static byName(scope: Construct, id: string, name: string): Image {
    const { resource } = new ImageByName(scope, id, name);
    return new Image(resource.images.get(0).id, resource);
  }

  static fromId(imageId: string): Image {
    return new Image(imageId);
  }
}

class ImageByName extends EdgeConstruct {
  readonly resource: DataIecImages;

  constructor(scope: Construct, id: string, name: string) {
    super(scope, id);
    checkProps(this, { name }, { name: text });
    this.resource = new DataIecImages(this, "images", { name });
  }
}
