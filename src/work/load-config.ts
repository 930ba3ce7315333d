import { type AccountsRead, readAgentsFile, readAgentsInput } from '../config/accounts.ts'
import { type MergedConfig, mergeConfig } from '../config/merge.ts'
import { readConfig } from '../config/read-config.ts'
import { err, ok, type Result } from '../result.ts'
import { type ConfigText, readConfigFiles } from '../shell/config-files.ts'
import { type NamedFrom, prefixOf } from '../shell/named-file.ts'
import { below, type Diagnostic, formatDiagnostic, isElsewhere } from '../spec/diagnostic.ts'

/** Why nothing is started: one sentence that says what to do, and the place in a file where that is. */
export interface Refusal {
  readonly message: string
  /** Its file is a path from the root of the repository. */
  readonly place?: Pick<Diagnostic, 'file' | 'line' | 'column'>
}

export interface LoadedConfig {
  readonly merged: MergedConfig
  readonly warnings: readonly Diagnostic[]
}

/** More than these are one mistake, made often. */
const SHOWN = 5

/** As `readConfiguration`; the error names the places that are wrong, and is shown beside the first that a project's file has. */
export function loadConfig(
  from: NamedFrom,
  agentsInput: string,
  home: string | undefined,
): Result<LoadedConfig, Refusal> {
  const read = readConfiguration(from, agentsInput, home)
  return read.ok ? read : err(refusal(read.error, prefixOf(from)))
}

/**
 * The project's configuration, from its own files, the global one and the input `agents`, or everything that is wrong with it.
 *
 * @param home `$HOME`
 */
export function readConfiguration(
  { directory, root }: NamedFrom,
  agentsInput: string,
  home: string | undefined,
): Result<LoadedConfig, readonly Diagnostic[]> {
  const texts = readConfigFiles(directory, root, home)
  if (!texts.ok) return texts
  const warnings: Diagnostic[] = []
  const errors: Diagnostic[] = []
  /** What a reader made of a file, its diagnostics put aside. */
  const take = <T extends { readonly warnings: readonly Diagnostic[] }>(
    read: Result<T, readonly Diagnostic[]> | undefined,
  ): T | undefined => {
    if (read?.ok) warnings.push(...read.value.warnings)
    else if (read) errors.push(...read.error.filter(({ severity }) => severity === 'error'))
    return read?.ok ? read.value : undefined
  }
  const layer = (text: ConfigText | undefined) => take(text && readConfig(text.file, text.text))?.layer
  const accounts = (file: string, read: AccountsRead | undefined) => (read ? [{ ...read, file }] : [])
  const { agents } = texts.value
  const layers = {
    global: layer(texts.value.global),
    project: layer(texts.value.project),
    accounts: [
      ...accounts('input agents', take(readAgentsInput('input agents', agentsInput))),
      ...accounts(agents?.file ?? '', take(agents && readAgentsFile(agents.file, agents.text))),
    ],
  }
  return errors.length > 0 ? err(errors) : ok({ merged: mergeConfig(layers), warnings })
}

function refusal(found: readonly Diagnostic[], prefix: string): Refusal {
  const errors = found.map((each) => ({ ...each, file: below(prefix, each.file) }))
  const more = errors.length > SHOWN ? [`and ${errors.length - SHOWN} more`] : []
  const shown = errors.slice(0, SHOWN).map(formatDiagnostic)
  const first = errors.find(({ file }) => !isElsewhere(file))
  return {
    message: `The configuration cannot be used: ${[...shown, ...more].join('; ')}.`,
    ...(first ? { place: { file: first.file, line: first.line, column: first.column } } : {}),
  }
}
