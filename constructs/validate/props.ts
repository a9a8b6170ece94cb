import { Token } from "cdktf";
import {
  isConfigurable,
  type Attribute,
  type Attributes,
  type BlockAttribute,
} from "../../schema/attributes.js";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { nearest } from "../../schema/nearest.js";
import { formatPath, type Path } from "../../schema/unknown.js";

/** What is wrong with props as they are written, and what else would be said only because of that. */
export interface Props {
  readonly problems: Diagnostic[];
  /** Where: what is said there, below, and of the blocks it is in, follows. */
  readonly explained: Path[];
}

/** Props that every construct takes, and those of a provider. */
const META = [
  "provider",
  "dependsOn",
  "count",
  "lifecycle",
  "provisioners",
  "connection",
  "forEach",
  "alias",
];

/** Finds what cdktf drops without a word: props it does not know, and what stands in the place of a block. */
export function checkProps(attributes: Attributes, props: unknown): Props {
  const found: Props = { problems: [], explained: [] };
  if (isPlain(props)) checkNames(attributes, props, [], found);
  return found;
}

type Plain = Readonly<Record<string, unknown>>;

/** Data as somebody writes it, and no object of a class, as most tokens are. */
function isPlain(value: unknown): value is Plain {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function checkNames(attributes: Attributes, props: Plain, path: Path, found: Props): void {
  const names = namesOf(attributes);
  for (const prop in props) {
    const value = props[prop];
    if (value === undefined || value === null || (path.length === 0 && META.includes(prop))) continue;
    const name = names.get(prop);
    const attribute = name === undefined ? undefined : attributes[name];
    if (name === undefined) lost(attributes, prop, props, path, found);
    else if (attribute?.kind === "block") checkBlock(attribute, value, [...path, name], found);
  }
}

/** The generated code takes a block by itself where there is at most one, and a list where there may be more. */
function checkBlock(attribute: BlockAttribute, value: unknown, path: Path, found: Props): void {
  const { nesting, maxItems, attributes } = attribute;
  const single = nesting === "single";
  if (isPlain(value)) checkNames(attributes, value, single ? path : [...path, 0], found);
  else if (single || maxItems === 1) notBlock(attribute, value, path, found);
  else if (Array.isArray(value)) {
    value.forEach((item: unknown, i) => {
      if (isPlain(item)) checkNames(attributes, item, [...path, i], found);
      else notBlock(attribute, item, [...path, i], found);
    });
  }
}

function notBlock(
  { attributes }: BlockAttribute,
  value: unknown,
  path: Path,
  { problems, explained }: Props,
): void {
  // An object of a class may have all that a block has.
  if (Token.isUnresolved(value) || (typeof value === "object" && !Array.isArray(value) && value !== null))
    return;
  const secret = Object.values(attributes).some(({ sensitive }) => sensitive === true);
  const shown = secret ? "a value of another type (sensitive)" : JSON.stringify(value);
  explained.push(path);
  problems.push(
    errorDiagnostic("IEC2005", `${formatPath(path)} must be a block`, {
      path,
      detail: `It is ${Array.isArray(value) ? "a list" : shown}. Write an object.`,
    }),
  );
}

/** An error only where it surely is a slip of the pen: a program may give what it has for several constructs. */
function lost(attributes: Attributes, prop: string, props: Plain, path: Path, found: Props): void {
  if (Token.isUnresolved(props)) return;
  const names = namesOf(attributes);
  const near = nearest(prop, [...names.keys()]);
  const slip = near !== undefined && props[near] === undefined;
  const place = { path: [...path, prop] };
  const summary = `There is no prop "${prop}"`;
  if (slip) found.explained.push([...path, names.get(near) ?? near]);
  found.problems.push(
    slip
      ? errorDiagnostic("IEC2004", summary, { ...place, detail: `Did you mean "${near}"?` })
      : warningDiagnostic("IEC2004", summary, {
          ...place,
          detail: `It is left out. Known props: ${[...names.keys()].sort().join(", ")}.`,
        }),
  );
}

const known = new WeakMap<Attributes, ReadonlyMap<string, string>>();

/** What may be set, by the names of the props. */
function namesOf(attributes: Attributes): ReadonlyMap<string, string> {
  let names = known.get(attributes);
  if (names === undefined) {
    const settable = Object.keys(attributes).filter((name) => isConfigurable(attributes[name] as Attribute));
    names = new Map(settable.map((name) => [propOf(name), name]));
    known.set(attributes, names);
  }
  return names;
}

const propOf = (name: string): string =>
  name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A path with the names that a program has for them. */
export function propPath(attributes: Attributes, path: Path): Path {
  let inside: Attributes | undefined = attributes;
  return path.map((step) => {
    if (typeof step === "number") return step;
    const attribute: Attribute | undefined = inside?.[step];
    if (attribute === undefined) return step;
    inside = attribute.kind === "block" ? attribute.attributes : undefined;
    return propOf(step);
  });
}
