/** A prompt that is ready to be filled in. */
export interface PromptTemplate {
  readonly name: string
  /** With everything that it extends. */
  readonly text: string
  /** Texts of `defaults.prompt_extensions`, in their order: they come last. */
  readonly extensions: readonly string[]
}
