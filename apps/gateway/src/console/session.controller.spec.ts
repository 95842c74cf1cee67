import { describe, expect, it } from '@jest/globals';
import { parseKeyRing, Secret } from '@nuncio/sealing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config.js';
import { SessionController } from './session.controller.js';

const SESSION_KEYS = parseKeyRing(`k1:${Buffer.alloc(32, 1).toString('base64')}`);
const FROM_CONSOLE = { 'x-nuncio-console': '1', 'sec-fetch-site': 'same-origin' };

function click(hostname: string, headers: Record<string, string>, key: Secret | undefined = new Secret('the-key')): string[] {
  const set: string[] = [];
  const reply = { header: (_: string, values: string[]) => set.push(...values) } as unknown as FastifyReply;
  new SessionController({ SESSION_KEYS, CONSOLE_ONE_CLICK_KEY: key } as Config, null).signInHere({ hostname, headers } as unknown as FastifyRequest, reply);
  return set;
}

describe('signing in by one click', () => {
  it('gives a session to the console on this machine', () => {
    expect(click('127.0.0.1', FROM_CONSOLE)).toEqual([expect.stringMatching(/^__Host-nuncio=s1\./)]);
  });

  it.each<[string, string, Record<string, string>]>([
    ['a name that another site has given to this address', 'evil.example', FROM_CONSOLE],
    ['a proxy', '127.0.0.1', { ...FROM_CONSOLE, 'x-forwarded-for': '198.51.100.7' }],
    ['a form', 'localhost', { 'sec-fetch-site': 'same-origin' }],
    ['another site', 'localhost', { ...FROM_CONSOLE, 'sec-fetch-site': 'cross-site' }],
  ])('is refused to %s', (_, hostname, headers) => {
    expect(() => click(hostname, headers)).toThrow('only in a browser on the machine of the installation');
  });

  it('is a setting that is refused unless the gateway listens on loopback', () => {
    const { error } = Config.safeParse({ HOST: '0.0.0.0', CONSOLE_ONE_CLICK_KEY: 'k', API_KEY_PEPPER: 'p'.repeat(32), CONFIG_SERVICE_URL: 'http://a:1', ATTEMPT_LOG_URL: 'http://b:1', KAFKA_BROKERS: 'c:1' });
    expect(error?.issues).toMatchObject([{ path: ['CONSOLE_ONE_CLICK_KEY'] }]);
  });
});
