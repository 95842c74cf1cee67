import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Services, Stack } from '@nuncio/embedded';
import { DevFile } from './dev-file.js';

describe('DevFile', () => {
  const dir = mkdtempSync(join(tmpdir(), 'nuncio-dev-'));
  const path = join(dir, 'dev.json');

  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('tells tools the addresses of all servers, and only the owner can read the file', () => {
    const services = {
      url: 'http://127.0.0.1:7070',
      adminKey: 'k',
      topicPrefix: 'nuncio',
      services: { gateway: { pid: 7, port: 7070 } },
    } as unknown as Services;
    const stack = { brokers: '127.0.0.1:9092', databaseUrl: 'postgres://d', redisUrl: 'redis://r' } as Stack;
    const file = new DevFile(path);
    file.write(services, stack);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      url: 'http://127.0.0.1:7070',
      adminKey: 'k',
      brokers: '127.0.0.1:9092',
      databaseUrl: 'postgres://d',
      redisUrl: 'redis://r',
      topicPrefix: 'nuncio',
      services: { gateway: { pid: 7, port: 7070 } },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    file.remove();
    file.remove();
    expect(existsSync(path)).toBe(false);
  });
});
