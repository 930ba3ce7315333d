/** The part of a run key that a person recognises: GitHub's run id, or the local time. */
export const runIdOf = (key: string): string =>
  key.startsWith('local-') ? key.slice('local-'.length) : (key.split('-')[0] ?? key)
