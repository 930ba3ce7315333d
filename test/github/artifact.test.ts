import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { artifactName, checkArtifactName, uploadArtifact } from '../../src/github/artifact.ts'
import { type ArtifactService, startArtifactService } from '../artifact-service/service.ts'

let root: string

beforeEach(async () => {
  // The client reports on stdout in workflow commands, which must not act where these tests run in a workflow.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  root = await mkdtemp(join(tmpdir(), 'artifact-'))
  await writeFile(join(root, 'run.log'), 'line\n'.repeat(1000))
  await writeFile(join(root, 'empty.log'), '')
})

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  await rm(root, { recursive: true })
})

/** The client reads `process.env`, as it does inside a step. */
function request(service: ArtifactService) {
  const env = { ...service.env, GITHUB_REPOSITORY: 'octo/repo', GITHUB_RUN_ID: '77', GITHUB_RETENTION_DAYS: '90' }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  return { name: 'chant-logs', root, files: [join(root, 'run.log'), join(root, 'empty.log')], env }
}

describe('uploadArtifact', () => {
  test('keeps the files and says where they are', async () => {
    await using service = await startArtifactService()
    const result = await uploadArtifact({ ...request(service), retentionDays: 3 })
    const stored = service.artifacts.get('chant-logs')
    expect(result).toEqual({
      ok: true,
      value: {
        id: 1001,
        name: 'chant-logs',
        size: stored?.bytes.length,
        url: 'https://github.com/octo/repo/actions/runs/77/artifacts/1001',
        digest: stored?.hash.replace('sha256:', ''),
      },
    })
    expect(stored?.bytes.includes('run.log') && stored.bytes.includes('empty.log')).toBe(true)
    expect(stored?.expiresAt).toMatch(/^\d{4}-\d\d-\d\dT/)
  })

  test('leaves out what is gone or only a link, and keeps the rest', async () => {
    await using service = await startArtifactService()
    await symlink('/etc/hostname', join(root, 'link.log'))
    const files = ['run.log', 'gone.log', 'link.log'].map((file) => join(root, file))
    expect((await uploadArtifact({ ...request(service), files })).ok).toBe(true)
    expect(service.artifacts.get('chant-logs')?.bytes.includes('link.log')).toBe(false)
  })

  // Root may read everything.
  test.skipIf(process.getuid?.() === 0)('leaves out what may not be read, and keeps the rest', async () => {
    await using service = await startArtifactService()
    await chmod(join(root, 'empty.log'), 0)
    expect((await uploadArtifact(request(service))).ok).toBe(true)
    expect(service.artifacts.get('chant-logs')?.bytes.includes('empty.log')).toBe(false)
  })

  test('says that there is no service, and asks nobody', async () => {
    const result = await uploadArtifact({ name: 'chant-logs', root, files: [], env: {} })
    expect(result).toEqual({
      ok: false,
      error: {
        type: 'unavailable',
        message: 'there is no artifact service here (not on GitHub)',
      },
    })
  })

  test('says that there is nothing to upload', async () => {
    await using service = await startArtifactService()
    const result = await uploadArtifact({ ...request(service), files: [join(root, 'gone.log')] })
    expect(result).toMatchObject({ error: { type: 'failed', message: 'there is no file to upload' } })
    expect(service.requests).toEqual([])
  })

  test('takes another name where the run has an artifact of this one', async () => {
    await using service = await startArtifactService()
    const names: string[] = []
    for (let i = 0; i < 12; i++) {
      const result = await uploadArtifact(request(service))
      names.push(result.ok ? result.value.name : result.error.message)
    }
    const numbered = Array.from({ length: 9 }, (_, i) => `chant-logs-${i + 2}`)
    expect(names.slice(0, 10)).toEqual(['chant-logs', ...numbered])
    for (const name of names.slice(10)) expect(name).toMatch(/^chant-logs-[0-9a-f]{8}$/)
    expect([...service.artifacts.keys()]).toEqual(names)
  })

  test('gives a later attempt of the run a name of its own', () => {
    const names = ['1', '', undefined, '3', '2/x'].map((attempt) => artifactName('chant-logs', attempt))
    expect(names).toEqual(['chant-logs', 'chant-logs', 'chant-logs', 'chant-logs-attempt-3', 'chant-logs-attempt-2'])
  })

  test('fails when the service refuses', async () => {
    await using service = await startArtifactService({ fault: () => ({ status: 403 }) })
    const result = await uploadArtifact(request(service))
    expect(result).toMatchObject({ error: { type: 'failed', message: expect.stringContaining('403') } })
  })

  test('lives through a hiccup', async () => {
    await using service = await startArtifactService({
      fault: (kind, before) => (kind === 'CreateArtifact' && before === 0 ? { status: 503 } : undefined),
    })
    expect((await uploadArtifact(request(service))).ok).toBe(true)
  })

  test('fails when the connection is cut', async () => {
    await using service = await startArtifactService({ fault: () => 'reset' })
    const result = await uploadArtifact(request(service))
    expect(result).toMatchObject({ error: { type: 'failed', message: expect.stringMatching(/\S/) } })
  })

  test('returns in time when the service never answers', async () => {
    await using service = await startArtifactService({
      fault: (kind) => (kind === 'CreateArtifact' ? undefined : 'hang'),
    })
    const result = await uploadArtifact({ ...request(service), timeoutMs: 1000 })
    expect(result).toEqual({
      ok: false,
      error: { type: 'failed', message: 'the artifact service did not finish within 1 s' },
    })
    // The client goes on, and throws into the void where the files go before it has read them; it sends what it has read.
    await expect.poll(() => service.requests).toHaveLength(2)
  })
})

describe('checkArtifactName', () => {
  test.each(['chant-logs', 'logs (2 of 4)', 'é'])('accepts %j', (name) => {
    expect(checkArtifactName(name)).toEqual({ ok: true, value: name })
  })

  test.each(['', '  ', 'a/b', 'a\\b', 'a:b', 'a"b', 'a<b', 'a>b', 'a|b', 'a*b', 'a?b', 'a\nb', 'a\rb'])(
    'refuses %j',
    (name) => {
      expect(checkArtifactName(name).ok).toBe(false)
    },
  )

  test('names the character', () => {
    expect(checkArtifactName('logs/1')).toMatchInlineSnapshot(`
      {
        "error": "contains /: an artifact's name has none of " : < > | * ? \\ / and no line break",
        "ok": false,
      }
    `)
  })
})
