import type { Board } from '../board/board.ts'
import type { NotPlannedReason } from '../plan/plan.ts'
import { unreachable } from '../result.ts'
import { criticalPath, EDGE_LIMIT, NODE_LIMIT, TEXT_LIMIT } from './mermaid.ts'
import { label } from './mermaid-label.ts'
import { shortIds } from './short-ids.ts'
import { namesOf } from './tally.ts'

/** What a run would do with a spec, or why it would not. */
type State = 'ready' | 'later' | 'blocked' | 'approval' | 'driver' | 'invalid' | 'elsewhere' | 'absent'

interface Look {
  /** Behind the title, so that nobody has to know the colours; planned specs need no word. */
  readonly word: string
  readonly colour: string
  readonly style: string
  readonly meaning: string
}

const LOOKS: Readonly<Record<State, Look>> = {
  ready: {
    word: '',
    colour: 'green',
    style: 'fill:#dafbe1,stroke:#1a7f37,color:#1f2328',
    meaning: 'starts at once',
  },
  later: {
    word: '',
    colour: 'blue',
    style: 'fill:#ddf4ff,stroke:#0969da,color:#1f2328',
    meaning: 'waits for others of this run',
  },
  blocked: {
    word: 'blocked',
    colour: 'yellow',
    style: 'fill:#fff8c5,stroke:#9a6700,color:#1f2328',
    meaning: 'blocked',
  },
  approval: {
    word: 'needs approval',
    colour: 'violet',
    style: 'fill:#fbefff,stroke:#8250df,color:#1f2328',
    meaning: 'needs approval',
  },
  invalid: {
    word: 'invalid',
    colour: 'red',
    style: 'fill:#ffebe9,stroke:#cf222e,color:#1f2328',
    meaning: 'has to be mended',
  },
  absent: {
    word: 'does not exist',
    colour: 'red, dashed',
    style: 'fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:4 3',
    meaning: 'does not exist',
  },
  driver: {
    word: 'driver',
    colour: 'grey',
    style: 'fill:#eaeef2,stroke:#6e7781,color:#1f2328',
    meaning: 'a driver, joined to its members by dots',
  },
  elsewhere: {
    word: 'not in this run',
    colour: 'grey, dashed',
    style: 'fill:#f6f8fa,stroke:#6e7781,color:#1f2328,stroke-dasharray:4 3',
    meaning: 'not in this run',
  },
}

interface Box {
  readonly id: string
  readonly title: string
  readonly state: State
  /** In place of the state's own word. */
  readonly word?: string
  readonly dependsOn: readonly string[]
  readonly members: readonly string[]
}

export interface PlanGraph {
  /** A mermaid flowchart. */
  readonly diagram: string
  /** What its colours say, as one sentence of plain text. */
  readonly legend: string
}

/**
 * The specs of a plan and those that it leaves out: who waits for whom, coloured by what becomes of each. Absent where nobody
 * waits for anybody. Of a plan that is too large, only what does not run, what that waits for, and the longest chain.
 */
export function planGraph(board: Board): PlanGraph | undefined {
  const boxes = allBoxes(board)
  const path = [...criticalPath(board)].flatMap((id) => boxes.get(id) ?? [])
  const troubled = [...boxes.values()].filter(({ state }) => !RUNS.has(state))
  const short = shortIds([...boxes.keys(), ...namesOf(board)])
  const choices = [
    () => linked([...boxes.values()]),
    ...STEPS.map((most) => () => withCauses(boxes, new Set([...path.slice(0, most), ...troubled.slice(0, most)]))),
  ]
  for (const choose of choices) {
    const chosen = choose()
    const drawn = chosen.length <= NODE_LIMIT ? draw(chosen, path, short) : undefined
    if (drawn && drawn.diagram.length <= TEXT_LIMIT) return drawn
  }
  return undefined
}

/** How much of the longest chain and of what does not run is tried, where everything is too much. */
const STEPS = [100, 40, 10]

/** Of a large plan only the chain that decides, and what has to be looked at, are worth their place. */
const RUNS: ReadonlySet<State> = new Set(['ready', 'later', 'driver', 'elsewhere', 'absent'])

