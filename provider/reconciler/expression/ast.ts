import type { Path, Value } from "../../../schema/unknown.js";

/** Where a node was written: `source.slice(start, end)`. */
export interface Span {
  readonly source: string;
  readonly start: number;
  readonly end: number;
}

export type UnaryOperator = "-" | "!";
export type BinaryOperator =
  "||" | "&&" | "==" | "!=" | ">" | ">=" | "<" | "<=" | "+" | "-" | "*" | "/" | "%";

type Node<Kind extends string, Members> = Readonly<{ kind: Kind; at: Span } & Members>;

/**
 * An expression of Terraform's language, as data.
 *
 * Template directives have no node of their own: `%{ if }` is a conditional with two templates, and `%{ for }` a
 * call of `join("", [for ...])`, which is what Terraform makes of them as well.
 */
export type Expression =
  | Node<"literal", { value: null | boolean | number | string }>
  /** Joins its parts to a string. A string that is one `${ }` has no template node: it is the expression itself. */
  | Node<"template", { parts: readonly Expression[] }>
  /** A root of the configuration: `iec_vpc.main`, `data.iec_sites.all`, `var.x`, `each.key`, `self`. */
  | Node<"reference", { root: string }>
  /** A name bound by an enclosing `for`; `*` is the current element of the innermost splat. */
  | Node<"binding", { name: string }>
  | Node<"attribute", { object: Expression; name: string }>
  | Node<"index", { collection: Expression; key: Expression }>
  /** `each` is evaluated for every element, with the element bound to `*`. */
  | Node<"splat", { collection: Expression; each: Expression }>
  | Node<"unary", { operator: UnaryOperator; operand: Expression }>
  | Node<"binary", { operator: BinaryOperator; left: Expression; right: Expression }>
  | Node<"conditional", { condition: Expression; then: Expression; otherwise: Expression }>
  | Node<"tuple", { items: readonly Expression[] }>
  | Node<"object", { entries: readonly ObjectEntry[] }>
  | ForExpression
  /** `expand`: the last argument is a list whose elements are the last arguments, `f(a, list...)`. */
  | Node<"call", { name: string; args: readonly Expression[]; expand: boolean }>;

export interface ObjectEntry {
  readonly key: Expression;
  readonly value: Expression;
}

export type ForExpression = Node<
  "for",
  {
    keyName: string | undefined;
    valueName: string;
    collection: Expression;
    /** Present when the result is an object. */
    key: Expression | undefined;
    value: Expression;
    condition: Expression | undefined;
    /** `value...`: values of equal keys are gathered in lists. */
    group: boolean;
  }
>;

export type CallExpression = Extract<Expression, { kind: "call" }>;

/** A text that is no expression. `offset` counts UTF-16 units from the start of the text. */
export class ParseError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
    this.name = "ParseError";
  }
}

/** One use of something declared elsewhere. */
export interface Reference {
  /** `iec_vpc.main`, `data.iec_sites.all`, `var.x`, `local.y`, `count.index`, `each.key`, `self`, `module.m`. */
  readonly root: string;
  /** The steps after the root, up to the first that is not constant. */
  readonly path: Path;
  /** As written, root and path. */
  readonly text: string;
}

export const excerpt = ({ source, start, end }: Span): string => source.slice(start, end).trim();

/** Whether the expression is a constant scalar. */
export const isLiteral = (expression: Expression): expression is Extract<Expression, { kind: "literal" }> =>
  expression.kind === "literal";

/** The parts of an expression that are expressions, in the order they are written. */
function children(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case "literal":
    case "reference":
    case "binding":
      return [];
    case "template":
      return node.parts;
    case "attribute":
      return [node.object];
    case "index":
      return [node.collection, node.key];
    case "splat":
      return [node.collection, node.each];
    case "unary":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "conditional":
      return [node.condition, node.then, node.otherwise];
    case "tuple":
      return node.items;
    case "object":
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case "for":
      return [node.collection, node.key, node.value, node.condition].filter((child) => child !== undefined);
    case "call":
      return node.args;
  }
}

/** Every reference to the configuration in an expression, in the order they are written. */
export function references(expression: Expression): Reference[] {
  const found: Reference[] = [];
  const visit = (node: Expression): void => {
    const chain = constantTraversal(node);
    if (chain) found.push(chain);
    else children(node).forEach(visit);
  };
  visit(expression);
  return found;
}

/** The reference a node is, when all its steps are constant. */
function constantTraversal(node: Expression): Reference | undefined {
  const text = excerpt(node.at);
  if (node.kind === "reference") return { root: node.root, path: [], text };
  const [inner, step]: [Expression?, Value?] =
    node.kind === "attribute"
      ? [node.object, node.name]
      : node.kind === "index" && node.key.kind === "literal"
        ? [node.collection, node.key.value]
        : [];
  if (!inner || (typeof step !== "string" && typeof step !== "number")) return undefined;
  const outer = constantTraversal(inner);
  return outer && { root: outer.root, path: [...outer.path, step], text };
}
