import { expect, test } from 'vitest'
import { links } from '../../scripts/check/links.mjs'
import { scratch } from './scratch.ts'

test('links to files that are not there are named; addresses and places on the page are not looked up', async () => {
  const directory = scratch({
    'README.md':
      'see [a](docs/a.md), [b](docs/b.md#part)\n![picture](docs/c.svg) [web](https://example.com/x) [here](#part)\n',
    'CHANGELOG.md': '',
    'docs/a.md': '[up](../README.md) [beside](b.md)',
  })
  expect(await links(directory)).toEqual([
    'README.md:1 links to docs/b.md, which is not there',
    'README.md:2 links to docs/c.svg, which is not there',
    'docs/a.md:1 links to b.md, which is not there',
  ])
})
