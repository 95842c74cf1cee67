import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { contextOf, type Context } from './context.js';
import { printJson } from './output.js';
import { drawProgress } from './progress.js';
import { EXIT, Refusal } from './refusal.js';

const LOOK_EVERY_MS = 1_000;

/** Adds `watch` to the commands of operations. */
export function addWatch(program: Command): void {
  program.commands
    .find((command) => command.name() === 'operations')
    ?.command('watch <operation>')
    .description('follow an operation until it is done; Ctrl-C only ends the watching')
    .action(async (id: string, _: object, command: Command) => {
      await watchOperation(await contextOf(command), id);
    });
}

/**
 * Waits until the operation is done. Ends with status 1 if it was canceled, and 130 if watching was interrupted; the operation then
 * goes on.
 */
export async function watchOperation({ api, output, signal }: Context, id: string): Promise<void> {
  for (;;) {
    const operation = await api.call('GET /v1/operations/{id}', { path: { id } });
    const isOver = operation.state === 'done' || operation.state === 'canceled';
    if (!output.isJson) drawProgress(Number(operation.sent), Number(operation.count), `${String(operation.state)}${isOver ? cameTo(operation.outcome) : ''}`, isOver);
    if (isOver) {
      if (output.isJson) printJson(operation, 2);
      if (operation.state === 'canceled') throw new Refusal(`${id} was canceled.`);
      return;
    }
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new Refusal(`The operation ${id} goes on; \`nuncio operations cancel ${id}\` ends it.`, EXIT.interrupted);
  }
}

/** Such as `; so far 40 delivered, 2 open`. */
function cameTo(outcome: unknown): string {
  const some = Object.entries((outcome ?? {}) as Record<string, number>).filter(([, n]) => n > 0);
  return some.length ? `; so far ${some.map(([status, n]) => `${n} ${status}`).join(', ')}` : '';
}
