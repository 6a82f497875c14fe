// The secrets that sign tokens, read while the application runs: a rotation must reach tasks that are older than it.

const CACHE_MS = 60_000; // how long a secret that was taken away after a leak is still accepted
const RETRY_MS = 5_000; // forged tokens cause no more reads than that
const STALE_MS = 15 * 60_000; // how long an outage of Parameter Store is bridged
const SHORTEST = 32; // bytes: HS256 wants 256 bits (RFC 7518, 3.2)

/** The secrets could not be read; whoever asked should try again later. */
export class SecretsUnavailableError extends Error {}

export class SigningSecrets {
  #read;
  #onError;
  #now;
  #secrets = [];
  #readAt = -Infinity;
  #triedAt = -Infinity;
  #reading;

  /**
   * @param {() => Promise<string[]>} read returns the current secret, then the previous one
   * @param {object} [options]
   * @param {(error: Error) => void} [options.onError] gets what went wrong if the last secrets are used instead
   * @param {() => number} [options.now] milliseconds that never go back
   */
  constructor(read, { onError = () => {}, now = () => performance.now() } = {}) {
    this.#read = read;
    this.#onError = onError;
    this.#now = now;
  }

  /** Whether `matches` is true for the current secret or the previous one, in this order. */
  async some(matches) {
    await this.#refresh(CACHE_MS);
    if (this.#secrets.some(matches)) return true;
    // A secret that is younger than the cache may have signed it, in another task.
    await this.#refresh(RETRY_MS);
    return this.#secrets.some(matches);
  }

  async #refresh(maxAge) {
    const now = this.#now();
    if (now - this.#readAt >= maxAge && (this.#reading || now - this.#triedAt >= RETRY_MS)) {
      this.#reading ??= this.#readAgain().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    if (this.#now() - this.#readAt >= STALE_MS) {
      throw new SecretsUnavailableError("the secrets that sign tokens cannot be read");
    }
  }

  async #readAgain() {
    this.#triedAt = this.#now();
    try {
      const secrets = await this.#read();
      // An empty or short one would let anybody sign.
      if (secrets.length === 0 || secrets.some((secret) => Buffer.byteLength(secret) < SHORTEST)) {
        throw new Error(`a secret that signs tokens is shorter than ${SHORTEST} bytes`);
      }
      this.#secrets = secrets;
      this.#readAt = this.#now();
    } catch (error) {
      this.#onError(error);
    }
  }
}
