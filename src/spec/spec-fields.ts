import { modelName } from '../config/model-name.ts'
import { fieldValues } from './field-values.ts'
import { type Finding, quoted } from './finding.ts'
import type { FrontMatter } from './front-matter.ts'
import { type Approval, SPEC_STATUSES, SPEC_TYPES, type SpecFields, VERIFICATION_STATUSES } from './spec.ts'

type Fields = { -readonly [K in keyof SpecFields]: SpecFields[K] }

/** The members of a spec that hold such values. */
type Holding<T> = {
  [K in keyof SpecFields]-?: Exclude<SpecFields[K], undefined> extends T ? K : never
}[keyof SpecFields]
type TextField = Exclude<Holding<string>, 'type' | 'status' | 'verificationStatus'>
type ListField = Exclude<Holding<readonly string[]>, 'dependsOn'>

/** What holds one text, by the name it has in the file. */
const TEXTS: ReadonlyMap<string, TextField> = new Map([
  ['prompt', 'prompt'],
  ['branch', 'branch'],
  ['completed_at', 'completedAt'],
  ['model', 'model'],
  ['schedule', 'schedule'],
  ['source_branch', 'sourceBranch'],
  ['target_branch', 'targetBranch'],
  ['original_spec', 'originalSpec'],
  ['last_verified', 'lastVerified'],
  ['replayed_at', 'replayedAt'],
  ['original_completed_at', 'originalCompletedAt'],
  ['output_schema', 'outputSchema'],
])

/** What holds a list of texts, by the name it has in the file. */
const LISTS: ReadonlyMap<string, ListField> = new Map([
  ['labels', 'labels'],
  ['target_files', 'targetFiles'],
  ['context', 'context'],
  ['commits', 'commits'],
  ['tracks', 'tracks'],
  ['informed_by', 'informedBy'],
  ['origin', 'origin'],
  ['conflicting_files', 'conflictingFiles'],
  ['blocked_specs', 'blockedSpecs'],
  ['verification_failures', 'verificationFailures'],
  ['derived_fields', 'derivedFields'],
  ['members', 'members'],
])

const OTHERS = [
  'type',
  'status',
  'depends_on',
  'verification_status',
  'replay_count',
  'approval',
  'public',
  'retry_state',
]

/** Every field chant knows, in its own spelling. */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set([...OTHERS, ...TEXTS.keys(), ...LISTS.keys()])

const NONE: readonly string[] = []

/** Reads the fields that chant knows. What does not fit is added to `findings` and reads as absent. */
export function readFields(matter: FrontMatter, findings: Finding[]): SpecFields {
  const read = fieldValues(matter, findings)
  const fields: Fields = {
    type: 'code',
    status: read.oneOf('status', SPEC_STATUSES) ?? 'pending',
    dependsOn: NONE,
    ownOrder: false,
    labels: NONE,
    targetFiles: NONE,
    context: NONE,
    commits: NONE,
    tracks: NONE,
    informedBy: NONE,
    origin: NONE,
    conflictingFiles: NONE,
    blockedSpecs: NONE,
    verificationFailures: NONE,
    derivedFields: NONE,
  }
  for (const [key, field] of matter.fields) {
    const list = LISTS.get(key)
    const text = list === undefined ? TEXTS.get(key) : undefined
    if (list !== undefined) put(fields, list, read.list(key))
    else if (key === 'model') put(fields, 'model', readModel(read.text(key), field.offset, findings))
    else if (text !== undefined) put(fields, text, read.text(key))
    else if (key === 'type') fields.type = readType(read.text(key), field.offset, findings)
    else if (key === 'depends_on') {
      const ids = read.oneOrMore(key)
      put(fields, 'dependsOn', ids)
      fields.ownOrder = ids !== undefined
    } else if (key === 'verification_status') put(fields, 'verificationStatus', read.oneOf(key, VERIFICATION_STATUSES))
    else if (key === 'replay_count') put(fields, 'replayCount', read.count(key))
    else if (key === 'approval') put(fields, 'approval', readApproval(read.nested(key)))
    else if (key === 'public') put(fields, 'public', read.flag(key))
    else if (key === 'retry_state') put(fields, 'retryState', field.value ?? undefined)
  }
  return fields
}

/** An absent field is absent, not `undefined`. */
function put<K extends keyof Fields>(fields: Fields, name: K, value: Fields[K] | undefined): void {
  if (value !== undefined) fields[name] = value
}

function readType(type = 'code', offset: number, findings: Finding[]): string {
  const meant = SPEC_TYPES.find((known) => known === type.trim().toLowerCase())
  if (meant === type) return type
  if (meant !== undefined) {
    const message = `front matter: "type" is ${quoted(type)}, expected ${meant} in small letters with no blank or line end around it`
    findings.push({ offset, code: 'wrong-type', severity: 'error', message })
  } else {
    const message = `front matter: "type" is ${quoted(type)}, which chant does not know (${SPEC_TYPES.join(', ')}): here it is worked as code, chant refuses the file`
    findings.push({ offset, code: 'unknown-type', severity: 'warning', message })
  }
  return type
}

function readModel(model: string | undefined, offset: number, findings: Finding[]): string | undefined {
  const named = model === undefined ? undefined : modelName(model)
  if (named?.ok === false) {
    const message = `front matter: "model" is ${quoted(model ?? '')}, expected ${named.error}`
    findings.push({ offset, code: 'invalid-model', severity: 'error', message })
  }
  return model
}

function readApproval(read: ReturnType<typeof fieldValues> | undefined): Approval | undefined {
  if (read === undefined) return undefined
  const [by, at] = [read.text('by'), read.text('at')]
  return {
    required: read.answer('required') ?? false,
    status: read.oneOf('status', ['pending', 'approved', 'rejected']) ?? 'pending',
    ...(by === undefined ? {} : { by }),
    ...(at === undefined ? {} : { at }),
  }
}
