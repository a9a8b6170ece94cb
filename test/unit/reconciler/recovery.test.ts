import { describe, expect, it } from "vitest";
import type { ObjectValue } from "../../../schema/unknown.js";
import { fits, matchLost } from "../../../provider/reconciler/recovery.js";
import { resources } from "../../../provider/resources/index.js";
import { definitionOf } from "./harness.js";

/** Candidates and creates are named by letters; EIPs of one site are alike. */
const EIP = definitionOf("iec_eip");
const eip = (id: string, site: string, more: ObjectValue = {}) => ({
  id,
  site_id: site,
  line_id: "line",
  bandwidth_id: "bandwidth",
  port_id: null,
  ...more,
});
const wanted = (address: string, site: string, more: ObjectValue = {}) => ({
  address,
  known: { site_id: site, ...more },
});

interface Row {
  readonly name: string;
  readonly wanted: readonly ReturnType<typeof wanted>[];
  readonly candidates: readonly ReturnType<typeof eip>[];
  readonly certain?: boolean;
  /** Address -> id. */
  readonly adopted?: Readonly<Record<string, string>>;
  /** Ids in question by the addresses that ask. */
  readonly ambiguous?: Readonly<Record<string, readonly string[]>>;
}

const ROWS: readonly Row[] = [
  { name: "nothing was lost", wanted: [], candidates: [eip("1", "x")] },
  { name: "nothing was made", wanted: [wanted("a", "x")], candidates: [] },
  {
    name: "one fits",
    wanted: [wanted("a", "x")],
    candidates: [eip("1", "x"), eip("2", "y")],
    adopted: { a: "1" },
  },
  { name: "none fits", wanted: [wanted("a", "x")], candidates: [eip("2", "y")] },
  {
    name: "more objects than creates",
    wanted: [wanted("a", "x")],
    candidates: [eip("1", "x"), eip("2", "x")],
    ambiguous: { a: ["1", "2"] },
  },
  {
    name: "creates that ask for the same share out as many objects",
    wanted: [wanted("a", "x"), wanted("b", "x")],
    candidates: [eip("1", "x"), eip("2", "x")],
    adopted: { a: "1", b: "2" },
  },
  {
    name: "fewer objects than creates that ask for the same",
    wanted: [wanted("a", "x"), wanted("b", "x"), wanted("c", "x")],
    candidates: [eip("1", "x"), eip("2", "x")],
    adopted: { a: "1", b: "2" },
  },
  {
    name: "more objects than creates that ask for the same",
    wanted: [wanted("a", "x"), wanted("b", "x")],
    candidates: [eip("1", "x"), eip("2", "x"), eip("3", "x")],
    ambiguous: { "a b": ["1", "2", "3"] },
  },
  {
    name: "one doubt does not spoil the others",
    wanted: [wanted("a", "x"), wanted("b", "y")],
    candidates: [eip("1", "x"), eip("2", "x"), eip("3", "y")],
    adopted: { b: "3" },
    ambiguous: { a: ["1", "2"] },
  },
  {
    name: "an object that creates of different wishes claim",
    wanted: [wanted("a", "x"), wanted("b", "x", { line_id: "line" })],
    candidates: [eip("1", "x"), eip("2", "x", { line_id: "other" })],
    ambiguous: { a: ["1", "2"], b: ["1"] },
  },
  {
    name: "an object that is in use already",
    wanted: [wanted("a", "x")],
    candidates: [eip("1", "x", { port_id: "port" })],
  },
  {
    name: "the only one that fits, when it may be older than the create",
    wanted: [wanted("a", "x")],
    candidates: [eip("1", "x")],
    certain: false,
    ambiguous: { a: ["1"] },
  },
];

describe("matchLost", () => {
  it.each(ROWS)("$name", ({ wanted, candidates, certain, adopted = {}, ambiguous = {} }) => {
    const matches = matchLost(EIP, wanted, candidates, certain);
    const ids = [...matches.adopted].map(([address, { id }]) => [address, id]);
    expect(Object.fromEntries(ids)).toEqual(adopted);
    const doubts = matches.ambiguous.map(({ addresses, ids }) => [addresses.join(" "), ids]);
    expect(Object.fromEntries(doubts)).toEqual(ambiguous);
  });
});

describe("fits", () => {
  const VPC = definitionOf("iec_vpc");
  const known = { name: "net", cidr: "10.0.0.0/16", mode: "CUSTOMER" };
  it.each([
    ["the same in all that identifies it", known, { ...known, subnet_num: 4 }, true],
    ["another name", known, { ...known, name: "other" }, false],
    ["another range", known, { ...known, cidr: "10.1.0.0/16" }, false],
    ["what the cloud does not tell says nothing", known, { name: "net" }, true],
    ["what the cloud was to decide may be anything", { name: "net" }, known, true],
  ])("%s", (_name, values, candidate, expected) => {
    expect(fits(VPC, values, { id: "1", ...candidate })).toBe(expected);
  });

  it("not set, null and empty text are alike", () => {
    const GROUP = definitionOf("iec_security_group");
    expect(fits(GROUP, { name: "g", description: "" }, { id: "1", name: "g", description: null })).toBe(true);
  });

  it("never where no attributes identify an object", () => {
    const definition = Object.fromEntries(Object.entries(VPC).filter(([name]) => name !== "adoptBy"));
    expect(fits(definition as unknown as typeof VPC, known, { id: "1", ...known })).toBe(false);
  });

  it("every resource that can be created can be found again", () => {
    for (const definition of resources.values()) {
      expect(definition.adoptBy, definition.type).not.toHaveLength(0);
      expect("list" in definition, definition.type).toBe(true);
    }
  });
});