function allBoxes({ workers, notPlanned }: Board): ReadonlyMap<string, Box> {
  const boxes = new Map<string, Box>()
  for (const { planned } of workers.values()) {
    const { specId: id, title, wave, dependsOn } = planned
    boxes.set(id, { id, title: otherThan(id, title), state: wave === 1 ? 'ready' : 'later', dependsOn, members: [] })
  }
  const absent = new Set<string>()
  for (const { specId: id, title, reason, dependsOn = [] } of notPlanned) {
    if (reason.type === 'missing-dependency') for (const missing of reason.specs) absent.add(missing)
    if (boxes.has(id)) continue
    const word = reason.type === 'status' ? { word: reason.status.replaceAll('_', ' ') } : {}
    const members = reason.type === 'driver' ? reason.members : []
    boxes.set(id, { id, title: otherThan(id, title), state: stateOf(reason), dependsOn, members, ...word })
  }
  // What is waited for and neither planned nor refused: not chosen, or no spec at all.
  for (const { dependsOn } of [...boxes.values()]) {
    for (const id of dependsOn) {
      if (boxes.has(id)) continue
      boxes.set(id, { id, title: '', state: absent.has(id) ? 'absent' : 'elsewhere', dependsOn: [], members: [] })
    }
  }
  return boxes
}

/** A spec without a title goes by its id, which stands there already. */
const otherThan = (id: string, title: string): string => (title === id ? '' : title)

function stateOf(reason: NotPlannedReason): State {
  switch (reason.type) {
    case 'invalid-spec':
      return 'invalid'
    case 'approval-required':
      return 'approval'
    case 'driver':
      return 'driver'
    case 'status':
      return 'elsewhere'
    case 'needs':
    case 'missing-dependency':
    case 'cycle':
      return 'blocked'
    default:
      return unreachable(reason)
  }
}

/** Boxes that a line ends at, and those that do not run though nobody waits for them. */
function linked(boxes: readonly Box[]): readonly Box[] {
  const here = new Set(boxes.map(({ id }) => id))
  const ends = new Set<string>()
  for (const { id, dependsOn, members } of boxes) {
    for (const other of [...dependsOn, ...members]) if (here.has(other)) ends.add(other).add(id)
  }
  return boxes.filter(({ id, state }) => ends.has(id) || !RUNS.has(state))
}

/** The boxes, and what they wait for that nobody works: it is the cause. */
function withCauses(boxes: ReadonlyMap<string, Box>, chosen: ReadonlySet<Box>): readonly Box[] {
  const causes = [...chosen].flatMap(({ dependsOn }) => dependsOn.flatMap((id) => boxes.get(id) ?? []))
  return [...new Set([...chosen, ...causes.filter(({ state }) => state === 'elsewhere' || state === 'absent')])]
}

function draw(boxes: readonly Box[], path: readonly Box[], short: (id: string) => string): PlanGraph | undefined {
  const names = new Map(boxes.map(({ id }, i) => [id, `n${i + 1}`]))
  const next = new Map(path.map(({ id }, i) => [id, path[i + 1]?.id]))
  const lines = boxes.flatMap((box) => [
    ...box.dependsOn.map((id) => [id, next.get(id) === box.id ? '==>' : '-->', box.id] as const),
    ...box.members.map((id) => [box.id, '-.-', id] as const),
  ])
  const edges = lines.flatMap(([from, arrow, to]) => {
    const [source, target] = [names.get(from), names.get(to)]
    return source && target ? [`${source} ${arrow} ${target}`] : []
  })
  if (edges.length === 0 || edges.length > EDGE_LIMIT) return undefined
  const used = new Set(boxes.map(({ state }) => state))
  const looks = Object.entries(LOOKS).filter(([state]) => [...used].some((one) => one === state))
  const diagram = [
    'flowchart LR',
    ...boxes.map((box) => `${names.get(box.id)}["${words(box, short)}"]:::${box.state}`),
    ...edges,
    ...looks.map(([state, { style }]) => `classDef ${state} ${style}`),
  ].join('\n')
  const thick = edges.some((edge) => edge.includes('==>')) ? ' Thick arrows are the longest chain.' : ''
  const colours = looks.map(([, { colour, meaning }]) => `${colour}: ${meaning}`)
  return { diagram, legend: `An arrow leads to what waits.${thick} Colours: ${colours.join(' · ')}.` }
}

function words({ id, title, state, word = LOOKS[state].word }: Box, short: (id: string) => string): string {
  const name = label(`${short(id)} ${title}`.trim(), 70)
  return word === '' ? name : `${name} - ${label(word)}`
}
