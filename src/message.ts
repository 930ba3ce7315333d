/** What a caught value says, as part of a sentence. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
