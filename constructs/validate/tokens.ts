import {
  DefaultTokenResolver,
  StringConcat,
  Tokenization,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  type TerraformElement,
  type TerraformStack,
} from "cdktf";
import { resolvePlain } from "../plain";

/** Plain data, in whose texts a mark stands for each term. */
export type Marked =
  null | boolean | number | string | readonly Marked[] | { readonly [key: string]: Marked };

/** A reference as cdktf keeps it: `iec_vpc_subnet.web.id`, and the stack in which that name holds. */
interface ReferenceTerm {
  readonly kind: "reference";
  readonly identifier: string;
  readonly stack: TerraformStack | undefined;
  /** What tells where it was written. */
  readonly token: IResolvable;
}

/** What a mark stands for: an expression of which cdktf tells the parts. */
export type Term =
  | ReferenceTerm
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Marked[] }
  | { readonly kind: "access"; readonly target: Marked; readonly keys: readonly Marked[] }
  | { readonly kind: "choice"; readonly condition: Marked; readonly yes: Marked; readonly no: Marked }
  | { readonly kind: "operation"; readonly operator: string; readonly operands: readonly Marked[] };

export interface Resolved {
  readonly value: Marked;
  readonly terms: readonly Term[];
}

// Characters of Unicode's private use area: no configuration holds them.
const [OPEN, CLOSE] = ["\uE000", "\uE001"];
/** One mark; its group is the number of the term. */
export const MARK = new RegExp(`${OPEN}(\\d+)${CLOSE}`);
export const MARKS = new RegExp(MARK, "g");
export const hasMark = (text: string): boolean => text.includes(OPEN);
/** The numbers of the terms in a text. */
export const marksIn = (text: string): number[] =>
  [...text.matchAll(MARKS)].map(([, index]) => Number(index));

/** Resolves as cdktf does, but leaves a mark for each term: also in lists, `Lazy` and concatenations. */
class Marker extends DefaultTokenResolver {
  readonly terms: Term[] = [];
  constructor() {
    super(new StringConcat());
  }
  override resolveToken(token: IResolvable, context: IResolveContext, post: IPostProcessor): unknown {
    const term = termOf(token, (value) => (context.resolve(value) as Marked | undefined) ?? null);
    return term === undefined ? super.resolveToken(token, context, post) : this.mark(term);
  }
  mark(term: Term): string {
    return `${OPEN}${this.terms.push(term) - 1}${CLOSE}`;
  }
}

interface ReferenceToken extends IResolvable {
  readonly identifier: string;
  readonly originStack?: TerraformStack;
}

const isReference = (token: unknown): token is ReferenceToken =>
  typeof token === "object" &&
  token !== null &&
  "identifier" in token &&
  typeof token.identifier === "string";

const referenceOf = (token: ReferenceToken): Term => ({
  kind: "reference",
  identifier: token.identifier,
  stack: token.originStack,
  token,
});

/** The parts that cdktf's expressions keep, and does not declare. */
interface Parts extends IResolvable {
  readonly name?: unknown;
  readonly args?: unknown;
  readonly target?: unknown;
  readonly condition?: unknown;
  readonly trueValue?: unknown;
  readonly falseValue?: unknown;
  readonly operator?: unknown;
  readonly left?: unknown;
  readonly right?: unknown;
}

/** Undefined for what has no parts of interest, such as `Lazy` and `for`. */
function termOf(token: Parts, resolve: (value: unknown) => Marked): Term | undefined {
  const { name, args, target, operator } = token;
  if (isReference(token)) return referenceOf(token);
  if (typeof name === "string" && Array.isArray(args)) {
    return { kind: "call", name, args: args.map((arg) => unquoted(resolve(arg))) };
  }
  if (target !== undefined && Array.isArray(args)) {
    const of = typeof target === "object" && target !== null && "fqn" in target ? target.fqn : target;
    return { kind: "access", target: resolve(of), keys: args.map(resolve) };
  }
  if ("condition" in token && "trueValue" in token && "falseValue" in token) {
    const [condition, yes, no] = [token.condition, token.trueValue, token.falseValue].map(resolve);
    return { kind: "choice", condition: condition ?? null, yes: yes ?? null, no: no ?? null };
  }
  if (typeof operator === "string" && "left" in token) {
    // cdktf drops a right operand that is 0, false or "": that has a message of its own.
    if (operator !== "!" && operator !== "-" && !token.right) return undefined;
    const operands = token.right === undefined ? [token.left] : [token.left, token.right];
    return { kind: "operation", operator, operands: operands.map(resolve) };
  }
  return undefined;
}

/** cdktf quotes the texts that it gives to a function. */
function unquoted(value: Marked): Marked {
  if (typeof value === "string") {
    const [, text] = /^"(.*)"$/s.exec(value) ?? [];
    return text?.replaceAll('\\"', '"') ?? value;
  }
  return Array.isArray(value) ? value.map(unquoted) : value;
}

export function resolveMarked(scope: TerraformElement, value: unknown): Resolved {
  const resolver = new Marker();
  const resolve = (part: unknown): Marked => {
    const token = typeof part === "string" ? (soleToken(part) ?? part) : part;
    return isReference(token)
      ? resolver.mark(referenceOf(token))
      : (Tokenization.resolve(token, { scope, resolver, preparing: false }) as Marked);
  };
  return { value: resolvePlain(value as Marked, resolve) ?? null, terms: resolver.terms };
}

/** The token that a text is and nothing else: cdktf need not take the text apart again. */
function soleToken(text: string): IResolvable | undefined {
  const sole = /^\$\{TfToken\[[^\]]+\]\}$/.test(text);
  return sole ? Tokenization.reverseString(text).firstToken : undefined;
}
