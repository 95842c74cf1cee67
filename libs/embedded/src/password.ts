import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/**
 * The password in this file, which is made if it does not exist. Only its owner may read it, since other users of the machine can
 * reach loopback too.
 */
export async function passwordIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    const password = randomBytes(18).toString('hex');
    await writeFile(file, password, { mode: 0o600 });
    return password;
  }
}
