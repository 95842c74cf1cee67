import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_EVERY_MS = 10_000;
/** A process is quiet if its event loop works for at most this share of the time. */
const QUIET_SHARE = 0.25;
/** Less is not worth the pause, some 50 ms. */
const WORTH_BYTES = 64 * 1_024 * 1_024;

interface GarbagePorts {
  /** The bytes of the heap and of buffers, garbage included. */
  readonly usedBytes: () => number;
  /** The share of the time since the last call in which the event loop worked. */
  readonly loopShare: () => number;
  readonly collect: () => void;
}

/**
 * Collects the garbage that a burst leaves. V8 collects all of it only when the heap has grown to a multiple of what was in use, so a process that is quiet
 * afterwards would keep hundreds of megabytes (docs/adr/0076).
 */
export class LeftGarbage {
  /** What was in use without garbage, as far as is known. */
  #floor: number;

  constructor(private readonly ports: GarbagePorts = processPorts()) {
    this.#floor = ports.usedBytes();
  }

  /** Looks every 10 s, and keeps no process alive. */
  watch(): void {
    setInterval(() => { this.look(); }, LOOK_EVERY_MS).unref();
  }

  look(): void {
    const { usedBytes, loopShare, collect } = this.ports;
    const used = usedBytes();
    this.#floor = Math.min(this.#floor, used);
    if (loopShare() > QUIET_SHARE || used - this.#floor < WORTH_BYTES) return;
    collect();
    this.#floor = usedBytes();
  }
}

/** Collects all garbage of this process, at once. Node.js offers this function only to what asks for it. */
export const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

function processPorts(): GarbagePorts {
  let before = performance.eventLoopUtilization();
  return {
    usedBytes: () => {
      const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
      return heap + buffers;
    },
    loopShare: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    },
    collect: collectGarbage,
  };
}
