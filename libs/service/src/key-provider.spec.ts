import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { provideSecrets, type KeyProvider } from './key-provider.js';

describe('provideSecrets', () => {
  const dir = mkdtempSync(join(tmpdir(), 'nuncio-provider-'));
  const path = join(dir, 'keys');
  writeFileSync(path, 'k1:abc\n');
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  it('reads a secret from the file that the environment names', async () => {
    const { env, faults } = await provideSecrets({ SIGNING_KEYS_FILE: path, DATABASE_URL: 'postgres://x' });
    expect(env).toMatchObject({ SIGNING_KEYS: 'k1:abc', DATABASE_URL: 'postgres://x' });
    expect(faults).toEqual([]);
  });

  it('reports a file that cannot be read, and a setting that is given twice', async () => {
    const { faults } = await provideSecrets({ CLIENT_KEYS_FILE: join(dir, 'nothing'), TOKEN_KEYS_FILE: path, TOKEN_KEYS: 'k2:abc' });
    expect(faults).toEqual([
      { name: 'CLIENT_KEYS_FILE', setting: 'CLIENT_KEYS', message: 'cannot be read: ENOENT' },
      { name: 'TOKEN_KEYS_FILE', setting: 'TOKEN_KEYS', message: 'is given beside TOKEN_KEYS: keep one of them' },
    ]);
  });

  it('ignores other variables with the same ending', async () => {
    expect((await provideSecrets({ LOG_FILE: path, KAFKA_SSL_CA_FILE: path })).env).toEqual({ LOG_FILE: path, KAFKA_SSL_CA_FILE: path });
  });

  it('asks another kind of provider in the same way', async () => {
    const kms: KeyProvider = { suffix: '_KMS', resolve: (reference) => Promise.resolve(`opened ${reference}`) };
    expect((await provideSecrets({ SIGNING_KEYS_KMS: 'arn:1' }, [kms])).env.SIGNING_KEYS).toBe('opened arn:1');
  });
});
