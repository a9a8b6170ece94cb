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

/** A reference as cdktf keeps it: `iec_vpc_subnet.web.id`, and the stack in which that name holds. */
export interface ReferenceToken extends IResolvable {
  readonly identifier: string;
  readonly originStack?: TerraformStack;
}

/** Plain data, in whose texts a mark stands for each reference. */
export type Marked =
  null | boolean | number | string | readonly Marked[] | { readonly [key: string]: Marked };

export interface Resolved {
  readonly value: Marked;
  readonly references: readonly ReferenceToken[];
}

// Characters of Unicode's private use area: no configuration holds them.
const [OPEN, CLOSE] = ["\uE000", "\uE001"];
/** One mark; its group is the number of the reference. */
export const MARK = new RegExp(`${OPEN}(\\d+)${CLOSE}`);

/** Resolves as cdktf does, but leaves a mark for each reference: also in `Fn`, conditionals, lists and `Lazy`. */
class Marker extends DefaultTokenResolver {
  readonly references: ReferenceToken[] = [];
  constructor() {
    super(new StringConcat());
  }
  override resolveToken(token: IResolvable, context: IResolveContext, post: IPostProcessor): unknown {
    if (!isReference(token)) return super.resolveToken(token, context, post);
    this.references.push(token);
    return `${OPEN}${this.references.length - 1}${CLOSE}`;
  }
}

const isReference = (token: IResolvable): token is ReferenceToken =>
  "identifier" in token && typeof token.identifier === "string";

export function resolveMarked(scope: TerraformElement, value: unknown): Resolved {
  const resolver = new Marker();
  const resolved = Tokenization.resolve(value, { scope, resolver, preparing: false }) as Marked | undefined;
  return { value: resolved ?? null, references: resolver.references };
}
