import { runTool } from './command.mjs'

/**
 * Format and rules by Biome, among them the ones that keep the core pure (biome.json, core-is-pure.grit).
 * @type {import('../check.mjs').Part}
 */
export async function lint(root) {
  const args = ['ci', '--reporter=json', '--max-diagnostics=none', '--colors=off', '.']
  const { code, stdout, stderr } = await runTool(root, '@biomejs/biome/bin/biome', args)
  if (code === 0) return []
  const found = problems(stdout)
  return found.length > 0 ? found : [stderr.trim() || `biome ended with ${code}`]
}

/** @param {string} report what `--reporter=json` prints */
function problems(report) {
  if (!report.trimStart().startsWith('{')) return []
  /** @type {{ diagnostics: { severity: string, message: string, category: string, location?: { path?: string, start?: { line: number, column: number } } }[] }} */
  const { diagnostics } = JSON.parse(report)
  return diagnostics
    .filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ message, category, location }) => {
      const place = [location?.path, location?.start?.line, location?.start?.column].filter(Boolean).join(':')
      return `${place} ${message} (${category})`
    })
}
