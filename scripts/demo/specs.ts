/** The demo's specs: what each one asks for, and what has to come of it. */

export interface DemoSpec {
  readonly id: string
  readonly title: string
  /** Front matter besides type and status. */
  readonly front?: string
  readonly type?: string
  readonly body: string
  readonly expect:
    | { readonly type: 'completed'; readonly after?: readonly string[] }
    | { readonly type: 'criteria-unchecked' }
    /** Holds its members together and is not worked itself. */
    | { readonly type: 'driver' }
    /** The file cannot be read; `line` is where. */
    | { readonly type: 'invalid'; readonly line: number }
}

const CODE = '```'

/** `task` describes the work to the demo's agent; see `agent.mjs`. */
const task = (words: string, file: string, content: string, ...criteria: readonly string[]): string =>
  `${words}\n\n${CODE}js append=${file}\n${content}\n${CODE}\n\n## Acceptance Criteria\n\n${criteria.map((text) => `- [ ] ${text}\n`).join('')}`

const CART = '2026-11-02-005-a4c'
const TOTAL = '2026-11-02-006-b8e'
const DRIVER = '2026-11-02-008-d5g'

export const DEMO_SPECS: readonly DemoSpec[] = [
  {
    id: '2026-11-02-001-k7d',
    title: 'Greet people by name',
    body: task(
      'Greet with the name, not with "user".',
      'src/greet.js',
      "export const greet = (name) => ['Hello', name].join(' ')",
      'A name is greeted',
      'The old greeting still works',
    ),
    expect: { type: 'completed' },
  },
  {
    id: '2026-11-02-002-p3x',
    title: 'Refuse e-mail addresses without a domain',
    body: task(
      'An address needs a domain.',
      'src/email.js',
      'export const hasDomain = (email) => /@./.test(email)',
      'a@ is refused',
    ),
    expect: { type: 'completed' },
  },
  {
    id: '2026-11-02-003-m9t',
    title: 'Round prices in one place',
    body: task(
      'Every price is rounded by one function.',
      'src/price.js',
      'export const round = (price) => Math.round(price * 100) / 100',
      '0.125 becomes 0.13',
    ),
    expect: { type: 'completed' },
  },
  {
    id: '2026-11-02-004-w2h',
    title: 'Survive a thousand orders at once',
    body: task(
      'Orders are put in a queue.',
      'src/queue.js',
      'export const queue = []',
      'Orders are queued',
      'The stress test on the big machine passes (needs a person)',
    ),
    expect: { type: 'criteria-unchecked' },
  },
  {
    id: CART,
    title: 'Add a cart',
    body: task('A cart holds items.', 'src/cart.js', 'export const cart = []', 'There is a cart'),
    expect: { type: 'completed' },
  },
  {
    id: TOTAL,
    title: 'Sum up the cart',
    front: `depends_on:\n  - ${CART}`,
    body: task(
      'The total of all items in the cart.',
      'src/cart.js',
      'export const total = () => cart.reduce((sum, item) => sum + item.price, 0)',
      'The total is right',
    ),
    expect: { type: 'completed', after: [CART] },
  },
  {
    id: '2026-11-02-007-c1f',
    title: 'Show the total',
    front: `depends_on:\n  - ${TOTAL}`,
    body: task(
      'The page shows the total.',
      'src/page.js',
      "import { total } from './cart.js'\nexport const page = () => 'Total: ' + total()",
      'The page shows the total',
    ),
    expect: { type: 'completed', after: [CART, TOTAL] },
  },
  {
    id: DRIVER,
    title: 'Speak two languages',
    type: 'driver',
    body: 'Done when its members are done.\n',
    expect: { type: 'driver' },
  },
  {
    id: `${DRIVER}.1`,
    title: 'Collect the texts',
    body: task(
      'All texts in one file.',
      'src/texts.js',
      "export const en = { hello: 'Hello' }",
      'The texts are in one file',
    ),
    expect: { type: 'completed' },
  },
  {
    id: `${DRIVER}.2`,
    title: 'Translate the texts',
    body: task(
      'The same texts in German.',
      'src/texts.js',
      "export const de = { hello: 'Hallo' }",
      'Every text is translated',
    ),
    expect: { type: 'completed', after: [`${DRIVER}.1`] },
  },
  {
    id: '2026-11-02-009-z6r',
    title: 'Nobody can read this one',
    front: 'status: pending',
    body: 'Its front matter says `status` twice.\n',
    expect: { type: 'invalid', line: 4 },
  },
]

/** The file's text, in chant's format. */
export const specText = ({ title, type = 'code', front, body }: DemoSpec): string =>
  `---\ntype: ${type}\nstatus: pending\n${front ? `${front}\n` : ''}---\n\n# ${title}\n\n${body}`
