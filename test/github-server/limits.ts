/** Limits that GitHub documents or enforces, and its description lacks (docs.github.com/rest/checks/runs, /rest/issues/comments). */

const OUTPUT = 65_535
const COMMENT = 65_536
/** Of names and titles, in characters. */
const NAME = 255
const MESSAGE = 64 * 1024
const ANNOTATIONS = 50

type Fields = Readonly<Record<string, unknown>>

/** What GitHub would refuse in a check run that is created or updated, one sentence each. */
export function wrongCheckRun(body: Fields): readonly string[] {
  const output = fields(body['output'])
  const annotations = listOf(output['annotations'])
  return [
    ...unknownFields('check run', body, CHECK_FIELDS),
    ...tooLong('name', body['name'], NAME),
    ...tooLong('external_id', body['external_id'], NAME),
    ...tooLong('output.title', output['title'], NAME),
    // Characters in the documents; bytes are never fewer, and are what the action promises.
    ...tooManyBytes('output.summary', output['summary'], OUTPUT),
    ...tooManyBytes('output.text', output['text'], OUTPUT),
    ...(body['status'] === 'completed' && body['conclusion'] === undefined
      ? ['conclusion is required with the status completed']
      : []),
    ...(body['status'] !== 'completed' && body['conclusion'] !== undefined
      ? ['conclusion is only for the status completed']
      : []),
    ...(annotations.length > ANNOTATIONS
      ? [`${annotations.length} annotations: at most ${ANNOTATIONS} are taken`]
      : []),
    ...annotations.flatMap(wrongAnnotation),
  ]
}

function wrongAnnotation(annotation: Fields): readonly string[] {
  const { path, start_line: start, end_line: end, message } = annotation
  return [
    ...(typeof path !== 'string' || path === '' || path.startsWith('/') ? ['annotation.path is not relative'] : []),
    ...(typeof start !== 'number' || typeof end !== 'number' || start < 1 || end < start ? ['annotation lines'] : []),
    ...(annotation['start_column'] !== undefined && start !== end
      ? ['annotation.start_column needs a single line']
      : []),
    ...(message === '' ? ['annotation.message is empty'] : []),
    ...tooLong('annotation.title', annotation['title'], NAME),
    ...tooManyBytes('annotation.message', message, MESSAGE),
  ]
}

/** What GitHub would refuse in a comment. */
export const wrongComment = (body: Fields): readonly string[] => [
  ...unknownFields('comment', body, ['body']),
  ...(body['body'] === '' ? ['body cannot be blank'] : []),
  ...tooLong('body', body['body'], COMMENT),
]

const CHECK_FIELDS = [
  'name',
  'head_sha',
  'details_url',
  'external_id',
  'status',
  'started_at',
  'conclusion',
  'completed_at',
  'output',
  'actions',
]

/** GitHub ignores them without a word, so that a misspelt one would never be noticed. */
const unknownFields = (what: string, body: Fields, known: readonly string[]): readonly string[] =>
  Object.keys(body)
    .filter((name) => !known.includes(name))
    .map((name) => `a ${what} has no ${name}`)

const tooLong = (name: string, value: unknown, limit: number): readonly string[] =>
  typeof value === 'string' && [...value].length > limit ? [`${name} is longer than ${limit} characters`] : []

const tooManyBytes = (name: string, value: unknown, limit: number): readonly string[] =>
  typeof value === 'string' && Buffer.byteLength(value) > limit ? [`${name} is longer than ${limit} bytes`] : []

/** The fields of a JSON object; of anything else none. */
export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {}

export const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : [])
