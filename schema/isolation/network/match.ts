import type { ResourceNode } from "../../graph.js";
import { formatPath, getPath, isObject, type ObjectValue, type Path } from "../../unknown.js";
import { parseAddresses } from "../packets/addresses.js";
import {
  everything,
  hasPorts,
  LAST_PORT,
  protocolNumber,
  protocolOf,
  TCP,
  UDP,
  type Box,
  type Family,
  type Interval,
} from "../packets/fields.js";
import type { Oddity } from "./model.js";
import type { Reader, Told } from "./read.js";

/**
 * Builds the boxes of one rule out of its attributes. What is unknown or impossible leaves its field open, and the
 * match unsure.
 */
export class Match {
  boxes: readonly Box[] = [];
  sure = true;
  readonly unknowns: string[] = [];
  /** Undefined when what is at the base is not known as a whole. */
  readonly #values: ObjectValue | undefined;

  constructor(
    readonly reader: Reader,
    readonly node: ResourceNode,
    readonly base: Path,
    readonly oddities: Oddity[],
  ) {
    const values = getPath(node.values, base);
    this.#values = isObject(values) ? values : undefined;
  }

  at(name: string): Path {
    return this.base.concat(name);
  }

  text(name: string): Told<string | number | null> {
    const value = this.#values
      ? this.reader.topology.follow(this.#values[name] ?? null)
      : this.reader.value(this.node, this.at(name));
    return value === null || typeof value === "string" || typeof value === "number"
      ? { value }
      : { unknowns: this.reader.names(value, this.node, this.at(name)) };
  }

  unsure(unknowns: readonly string[]): void {
    this.sure = false;
    this.unknowns.push(...unknowns);
  }

  odd(name: string, detail: string): void {
    this.oddities.push({ node: this.node, path: this.at(name), detail });
    this.unsure([`${this.node.address}.${formatPath(this.at(name))}`]);
  }

  /** An attribute's text; null when not set, undefined when not known. */
  known(name: string): string | null | undefined {
    const { value, unknowns } = this.text(name);
    if (unknowns) {
      this.unsure(unknowns);
      return undefined;
    }
    return value === null || value === "" ? null : String(value);
  }

  /** Begins with all packets of a family and protocol. */
  begin(families: readonly Family[], protocol: string | null | undefined): void {
    const number = typeof protocol === "string" && protocol !== "any" ? protocolNumber(protocol) : undefined;
    if (typeof protocol === "string" && protocol !== "any" && number === undefined)
      this.odd("protocol", `"${protocol}" is no protocol`);
    this.boxes = families.map((family) => {
      const whole = everything(family);
      if (number === undefined) return whole;
      const one = protocolOf(family, number);
      return { ...whole, protocol: [one, one] };
    });
  }

  /** Only these ports: of tcp and udp, since nothing else has any. */
  ports(field: "port" | "sourcePort", name: string, [first, last]: readonly [number, number]): void {
    if (!(first <= last && first >= 0 && last <= LAST_PORT)) {
      this.odd(name, `no port is in ${first}-${last}`);
      return;
    }
    if (this.boxes.every(({ protocol }) => protocol[0] === protocol[1] && !hasPorts(protocol[0]))) {
      this.odd(name, "the protocol has no ports");
      return;
    }
    this.boxes = this.boxes.flatMap((box): Box[] => {
      if (box.protocol[0] === box.protocol[1]) return [boxWith(box, field, [first, last])];
      const family = box.protocol[0] === 0 ? 4 : 6;
      return [TCP, UDP].map((number) => {
        const protocol: Interval = [protocolOf(family, number), protocolOf(family, number)];
        return boxWith({ ...box, protocol }, field, [first, last]);
      });
    });
  }

  /** Only these addresses. */
  addresses(field: "source" | "destination", name: string, text: string): void {
    const found = parseAddresses(text);
    if (!found) {
      this.odd(name, `"${text}" is no address and no range`);
      return;
    }
    const of = this.boxes.filter(({ protocol }) => (protocol[0] < 256 ? 4 : 6) === found.family);
    if (of.length === 0) {
      this.odd(name, `"${text}" is of the other IP version`);
      return;
    }
    this.boxes = of.map((box) => boxWith(box, field, found.interval));
  }
}

/** The box with another interval in a field. */
const boxWith = (box: Box, field: keyof Box, interval: Interval): Box => ({
  protocol: field === "protocol" ? interval : box.protocol,
  port: field === "port" ? interval : box.port,
  sourcePort: field === "sourcePort" ? interval : box.sourcePort,
  source: field === "source" ? interval : box.source,
  destination: field === "destination" ? interval : box.destination,
});
