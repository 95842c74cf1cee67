import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ownFleet, type OwnFleet } from '../fleet/fleet.js';
import { logLost } from './log-lost.js';
import { commandsOf } from './runbook.js';
import type { Site } from './site.js';

/** `npm run check:disaster` has all of them. */
describe('after a disaster, by the commands of the runbook', () => {
  let fleet: OwnFleet;
  let site: Site;
  beforeAll(async () => {
    fleet = await ownFleet('disaster', { restart: false });
    site = { fleet, services: fleet.services, stack: fleet.stack };
  });
  afterAll(() => fleet.close());

  it('a schema log that was dropped is read again from Kafka, and nothing is sent again', async () => {
    expect(await logLost(site)).toMatchObject({ repeated: 0 });
  });
});

it('finds the commands of a section, and reports if there are none', () => {
  const text = '# Restore\n\n### One\n\nFirst:\n\n```sh\n# a comment\nnpm run migrate\nnpm run rebuild\n```\n\n### Other\n\nNothing.\n';
  expect(commandsOf('One', text)).toEqual(['npm run migrate', 'npm run rebuild']);
  expect(() => commandsOf('Other', text)).toThrow('has no commands under "### Other"');
});
