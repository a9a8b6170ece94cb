/**
 * All items of a list that leaves something out, each shown by itself. Undefined when that takes more calls than
 * `maxPages`. Items that go in between are left out.
 */
export async function listEach<B, T>(
  brief: () => Promise<readonly B[] | undefined>,
  show: (item: B) => Promise<T>,
  maxPages = Infinity,
): Promise<T[] | undefined> {
  const items = await brief();
  if (items === undefined || items.length >= maxPages) return undefined;
  const shown = await Promise.all(items.map((item) => show(item).catch(ifGone)));
  return shown.filter((item) => item !== undefined);
}

function ifGone(error: unknown): undefined {
  if (error instanceof Error && "isNotFound" in error && error.isNotFound === true) return undefined;
  throw error;
}
