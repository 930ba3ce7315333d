import type { Board } from '../../src/board/board.ts'
import type { NotPlanned, PlannedWorker } from '../../src/plan/plan.ts'
import { aNotPlanned, aPlan, aPlanned, aRun, id, Journal } from './board-fixture.ts'

type Planned = Partial<Omit<PlannedWorker, 'dependsOn'>> & { readonly dependsOn?: readonly string[] }
type Left = Partial<NotPlanned> & { readonly specId: string }

/** Titles that try to be something else in a diagram. */
export const HOSTILE_TITLES = [
  '"]; click n1 callback "x"',
  '<img src=x onerror="document.title=1">',
  '%%{init: {"securityLevel": "loose"}}%%',
  'end',
  '``` </details>',
  'a --> b; subgraph x',
  '1. first `code` **bold**',
  '#quot;:::ready #lt;b#gt;',
  '\u202eevil\u0000\u0007 ÄÖ 漢字 👩‍👩‍👧',
  '[[_TOC_]] {{x}} {x} (x) /x/ \\x\\ |x|',
]

/** The board of mode plan; waves and paths follow from `dependsOn`. Planned specs come in an order that their needs allow. */
export function aPlannedBoard(planned: Readonly<Record<string, Planned>>, left: readonly Left[] = []): Board {
  const waves = new Map<string, number>()
  const paths = new Map<string, number>()
  const entries = Object.entries(planned)
  for (const [name, { dependsOn = [] }] of entries)
    waves.set(name, 1 + Math.max(0, ...dependsOn.map((need) => waves.get(need) ?? 0)))
  for (const [name, { dependsOn = [] }] of entries.toReversed()) {
    paths.set(name, paths.get(name) ?? 1)
    for (const need of dependsOn) paths.set(need, Math.max(paths.get(need) ?? 1, 1 + (paths.get(name) ?? 1)))
  }
  const workers = entries
    .map(([name, { dependsOn = [], ...more }]) =>
      aPlanned(name, {
        dependsOn: dependsOn.map(id),
        wave: waves.get(name) ?? 1,
        criticalPath: paths.get(name) ?? 1,
        ...more,
      }),
    )
    .toSorted((a, b) => b.criticalPath - a.criticalPath)
  const notPlanned = left.map(({ specId, ...more }) => aNotPlanned(specId, more))
  return new Journal()
    .add({ type: 'run-started', run: aRun({ mode: 'plan' }) })
    .add({ type: 'planned', plan: aPlan(workers, { notPlanned }) })
    .board()
}

/** One spec for everything that can become of one. */
export const everyState = (titles: readonly string[] = []): Board => {
  const title = (at: number, otherwise: string): { readonly title: string } => ({ title: titles[at] ?? otherwise })
  return aPlannedBoard(
    {
      '2026-11-02-001-abc': title(0, 'Read the files'),
      '2026-11-02-002-abc': { ...title(1, 'Check them'), dependsOn: ['2026-11-02-001-abc'] },
      '2026-11-02-003-abc': { ...title(2, 'Report'), dependsOn: ['2026-11-02-001-abc', '2026-11-02-002-abc'] },
      '2026-11-02-004-abc.2': title(3, 'Second part'),
    },
    [
      {
        specId: '2026-11-02-004-abc',
        ...title(4, 'In parts'),
        reason: { type: 'driver', members: ['2026-11-02-004-abc.1', '2026-11-02-004-abc.2'] },
      },
      {
        specId: '2026-11-02-005-abc',
        ...title(5, 'Somebody is on it'),
        reason: { type: 'status', status: 'in_progress' },
      },
      {
        specId: '2026-11-02-006-abc',
        ...title(6, 'After that'),
        reason: { type: 'needs', specs: ['2026-11-02-005-abc', '2026-11-02-00x-oth'] },
        dependsOn: ['2026-11-02-005-abc', '2026-11-02-003-abc', '2026-11-02-00x-oth'],
      },
      { specId: '2026-11-02-007-abc', ...title(7, 'Costly'), reason: { type: 'approval-required' } },
      {
        specId: '2026-11-02-008-abc',
        ...title(8, 'Behind nothing'),
        reason: { type: 'missing-dependency', specs: ['2026-11-02-00x-gone'] },
        dependsOn: ['2026-11-02-007-abc', '2026-11-02-00x-gone'],
      },
      { specId: '2026-11-02-009-abc', ...title(9, '2026-11-02-009-abc'), reason: { type: 'invalid-spec' } },
      {
        specId: '2026-11-02-00a-abc',
        reason: { type: 'cycle', cycle: ['2026-11-02-00a-abc', '2026-11-02-00a-abc'] },
        title: 'Round and round',
        dependsOn: ['2026-11-02-00a-abc'],
      },
    ],
  )
}
