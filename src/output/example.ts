/** Stands for text. */
export const PLACEHOLDER = '…'
/** Deeper levels of a schema are left empty. */
const MAX_DEPTH = 6
/** Besides what is required, as many fields of an object as chant shows. */
const OPTIONAL = 3

/**
 * A value of the form that a schema asks for, to be shown to an agent: made of its `properties`, with `…` for text. Undefined where
 * the schema describes no object or array of its own. It need not fit: `pattern`, `$ref` and the like are not looked at.
 */
export function exampleFor(schema: unknown): object | undefined {
  const value = valueFor(schema, 0)
  return typeof value === 'object' && value !== null ? value : undefined
}

function valueFor(schema: unknown, depth: number): unknown {
  if (!isObject(schema) || depth > MAX_DEPTH) return null
  if ('const' in schema) return schema['const']
  for (const choices of [schema['examples'], schema['enum']])
    if (Array.isArray(choices) && choices.length > 0) return choices[0]
  const { type, properties, items } = schema
  const kind = Array.isArray(type) ? type[0] : (type ?? (isObject(properties) ? 'object' : undefined))
  switch (kind) {
    case 'string':
      return PLACEHOLDER
    case 'integer':
    case 'number':
      return numberOf(schema['minimum']) ?? 0
    case 'boolean':
      return true
    case 'array':
      return items === undefined ? [PLACEHOLDER] : [valueFor(items, depth + 1)]
    case 'object':
      return objectFor(isObject(properties) ? properties : {}, schema['required'], depth)
    default:
      return null
  }
}

function objectFor(properties: Readonly<Record<string, unknown>>, required: unknown, depth: number): object {
  const needed = (name: string): boolean => Array.isArray(required) && required.includes(name)
  const names = Object.keys(properties)
  const optional = names.filter((name) => !needed(name)).slice(0, OPTIONAL)
  const shown = names.filter((name) => needed(name) || optional.includes(name))
  return Object.fromEntries(shown.map((name) => [name, valueFor(properties[name], depth + 1)]))
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
