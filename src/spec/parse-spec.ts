import { err, ok, type Result } from '../result.ts'
import { findCriteria, findTitle, isCriteriaHeading } from './criteria.ts'
import type { Diagnostic } from './diagnostic.ts'
import { type Finding, locate } from './finding.ts'
import { parseFrontMatter } from './front-matter.ts'
import { outsideCode } from './markdown-lines.ts'
import type { Spec } from './spec.ts'
import { KNOWN_FIELDS, readFields } from './spec-fields.ts'
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
  const { start, line: bodyLine } = matter.value.body
  const body = text.slice(start)
  const outline = outsideCode(body, bodyLine, false)
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
    const message = `the code fence ${unclosed.fence} is never closed, so the acceptance criteria below it do not count; close it with a line ${unclosed.fence}`
    warnings.push({ file, line: unclosed.line, column: 1, code: 'unclosed-code-fence', severity: 'warning', message })
  }
  const fieldLines: Record<string, number> = {}
  const unknown: [key: string, value: unknown][] = []
  for (const [key, field] of matter.value.fields) {
    fieldLines[key] = field.line
    if (!KNOWN_FIELDS.has(key)) unknown.push([key, field.value])
  }
  const spec: Spec = {
    ...known,
    id: id.value,
    file,
    title: findTitle(outline.lines) ?? id.value,
    unknown: Object.fromEntries(unknown),
    head: text.slice(0, start),
    body,
    bodyLine,
    criteria: findCriteria(outline.lines),
    fieldLines,
  }
  return ok({ spec, warnings })
}
