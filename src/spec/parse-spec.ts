import { err, ok, type Result } from '../result.ts'
import { findCriteria, findTitle, isCriteriaHeading } from './criteria.ts'
import type { Diagnostic } from './diagnostic.ts'
import { fieldValues } from './field-values.ts'
import { type Finding, locate, placesIn, quoted } from './finding.ts'
import { type FrontMatter, parseFrontMatter } from './front-matter.ts'
import { outsideCode } from './markdown-lines.ts'
import { type Approval, SPEC_STATUSES, SPEC_TYPES, type Spec, type SpecFields } from './spec.ts'
import { parseSpecId } from './spec-id.ts'

/**
 * Reads a spec.
 *
 * @param name the file name without `.md`
 * @param file the path for diagnostics, relative to the project directory, with `/`
 * @param text the whole file, a byte order mark included
 * @returns the spec and what is odd about it, or every reason why it cannot be worked
 */
export function parseSpec(
  name: string,
  file: string,
  text: string,
): Result<{ readonly spec: Spec; readonly warnings: readonly Diagnostic[] }, readonly Diagnostic[]> {
  const id = parseSpecId(name)
  const findings: Finding[] = []
  if (!id.ok) findings.push({ offset: 0, code: 'invalid-id', severity: 'error', message: id.error })
  const matter = parseFrontMatter(text)
  if (!matter.ok) return err(locate([...findings, ...matter.error], file, text))

  findings.push(...matter.value.warnings)
  const known = readFields(matter.value, findings)
  const bodyStart = matter.value.block?.bodyStart ?? (text.startsWith('\uFEFF') ? 1 : 0)
  const body = text.slice(bodyStart)
  const bodyLine = placesIn(text)(bodyStart).line
  const outline = outsideCode(body, bodyLine)
  const warnings: Diagnostic[] = locate(findings, file, text)
  if (!id.ok || warnings.some((finding) => finding.severity === 'error')) return err(warnings)

  const { unclosed } = outline
  // Not worth a word where it hides nothing: chant itself leaves the fence of its `## Agent Output` open.
  if (
    unclosed !== undefined &&
    body
      .split(/\r?\n/)
      .slice(unclosed.line - bodyLine)
      .some(isCriteriaHeading)
  ) {
    const message = `the code fence ${unclosed.fence} is never closed, so the acceptance criteria below it do not count`
    warnings.push({ file, line: unclosed.line, column: 1, code: 'unclosed-code-fence', severity: 'warning', message })
  }
  const fields = [...matter.value.fields.values()]
  const spec: Spec = {
    ...known,
    id: id.value,
    file,
    title: findTitle(outline.lines) ?? id.value,
    unknown: Object.fromEntries(
      fields.filter(({ key }) => !KNOWN_FIELDS.has(key)).map(({ key, value }) => [key, value]),
    ),
    head: text.slice(0, bodyStart),
    body,
    bodyLine,
    criteria: findCriteria(outline.lines),
    fieldLines: Object.fromEntries(fields.map(({ key, line }) => [key, line])),
  }
  return ok({ spec, warnings })
}

/** Every field chant knows, in its own spelling. */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...[
    'type',
    'status',
    'depends_on',
    'labels',
    'target_files',
    'context',
    'commits',
    'tracks',
    'informed_by',
    'origin',
  ],
  ...['conflicting_files', 'blocked_specs', 'verification_failures', 'derived_fields', 'members', 'prompt', 'branch'],
  ...['completed_at', 'model', 'schedule', 'source_branch', 'target_branch', 'original_spec', 'last_verified'],
  ...['verification_status', 'replayed_at', 'replay_count', 'original_completed_at', 'approval', 'output_schema'],
  ...['public', 'retry_state'],
])

function readFields(matter: FrontMatter, findings: Finding[]): SpecFields {
  const { text, list, oneOrMore, flag, count, oneOf } = fieldValues(matter, findings)
  const type = text('type') ?? 'code'
  if (!SPEC_TYPES.some((known) => known === type)) {
    const message = `front matter: "type" is ${quoted(type)}, which chant does not know (${SPEC_TYPES.join(', ')})`
    const offset = matter.fields.get('type')?.offset ?? 0
    findings.push({ offset, code: 'unknown-type', severity: 'warning', message })
  }
  return {
    type,
    status: oneOf('status', SPEC_STATUSES) ?? 'pending',
    dependsOn: oneOrMore('depends_on') ?? [],
    labels: list('labels') ?? [],
    targetFiles: list('target_files') ?? [],
    context: list('context') ?? [],
    commits: list('commits') ?? [],
    tracks: list('tracks') ?? [],
    informedBy: list('informed_by') ?? [],
    origin: list('origin') ?? [],
    conflictingFiles: list('conflicting_files') ?? [],
    blockedSpecs: list('blocked_specs') ?? [],
    verificationFailures: list('verification_failures') ?? [],
    derivedFields: list('derived_fields') ?? [],
    ...present({
      members: list('members'),
      prompt: text('prompt'),
      branch: text('branch'),
      completedAt: text('completed_at'),
      model: text('model'),
      schedule: text('schedule'),
      sourceBranch: text('source_branch'),
      targetBranch: text('target_branch'),
      originalSpec: text('original_spec'),
      lastVerified: text('last_verified'),
      verificationStatus: oneOf('verification_status', ['passed', 'failed', 'partial']),
      replayedAt: text('replayed_at'),
      replayCount: count('replay_count'),
      originalCompletedAt: text('original_completed_at'),
      approval: readApproval(matter, findings),
      outputSchema: text('output_schema'),
      public: flag('public'),
      retryState: matter.fields.get('retry_state')?.value ?? undefined,
    }),
  }
}

function readApproval(matter: FrontMatter, findings: Finding[]): Approval | undefined {
  const approval = fieldValues(matter, findings).nested('approval')
  if (approval === undefined) return undefined
  return {
    required: approval.flag('required') ?? false,
    status: approval.oneOf('status', ['pending', 'approved', 'rejected']) ?? 'pending',
    ...present({ by: approval.text('by'), at: approval.text('at') }),
  }
}

/** The object without its undefined members: an absent field is absent, not `undefined`. */
function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
