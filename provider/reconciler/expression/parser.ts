import { type BinaryOperator, type Expression, type ObjectEntry, type UnaryOperator } from "./ast.js";
import { Cursor } from "./cursor.js";
import { readForNames, readTemplate } from "./template.js";

/** Parsed texts are kept: a stack of thousands of resources repeats a few shapes. */
const CACHE_LIMIT = 20_000;
const templates = new Map<string, Expression>();
const expressions = new Map<string, Expression>();

/**
 * Parses a string of `cdk.tf.json`: literal text with `${ }` and `%{ }`. A string that is a single `${ }` is the
 * expression in it and has its type; any other is a string.
 * @throws {ParseError}
 */
export function parseTemplate(text: string): Expression {
  if (!text.includes("${") && !text.includes("%{")) {
    return {
      kind: "literal",
      value: text.normalize("NFC"),
      at: { source: text, start: 0, end: text.length },
    };
  }
  return cached(templates, text, () => readTemplate(new Cursor(text), "bare", readExpression));
}

/**
 * Parses an expression that stands alone, such as `iec_vpc.main.id`.
 * @throws {ParseError}
 */
export function parseExpression(text: string): Expression {
  return cached(expressions, text, () => {
    const cursor = new Cursor(text);
    const expression = readExpression(cursor);
    cursor.skip();
    return cursor.atEnd ? expression : cursor.fail(`Unexpected ${cursor.describe()} after the expression`);
  });
}

function cached(cache: Map<string, Expression>, text: string, parse: () => Expression): Expression {
  const known = cache.get(text);
  if (known) return known;
  const expression = parse();
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(text, expression);
  return expression;
}

function readExpression(cursor: Cursor): Expression {
  return cursor.nested(cursor.breaksCount, () => {
    const start = cursor.skip();
    const condition = readBinary(cursor, 0);
    if (!cursor.take("?")) return condition;
    const then = readExpression(cursor);
    cursor.expect(":", "between the two results of a condition");
    const otherwise = readExpression(cursor);
    return { kind: "conditional", condition, then, otherwise, at: cursor.span(start) };
  });
}

/** Binary operators from the loosest to the tightest. */
const LEVELS = [/\|\|/y, /&&/y, /==|!=/y, />=|<=|[<>]/y, /[+-]/y, /[*/%]/y] as const;

function readBinary(cursor: Cursor, level: number): Expression {
  const pattern = LEVELS[level];
  if (!pattern) return readOperand(cursor);
  const start = cursor.skip();
  let left = readBinary(cursor, level + 1);
  for (let length = 1; ; length++) {
    cursor.checkChain(length);
    cursor.skip();
    const operator = cursor.read(pattern) as BinaryOperator | undefined;
    if (!operator) return left;
    const right = readBinary(cursor, level + 1);
    left = { kind: "binary", operator, left, right, at: cursor.span(start) };
  }
}

function readOperand(cursor: Cursor): Expression {
  const start = cursor.skip();
  const operator = cursor.read(/-|!(?!=)/y) as UnaryOperator | undefined;
  if (!operator) return readSteps(cursor, start, readTerm(cursor));
  const operand = cursor.nested(cursor.breaksCount, () => readOperand(cursor));
  return { kind: "unary", operator, operand, at: cursor.span(start) };
}

