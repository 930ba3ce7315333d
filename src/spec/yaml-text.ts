import { Document, Scalar } from 'yaml'

/**
 * How a scalar is written: `natural` quotes only what would not stay a string, `flow` is the same between brackets,
 * where a comma or bracket ends a bare value.
 */
export type ScalarStyle = 'natural' | 'flow' | 'single' | 'double'

/** chant writes its times bare, and YAML 1.2 reads them as text. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/
/** Characters that a line of a file cannot show or that end it somewhere. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/

/** A string as a YAML scalar on one line that every YAML reader reads back as that string. */
export function yamlScalar(value: string, style: ScalarStyle): string {
  if (UNSAFE.test(value) || !value.isWellFormed()) return escaped(value)
  if (TIME.test(value) && (style === 'natural' || style === 'flow')) return value
  const scalar = new Scalar(value)
  if (style === 'single' || (style === 'flow' && /[,[\]{}]/.test(value))) scalar.type = 'QUOTE_SINGLE'
  if (style === 'double') scalar.type = 'QUOTE_DOUBLE'
  // Readers of YAML 1.1 see numbers and booleans in more places (`0b101`, `1_000`, `yes`): these are quoted too.
  const document = new Document(scalar, { compat: 'yaml-1.1' })
  return document.toString({ lineWidth: 0, singleQuote: true, blockQuote: false }).replace(/\n$/, '')
}

/** Double-quoted with JSON's escapes, which are YAML's too. */
function escaped(value: string): string {
  const hex = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, hex)
}

/** `[a, b]` */
export const flowList = (values: readonly string[]): string =>
  `[${values.map((value) => yamlScalar(value, 'flow')).join(', ')}]`

/** `- a` on lines of their own, all but the first behind `indent`; no newline at the end. Not for an empty list. */
export const blockList = (values: readonly string[], indent: string, newline: string): string =>
  values.map((value) => `- ${yamlScalar(value, 'natural')}`).join(newline + indent)

/** `{a: 1}`: keys that need no quotes. */
export const flowMap = (values: Readonly<Record<string, string | boolean>>): string =>
  `{${Object.entries(values)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? yamlScalar(value, 'flow') : value}`)
    .join(', ')}}`

/** `a: 1` on lines of their own, all but the first behind `indent`; no newline at the end. Not for an empty mapping. */
export const blockMap = (values: Readonly<Record<string, string | boolean>>, indent: string, newline: string): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? yamlScalar(value, 'natural') : value}`)
    .join(newline + indent)
