/** Keys of model vendors by the names that CLIs for many of them use (`provider/model`); the first is the usual one. */
const KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['amazon-bedrock', ['AWS_BEARER_TOKEN_BEDROCK']],
  ['anthropic', ['ANTHROPIC_API_KEY']],
  ['azure', ['AZURE_API_KEY']],
  ['azure-openai', ['AZURE_OPENAI_API_KEY']],
  ['cerebras', ['CEREBRAS_API_KEY']],
  ['deepseek', ['DEEPSEEK_API_KEY']],
  ['fireworks', ['FIREWORKS_API_KEY']],
  ['google', ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY', 'GOOGLE_API_KEY']],
  ['groq', ['GROQ_API_KEY']],
  ['mistral', ['MISTRAL_API_KEY']],
  ['moonshotai', ['MOONSHOT_API_KEY']],
  ['openai', ['OPENAI_API_KEY']],
  ['opencode', ['OPENCODE_API_KEY']],
  ['openrouter', ['OPENROUTER_API_KEY']],
  ['xai', ['XAI_API_KEY']],
  ['zai', ['ZAI_API_KEY']],
])

/** Of the provider that a model names; none where it names no provider that is known here. */
export function keysOf(model: string | undefined): readonly string[] {
  const provider = model?.includes('/') ? model.slice(0, model.indexOf('/')) : ''
  return KEYS.get(provider) ?? []
}