function readTerm(cursor: Cursor): Expression {
  const start = cursor.skip();
  const name = cursor.identifier();
  if (name !== undefined) return readNamed(cursor, start, name);
  const number = cursor.read(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (number !== undefined)
    return { kind: "literal", value: toNumber(cursor, number, start), at: cursor.span(start) };
  if (cursor.take('"')) return readQuotedString(cursor, start);
  if (cursor.take("(")) {
    const inner = cursor.nested(false, () => {
      const expression = readExpression(cursor);
      cursor.expect(")", "to close the parenthesis");
      return expression;
    });
    return inner;
  }
  if (cursor.take("[")) return cursor.nested(false, () => readTuple(cursor, start));
  if (cursor.take("{")) return readObject(cursor, start);
  if (cursor.looksAt("<<"))
    cursor.fail('A heredoc cannot stand in a JSON string: use a quoted string with "\\n"');
  return cursor.fail(`Expected a value, found ${cursor.describe()}`);
}

function toNumber(cursor: Cursor, digits: string, start: number): number {
  const value = Number(digits);
  if (/^\d+$/.test(digits) && BigInt(value) !== BigInt(digits)) {
    cursor.fail(`The number ${digits} has more digits than can be kept exactly: write it as a string`, start);
  }
  return Number.isFinite(value) ? value : cursor.fail(`The number ${digits} is too large`, start);
}

function readQuotedString(cursor: Cursor, start: number): Expression {
  const content = cursor.nested(false, () => readTemplate(cursor, "quoted", readExpression));
  if (!cursor.looksAt('"')) cursor.fail("The string is never closed by a quote", start);
  cursor.position++;
  const isText = content.kind === "literal" && content.at.start === start + 1;
  return isText || content.kind === "template" ? { ...content, at: cursor.span(start) } : content;
}

function readNamed(cursor: Cursor, start: number, first: string): Expression {
  let name = first;
  while (cursor.looksAt("::")) {
    cursor.position += 2;
    name += `::${cursor.identifier() ?? cursor.fail("A function's name must follow the namespace")}`;
  }
  if (cursor.take("("))
    return cursor.nested(false, () => readCall(cursor, start, name.replace(/^core::/, "")));
  if (name !== first) cursor.fail(`Expected "(" after the function name ${name}, found ${cursor.describe()}`);
  cursor.position = start + first.length;
  const at = cursor.span(start);
  switch (name) {
    case "true":
      return { kind: "literal", value: true, at };
    case "false":
      return { kind: "literal", value: false, at };
    case "null":
      return { kind: "literal", value: null, at };
    default:
      if (cursor.bindings.includes(name)) return { kind: "binding", name, at };
      return readReference(cursor, start, name);
  }
}

/** How many further names belong to a root, by its first name; a resource has one, its own. */
const ROOT_NAMES: ReadonlyMap<string, number> = new Map([
  ["self", 0],
  ["data", 2],
  ["ephemeral", 2],
]);

function readReference(cursor: Cursor, start: number, first: string): Expression {
  const names = [first];
  const more = (): void => {
    const name = cursor.take(".") ? cursor.identifier() : undefined;
    if (name === undefined) cursor.fail(incomplete(names), start);
    names.push(name);
  };
  if (first === "resource") {
    more();
    names.shift();
  }
  for (let i = ROOT_NAMES.get(names[0] ?? "") ?? 1; i > 0; i--) more();
  return { kind: "reference", root: names.join("."), at: cursor.span(start) };
}

function incomplete(names: readonly string[]): string {
  const text = names.join(".");
  const [first] = names;
  if (first === "data") return `"${text}" is not complete: a data source is named data.TYPE.NAME`;
  if (first === "each") return `"each" is not a value: use each.key or each.value`;
  if (first === "count") return `"count" is not a value: use count.index`;
  if (first === "var" || first === "local" || first === "module")
    return `"${first}" must be followed by a name`;
  return `"${text}" is not a value: a resource is named TYPE.NAME, and a text must be in quotes`;
}

/** Reads `.name`, `.0`, `[key]`, `.*` and `[*]` as long as they follow. */
function readSteps(cursor: Cursor, start: number, base: Expression, attributesOnly = false): Expression {
  let node = base;
  for (let length = 1; ; length++) {
    cursor.checkChain(length);
    const before = cursor.skip();
    if (cursor.looksAt("...")) return node;
    if (cursor.take(".")) {
      if (cursor.take("*")) {
        if (attributesOnly) cursor.fail("A splat may not follow a splat here: use [*]");
        node = readSplat(cursor, start, node, true);
      } else {
        node = readDotStep(cursor, start, node);
      }
    } else if (!attributesOnly && cursor.take("[")) {
      const open: Expression = node;
      node = cursor.nested(false, () => {
        if (cursor.take("*")) {
          cursor.expect("]", "to close the splat");
          return readSplat(cursor, start, open, false);
        }
        const key = readExpression(cursor);
        cursor.expect("]", "to close the index");
        return { kind: "index", collection: open, key, at: cursor.span(start) };
      });
    } else {
      cursor.position = before;
      return node;
    }
  }
}

function readDotStep(cursor: Cursor, start: number, object: Expression): Expression {
  const digitsStart = cursor.skip();
  const digits = cursor.read(/\d+/y);
  if (digits !== undefined) {
    if (cursor.read(/\.\d/y) !== undefined)
      cursor.fail("Two indexes after dots cannot follow each other: use [0][1]");
    const key: Expression = { kind: "literal", value: Number(digits), at: cursor.span(digitsStart) };
    return { kind: "index", collection: object, key, at: cursor.span(start) };
  }
  const name =
    cursor.identifier() ?? cursor.fail(`Expected an attribute name after ".", found ${cursor.describe()}`);
  return { kind: "attribute", object, name, at: cursor.span(start) };
}

/** `[*]` applies all steps that follow to each element; the older `.*` only the attributes directly behind it. */
function readSplat(
  cursor: Cursor,
  start: number,
  collection: Expression,
  attributesOnly: boolean,
): Expression {
  const item: Expression = { kind: "binding", name: "*", at: cursor.span(start) };
  const each = readSteps(cursor, start, item, attributesOnly);
  return { kind: "splat", collection, each, at: cursor.span(start) };
}

function readCall(cursor: Cursor, start: number, name: string): Expression {
  const args: Expression[] = [];
  let expand = false;
  while (!cursor.take(")")) {
    args.push(readExpression(cursor));
    expand = cursor.take("...");
    if (expand || !cursor.take(",")) {
      cursor.expect(")", `to end the arguments of ${name}()`);
      break;
    }
  }
  return { kind: "call", name, args, expand, at: cursor.span(start) };
}

function readTuple(cursor: Cursor, start: number): Expression {
  if (cursor.keyword("for")) return readFor(cursor, start, "]");
  const items: Expression[] = [];
  while (!cursor.take("]")) {
    items.push(readExpression(cursor));
    if (cursor.take(",")) continue;
    cursor.expect("]", "or a comma after an element of a list");
    break;
  }
  return { kind: "tuple", items, at: cursor.span(start) };
}

function readObject(cursor: Cursor, start: number): Expression {
  const loop = cursor.nested(false, () => (cursor.keyword("for") ? readFor(cursor, start, "}") : undefined));
  if (loop) return loop;
  const entries = cursor.nested(true, () => {
    const found: ObjectEntry[] = [];
    for (;;) {
      while (cursor.take("\n"));
      if (cursor.take("}")) return found;
      const key = readKey(cursor);
      if (!cursor.take("=") && !cursor.take(":")) {
        cursor.fail(`Expected "=" or ":" after the key of an object, found ${cursor.describe()}`);
      }
      found.push({ key, value: readExpression(cursor) });
      if (cursor.take(",") || cursor.take("\n")) continue;
      cursor.expect("}", "or a comma after an entry of an object");
      return found;
    }
  });
  return { kind: "object", entries, at: cursor.span(start) };
}

/** A bare name is a key as it stands; anything else is an expression. */
function readKey(cursor: Cursor): Expression {
  const start = cursor.skip();
  const name = cursor.identifier();
  const at = cursor.span(start);
  cursor.skip();
  if (name !== undefined && /[=:](?!=)/y.test(cursor.source.slice(cursor.position, cursor.position + 2))) {
    return { kind: "literal", value: name, at };
  }
  cursor.position = start;
  return readExpression(cursor);
}

function readFor(cursor: Cursor, start: number, close: "]" | "}"): Expression {
  const names = readForNames(cursor);
  const collection = readExpression(cursor);
  cursor.expect(":", 'after the collection of "for"');
  return cursor.binding([names.keyName, names.valueName], () => {
    const first = readExpression(cursor);
    if (close === "}") cursor.expect("=>", 'between key and value of a "for" that makes an object');
    const value = close === "}" ? readExpression(cursor) : first;
    const group = close === "}" && cursor.take("...");
    const condition = cursor.keyword("if") ? readExpression(cursor) : undefined;
    cursor.expect(close, 'to end the "for" expression');
    const key = close === "}" ? first : undefined;
    return { kind: "for", ...names, collection, key, value, condition, group, at: cursor.span(start) };
  });
}
