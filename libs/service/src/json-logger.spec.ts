import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { JsonLogger } from './json-logger.js';

describe('the log of a service', () => {
  const written: string[] = [];
  const lines = (): unknown[] => written.splice(0).join('').trimEnd().split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown);
  beforeEach(() => {
    for (const stream of [process.stdout, process.stderr])
      jest.spyOn(stream, 'write').mockImplementation((text) => {
        written.push(String(text));
        return true;
      });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  const logger = new JsonLogger({ service: 'gateway', version: '1.2.3' }, ['error', 'log']);

  it('is JSON with time, service, version and the message', () => {
    logger.log('token.fetch', { credential: 'cred_1' }, 'Tokens');
    logger.error('something failed', { requestId: 'req-1' }, 'Problem');
    const head = { pid: process.pid, service: 'gateway', version: '1.2.3', timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown };
    expect(lines()).toEqual([
      { level: 'log', ...head, message: 'token.fetch', context: 'Tokens', params: { credential: 'cred_1' } },
      { level: 'error', ...head, message: 'something failed', context: 'Problem', params: { requestId: 'req-1' } },
    ]);
  });

  it('leaves out the start of Nest, except for failures', () => {
    logger.log('Mapped {/v1/events, POST} route', 'RouterExplorer');
    logger.error('no such provider', 'InstanceLoader');
    expect(lines()).toMatchObject([{ level: 'error', message: 'no such provider' }]);
  });

  it('has lines of Nest\'s own Logger in the same form', () => {
    Logger.overrideLogger(logger);
    new Logger('Service').log('ready on port 1');
    Logger.overrideLogger(['log']);
    expect(lines()).toMatchObject([{ service: 'gateway', context: 'Service', message: 'ready on port 1' }]);
  });
});
