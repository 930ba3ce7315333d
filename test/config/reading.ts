import type { AccountsRead } from '../../src/config/accounts.ts'
import type { ConfigLayer, LayerRead } from '../../src/config/read-config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { Result } from '../../src/result.ts'
import { type Diagnostic, formatDiagnostic } from '../../src/spec/diagnostic.ts'

export const FILE = '.chant/config.md'

/** A file whose front matter is this YAML. */
export const configText = (yaml: string): string => `---\n${yaml}\n---\n\n# About it\n`

export function layer(yaml: string, file = FILE): ConfigLayer {
  const read = readConfig(file, configText(yaml))
  if (!read.ok) throw new Error(read.error.map(formatDiagnostic).join('\n'))
  return read.value.layer
}

/** What a reader has to say, one on a line: `error wrong-type .chant/config.md:2:3 …`. */
export function remarks(read: Result<LayerRead | AccountsRead, readonly Diagnostic[]>): string {
  const diagnostics = read.ok ? read.value.warnings : read.error
  return diagnostics.map((d) => `${d.severity} ${d.code} ${formatDiagnostic(d)}`).join('\n')
}
