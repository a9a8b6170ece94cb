import { Node } from "constructs";

/** What `Node` keeps to itself: it adds a construct to its scope, and throws where the id is taken. */
interface Scope {
  addChild?(this: Node, child: unknown, name: string): void;
}

let kept = false;

/** From now on constructs of one id in one scope are all kept, for validation to report them together. */
export function keepDuplicates(): void {
  const scope = Node.prototype as unknown as Scope;
  const { addChild } = scope;
  if (kept || addChild === undefined) return;
  kept = true;
  scope.addChild = function (child, name) {
    let free = name;
    // No id holds the separator of paths.
    for (let i = 2; this.tryFindChild(name) !== undefined && hasChild(this, free); i++) free = `${name}/${i}`;
    addChild.call(this, child, free);
  };
}

const hasChild = (node: Node, name: string): boolean =>
  Object.hasOwn((node as unknown as { readonly _children?: object })._children ?? {}, name);
