import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { outputsFor } from '../../src/report/outputs.ts'
import { results } from '../../src/report/results.ts'
import { aFinishedJournal, aJournal, aPlan, aPlanned, aRun, id, Journal, SPECS } from './board-fixture.ts'
import { OUTCOMES } from './outcomes.ts'

const schema: object = JSON.parse(readFileSync(new URL('../../docs/results.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  strictRequired: false,
  strictTypes: false,
}).compile(schema)

const errorsOf = (value: unknown): unknown => (validate(JSON.parse(JSON.stringify(value))) ? [] : validate.errors)

describe('results', () => {
  it('fits the schema at every moment of a run', () => {
    const { events } = aFinishedJournal()
    for (let n = 0; n <= events.length; n++) {
      const journal = new Journal().add(...events.slice(0, n))
      expect(errorsOf(results(journal.board()))).toEqual([])
    }
  })

  it.each(OUTCOMES)('fits the schema with $type', (outcome) => {
    const journal = new Journal().add({ type: 'planned', plan: aPlan([aPlanned('x')]) }).done('x', outcome)
    expect(errorsOf(results(journal.board()))).toEqual([])
  })

  it('the schema refuses what is not a result', () => {
    const good = results(aFinishedJournal().board())
    expect(errorsOf({ ...good, version: 2 })).not.toEqual([])
    expect(errorsOf({ ...good, more: 1 })).not.toEqual([])
    const [worker] = good.workers
    expect(
      errorsOf({ ...good, workers: [{ ...worker, outcome: { ...worker?.outcome, reason: 'failed' } }] }),
    ).not.toEqual([])
    expect(errorsOf({ ...good, workers: [{ ...worker, outcome: null }] })).not.toEqual([])
  })

  it('knows check runs, and what was put in order after a crash', () => {
    const { events } = aFinishedJournal()
    const specId = id(SPECS.ADF)
    const journal = new Journal()
      .add(...events)
      .add(
        { type: 'check-run-created', specId, id: 7 },
        { type: 'check-run-completed', specId, id: 7 },
        { type: 'check-run-created', id: 8, url: 'https://github.com/o/r/runs/8' },
        { type: 'recovered', what: 'reaped', message: 'pid 4 was still alive', specId },
        { type: 'recovered', what: 'never-ran', message: 'a gate that never opened' },
      )
    const all = results(journal.board())
    expect(errorsOf(all)).toEqual([])
    expect([all.run.check_run_id, all.workers[0]?.check_run_id, all.workers[1]?.check_run_id]).toEqual([8, 7, null])
    expect(all.recovered).toEqual([
      { what: 'reaped', spec_id: SPECS.ADF, message: 'pid 4 was still alive' },
      { what: 'never-ran', spec_id: null, message: 'a gate that never opened' },
    ])
  })

  it('says everything about a worker', () => {
    const { run, workers, not_planned } = results(aFinishedJournal().board())
    expect(run).toMatchInlineSnapshot(`
      {
        "base_sha": "abc1234def5678abc1234def5678abc1234def56",
        "check_run_id": null,
        "conclusion": "failure",
        "cost_usd": null,
        "counts": {
          "cancelled": 0,
          "failed": 1,
          "not_run": 1,
          "succeeded": 4,
          "total": 6,
          "unfinished": 0,
        },
        "finished_at": "2026-11-02T10:41:12.000Z",
        "key": "42-1-chant-work",
        "max_parallel": 3,
        "mode": "run",
        "started_at": "2026-11-02T10:31:00.000Z",
      }
    `)
    expect(workers[1]).toMatchInlineSnapshot(`
      {
        "account": null,
        "agent": "command",
        "attempts": 1,
        "base": "abc1234def5678abc1234def5678abc1234def56",
        "branch": "chant/2026-11-02-00r-xby",
        "check_run_id": null,
        "commits": [
          "1111111111111111111111111111111111111111",
        ],
        "duration_ms": 600000,
        "finished_at": "2026-11-02T10:41:02.000Z",
        "integration": null,
        "left_pids": [],
        "log": "logs/2026-11-02-00r-xby.log",
        "model": null,
        "outcome": {
          "message": "1 of 4 acceptance criteria is not ticked: "stress test passes"",
          "open": [
            {
              "line": 31,
              "text": "stress test passes",
            },
          ],
          "reason": "failed",
          "total": 4,
          "type": "criteria-unchecked",
        },
        "patch": null,
        "pid": 48127,
        "pull_request": null,
        "sessions": [],
        "spec_id": "2026-11-02-00r-xby",
        "started_at": "2026-11-02T10:31:02.000Z",
        "status": "done",
        "title": "Fix worktree race",
        "usage": {
          "cached_tokens": null,
          "cost_usd": null,
          "estimated": false,
          "input_tokens": null,
          "output_tokens": null,
        },
      }
    `)
    expect(not_planned[0]).toMatchInlineSnapshot(`
      {
        "asked": false,
        "file": ".chant/specs/2026-11-02-04a-bad.md",
        "line": 4,
        "message": "front matter: duplicate key "status" (first on line 3)",
        "reason": "invalid-spec",
        "spec_id": "2026-11-02-04a-bad",
        "title": "Bad | table",
      }
    `)
  })
})

describe('outputsFor', () => {
  it('counts, and lists what later steps find', () => {
    const { results: json, branches, ...rest } = outputsFor(aFinishedJournal().board(), 1_000_000, (value) => value)
    expect(rest).toEqual({
      conclusion: 'failure',
      'cost-usd': '',
      total: '6',
      succeeded: '4',
      failed: '1',
      skipped: '1',
    })
    expect(JSON.parse(json ?? '')).toEqual(results(aFinishedJournal().board()).workers)
    expect(JSON.parse(branches ?? '')[0]).toEqual({
      spec_id: '2026-11-02-00k-adf',
      branch: 'chant/2026-11-02-00k-adf',
      head: '2'.repeat(40),
    })
  })

  it('cuts results to names and outcomes, then to nothing', () => {
    const board = aFinishedJournal().board()
    const brief = outputsFor(board, 1500, (value) => value)['results'] ?? ''
    expect(brief.length * 2).toBeLessThanOrEqual(1500)
    expect(JSON.parse(brief)[1]).toEqual({
      spec_id: '2026-11-02-00r-xby',
      outcome: { type: 'criteria-unchecked', reason: 'failed' },
    })
    expect(outputsFor(board, 100, (value) => value)['results']).toBe('[]')
  })

  it('gives a matrix in mode plan', () => {
    const outputs = outputsFor(aJournal({ mode: 'plan' }).board(), 1_000_000, (value) => value)
    expect(outputs).toMatchObject({ conclusion: 'success', 'has-work': 'true' })
    expect(JSON.parse(outputs['matrix'] ?? '').include[0]).toEqual({
      spec: '2026-11-02-00k-adf',
      title: 'Refactor parallel.rs',
    })
    const empty = new Journal().add(
      { type: 'run-started', run: aRun({ mode: 'plan' }) },
      { type: 'planned', plan: aPlan([]) },
    )
    expect(outputsFor(empty.board(), 1000, (value) => value)).toMatchObject({
      matrix: '{"include":[]}',
      'has-work': 'false',
      conclusion: 'neutral',
    })
  })
})
