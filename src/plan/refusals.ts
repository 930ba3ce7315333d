import type { Diagnostic } from '../spec/diagnostic.ts'
import { quoted } from '../spec/finding.ts'
import type { BrokenSpec, Spec, SpecStatus } from '../spec/spec.ts'
import type { NotPlanned } from './plan.ts'

/** Why a spec is not worked, in words and with its place; who asked for it is not known here. */
export type Refusal = Omit<NotPlanned, 'asked'>

export function refuseBroken(broken: BrokenSpec): Refusal {
  const [first, ...others] = broken.diagnostics
  const more = others.length > 0 ? ` (and ${others.length} more)` : ''
  return {
    specId: broken.name,
    title: broken.name,
    file: broken.file,
    ...(first ? { line: first.line, column: first.column } : {}),
    reason: { type: 'invalid-spec' },
    message: `Cannot be read as a spec: ${first?.message ?? 'no reason is known'}${more}`,
  }
}

/** The file can be read, and what it says cannot be worked. The cause may stand in another file: the prompt that it names. */
export function refuseFault({ id, title }: Spec, { file, line, column, message, advice }: Diagnostic): Refusal {
  const words = advice === undefined ? message : `${message} ${advice}`
  return { specId: id, title, file, line, column, reason: { type: 'invalid-spec' }, message: words }
}

/** `alone` = it carries a label that was asked for, and none of its members does. */
export function refuseDriver(spec: Spec, members: readonly string[], alone: boolean): Refusal {
  return refuse(spec, 'type', { type: 'driver', members }, driverMessage(spec, members, alone))
}

function driverMessage(spec: Spec, members: readonly string[], alone: boolean): string {
  if (members.length === 0)
    return `Is a driver (type ${spec.type}) without members, so there is nothing to work. Add ${spec.id}.1.md, or change its type.`
  const message = `Is a driver: its members are worked, ${spec.id} itself never is.`
  return alone ? `${message} None of them has the label: put it on those that are meant.` : message
}

export function refuseStatus(spec: Spec): Refusal {
  return refuse(spec, 'status', { type: 'status', status: spec.status }, statusMessage(spec.status))
}

function statusMessage(status: SpecStatus): string {
  switch (status) {
    case 'in_progress':
      return 'Somebody works it already (in_progress). If nobody does any more, set its status to pending.'
    case 'needs_attention':
      return 'Needs the attention of a person (needs_attention). Then set its status to pending.'
    default:
      return `Is ${status}. To have it worked, set its status to pending.`
  }
}

/** `gate` is the spec that has to be approved: the spec itself, or a driver it is in. */
export function refuseApproval(spec: Spec, gate: Spec): Refusal {
  const cause = gate.approval?.status === 'rejected' ? 'was rejected' : 'is not approved yet'
  const who = gate === spec ? `It ${cause}` : `Its driver ${gate.id} ${cause}`
  const message = `${who}. Approve it with \`chant approve ${gate.id} --by <name>\`.`
  return refuse(spec, 'approval', { type: 'approval-required' }, message)
}

export function refuseMissing(spec: Spec, missing: readonly string[]): Refusal {
  const who = missing.some((id) => spec.dependsOn.includes(id)) ? 'Depends' : 'Its driver depends'
  // chant's form for a spec of another repository is `repository:id`.
  const [what, advice] = missing.every((id) => /^[\w-]+:/.test(id))
    ? ['in another repository, into which a run does not look', 'When it is done there, take it out of `depends_on`']
    : [missing.length > 1 ? 'which do not exist' : 'which does not exist', 'Correct `depends_on`']
  const message = `${who} on ${listOf(missing.map(shown))}, ${what}. ${advice}, or set \`skip-deps\`.`
  return refuse(spec, 'depends_on', { type: 'missing-dependency', specs: missing }, message)
}

/**
 * @param cycle closed: first = last
 * @param driverOf the driver because of which one of them waits for the next, where the member itself does not say so
 */
export function refuseCycle(
  spec: Spec,
  cycle: readonly string[],
  driverOf: (id: string, need: string) => string | undefined,
): Refusal {
  const who = cycle.includes(spec.id) ? 'Waits for itself' : 'Waits for specs that wait for each other'
  const { path, more } = partOf(cycle, spec.id)
  const through = path.slice(0, -1).flatMap((id, at) => {
    const driver = driverOf(id, path[at + 1] ?? '')
    return driver === undefined ? [] : [`${id} because of its driver ${driver}`]
  })
  const because = through.length > 0 ? ` (${listOf(through)})` : ''
  const message = `${who}: ${path.join(' → ')}${more > 0 ? ` → … ${more} more … → ${path[0]}` : ''}${because}. Take one of these out of \`depends_on\`, or set \`skip-deps\`.`
  return refuse(spec, 'depends_on', { type: 'cycle', cycle: path }, message)
}

/** Specs of a cycle that are named: more of them in every spec of a long one would be its square. */
const NAMED = 10

/** A cycle as it is, or of a long one what the spec waits for next, and how many more there are. */
function partOf(cycle: readonly string[], id: string): { readonly path: readonly string[]; readonly more: number } {
  const ring = cycle.slice(0, -1)
  if (ring.length <= NAMED) return { path: cycle, more: 0 }
  const at = Math.max(0, ring.indexOf(id))
  return { path: [...ring.slice(at), ...ring.slice(0, at)].slice(0, NAMED), more: ring.length - NAMED }
}

export interface Unmet {
  readonly id: string
  /** Its status, or what stands for it. */
  readonly status: string
  /** It could be worked, had it been chosen. */
  readonly addable: boolean
}

export function refuseNeeds(spec: Spec, unmet: readonly Unmet[]): Refusal {
  const them = unmet.length > 1 ? 'them' : 'it'
  const advice = unmet.every(({ addable }) => addable) ? `Add ${them} to \`specs\`` : `Complete ${them} first`
  const names = listOf(unmet.map(({ id, status }) => `${id} (${status})`))
  const message = `Needs ${names}, not completed and not worked by this run. ${advice}, or set \`skip-deps\`.`
  return refuse(spec, 'depends_on', { type: 'needs', specs: unmet.map(({ id }) => id) }, message)
}

/** The line is the one of the field that is the cause, where the file has it. */
function refuse(spec: Spec, field: string, reason: NotPlanned['reason'], message: string): Refusal {
  const line = spec.fieldLines[field]
  return { specId: spec.id, title: spec.title, file: spec.file, ...(line ? { line } : {}), reason, message }
}

/** What a file names may be anything. An id stands as it is, all else in quotes, and short. */
const shown = (id: string): string => (/^[\w.:-]{1,100}$/.test(id) ? id : quoted(id))

const SHOWN = 10

function listOf(names: readonly string[]): string {
  if (names.length > SHOWN) return `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ')
}
