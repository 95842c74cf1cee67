import type { RedisClient } from '@nuncio/token-store';
import { RedisAnswers } from '../lanes/redis-answers.js';

/**
 * Decides for the whole fleet who may have a newer token made for a callback that refuses its tokens: the first refusal, which begins the pause, and every refusal of the
 * same generation, since it asks for the same token. KEYS: generation and pause of the last renewal. ARGV: generation, pause in ms. Returns how many ms to wait, and the pause.
 */
const TAKE = `
local last = redis.call('GET', KEYS[1])
if not last then
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[2])
  return {0, tonumber(ARGV[2])}
end
local generation, pause = string.match(last, '(%d+) (%d+)')
if tonumber(ARGV[1]) <= tonumber(generation) then return {0, tonumber(pause)} end
return {math.max(1, redis.call('PTTL', KEYS[1])), tonumber(pause)}`;

export interface Turn {
  /** 0 = now. */
  readonly waitMs: number;
  readonly pauseMs: number;
}

interface FleetBrakePorts {
  readonly redis: Pick<RedisClient, 'eval'>;
  /** The installation's prefix, `nuncio`; keys are `<prefix>:rate:renewals:<callback>:<credential>`. */
  readonly prefix: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** One pause for the fleet, in Redis. While Redis is away each process has its own pause. */
export class FleetBrake {
  readonly #answers: RedisAnswers;

  constructor(private readonly ports: FleetBrakePorts) {
    this.#answers = new RedisAnswers('FleetBrake', 'each process renews refused tokens at its own pace', ports.now);
  }

  async take(callback: string, credential: string, generation: number, pauseMs: number): Promise<Turn> {
    const { redis, prefix } = this.ports;
    const given = await this.#answers.to(() => redis.eval(TAKE, 1, `${prefix}:rate:renewals:${callback}:${credential}`, generation, pauseMs));
    if (given === null) return { waitMs: 0, pauseMs };
    const [waitMs, pause] = given as [number, number];
    return { waitMs, pauseMs: pause };
  }
}
