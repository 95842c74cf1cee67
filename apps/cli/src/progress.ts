import { line } from './output.js';

const WIDTH = 30;

/** A progress bar that is redrawn on a terminal; elsewhere a single line at the end. */
export function drawProgress(done: number, all: number, words: string, isOver: boolean, stream: NodeJS.WriteStream = process.stdout): void {
  const filled = all === 0 ? WIDTH : Math.round((WIDTH * Math.min(done, all)) / all);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done} of ${all}, ${line(words)}`;
  if (stream.isTTY) stream.write(`\r${bar}${isOver ? '\n' : ''}`);
  else if (isOver) stream.write(`${bar}\n`);
}
