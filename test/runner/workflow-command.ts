/**
 * Workflow commands as actions/runner (2.336) finds them in a line of output. Two spellings:
 * `::name key=value,key=value::data`, at the start of a line after white space, and `##[name key=value;key=value]data`,
 * anywhere in a line. Only names that the runner knows are commands, in any case of letters.
 */

export interface WorkflowCommand {
  /** In lower case. */
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

/** What the runner knows besides the token that ends `stop-commands`. */
export const KNOWN_COMMANDS: readonly string[] = [
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]

/** The command in a line, if there is one; `names` are in lower case. */
export function parseWorkflowCommand(line: string, names: ReadonlySet<string>): WorkflowCommand | undefined {
  return parseColonForm(line, names) ?? parseBracketForm(line, names)
}

function parseColonForm(line: string, names: ReadonlySet<string>): WorkflowCommand | undefined {
  const text = line.trimStart()
  if (!text.startsWith('::')) return undefined
  const end = text.indexOf('::', 2)
  if (end < 0) return undefined
  const escapes = { '%0D': '\r', '%0A': '\n', '%25': '%' }
  return command(text.slice(2, end), ',', names, { ...escapes, '%3A': ':', '%2C': ',' }, text.slice(end + 2), escapes)
}

function parseBracketForm(line: string, names: ReadonlySet<string>): WorkflowCommand | undefined {
  const start = line.indexOf('##[')
  if (start < 0) return undefined
  const end = line.indexOf(']', start)
  if (end < 0) return undefined
  const escapes = { '%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']', '%25': '%' }
  return command(line.slice(start + 3, end), ';', names, escapes, line.slice(end + 1), escapes)
}

type Escapes = Readonly<Record<string, string>>

function command(
  head: string,
  separator: string,
  names: ReadonlySet<string>,
  headEscapes: Escapes,
  data: string,
  dataEscapes: Escapes,
): WorkflowCommand | undefined {
  const space = head.indexOf(' ')
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase()
  if (!names.has(name)) return undefined
  const pairs =
    space < 0
      ? []
      : head
          .slice(space + 1)
          .trim()
          .split(separator)
  const properties: Record<string, string> = {}
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals > 0 && equals < pair.length - 1) {
      properties[pair.slice(0, equals)] = decode(pair.slice(equals + 1), headEscapes)
    }
  }
  return { name, properties, data: decode(data, dataEscapes) }
}

const decode = (text: string, escapes: Escapes): string =>
  text.replace(/%[0-9A-F]{2}/g, (code) => escapes[code] ?? code)
