import { fields } from './json.ts'

/** Arguments that say most about a call, best first, by the names that CLIs give them. */
const TELLING = [
  'command',
  'cmd',
  'file_path',
  'filePath',
  'absolute_path',
  'path',
  'notebook_path',
  'pattern',
  'query',
  'url',
  'skill',
  'description',
  'prompt',
]

/** One line for a call of a tool; empty where the arguments say nothing. */
export function toolSummary(args: unknown): string {
  const given = fields(args)
  for (const name of TELLING) {
    const value = given[name]
    if (typeof value === 'string' && value.trim() !== '') return onOneLine(value)
    if (Array.isArray(value) && value.every((part) => typeof part === 'string') && value.length > 0)
      return onOneLine(value.join(' '))
  }
  return onOneLine(Object.values(given).find((value): value is string => typeof value === 'string') ?? '')
}

const onOneLine = (text: string): string => text.trim().replace(/\s+/g, ' ')
