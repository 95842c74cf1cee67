/** Names of environment variables for secrets, such as `ACME_LEDGER_CLIENT_SECRET`. Each name is given once. */
export class Variables {
  readonly #names = new Set<string>();

  /** A reference to a new variable, named after these parts. */
  referenceTo(...parts: readonly string[]): string {
    const plain = parts
      .join('_')
      .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
      .replaceAll(/[^A-Za-z0-9]+/g, '_')
      .toUpperCase();
    // A POSIX name must not begin with a digit.
    const first = /^\d/.test(plain) ? `N_${plain}` : plain;
    let name = first;
    for (let n = 2; this.#names.has(name); n++) name = `${first}_${n}`;
    this.#names.add(name);
    return `\${env:${name}}`;
  }

  get names(): string[] {
    return [...this.#names].sort();
  }
}
