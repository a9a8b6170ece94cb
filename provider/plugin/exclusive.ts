/** Runs work with the same key one after the other, in the order it came; work without a key runs at once. */
export class Exclusive {
  readonly #tails = new Map<string, Promise<unknown>>();

  async run<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
    if (key === undefined) return await work();
    const done = (this.#tails.get(key) ?? Promise.resolve()).then(work, work);
    this.#tails.set(key, done);
    try {
      return await done;
    } finally {
      if (this.#tails.get(key) === done) this.#tails.delete(key);
    }
  }
}
