/** Replaces secrets by `***` in everything that leaves a step. */
export class SecretMask {
  readonly #secrets = new Set<string>()

  /** A secret of several lines is also one secret for each line. */
  add(secret: string): void {
    for (const part of [secret, ...secret.split(/\r?\n/)]) if (part.trim() !== '') this.#secrets.add(part)
  }

  apply(text: string): string {
    // Longest first, so that no rest of a longer secret stays behind a shorter one.
    const secrets = [...this.#secrets].sort((a, b) => b.length - a.length)
    return secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text)
  }
}
