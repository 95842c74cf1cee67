import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { birthOf } from './process-birth.js';

describe('birthOf', () => {
  it('gives the same value for a process each time, and different values for different processes', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const birth = birthOf(child.pid!);
    expect(birth).toMatch(/./);
    expect(birthOf(child.pid!)).toBe(birth);
    expect(birthOf(process.pid)).not.toBe(birth);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(birthOf(child.pid!)).toBeNull();
  });
});
