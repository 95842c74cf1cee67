import { createHash } from 'node:crypto';
import { always, AuthorizationServer, Receiver, type Answer, type Received } from '@nuncio/fixtures';
import type { Fleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import type { Arrived, Endpoint } from './history.js';
import type { Mood } from './schedule.js';

interface Role {
  readonly name: string;
  readonly recovers: boolean;
  readonly concurrency: number;
  readonly delaysSeconds: readonly number[];
  /** Its callback uses a token, so that token-service has work. */
  readonly oauth?: boolean;
  /** Its answers in an ordinary mood. */
  readonly answer: (request: Received) => Answer;
}

const TIMEOUT_MS = 2_000;
const TOKEN_LIFE_SECONDS = 5;
// Long enough that no mood of a receiver, and no standstill of this process, uses it up.
const PATIENT = [1, 1, 1, 2, 2, 2, 3, 3, 3, 5, 5, 5, 5, 5];
const client = { clientId: 'chaos', clientSecret: 'a secret of the chaos', authMethod: 'client_secret_basic' } as const;

const ROLES: readonly Role[] = [
  // Slow, with two requests at a time, so that deliveries to it are soon held when it hangs.
  { name: 'narrow', recovers: true, concurrency: 2, delaysSeconds: PATIENT, answer: () => ({ delayMs: 60 }) },
  { name: 'steady', recovers: true, concurrency: 32, delaysSeconds: PATIENT, oauth: true, answer: () => ({}) },
  { name: 'flaky', recovers: true, concurrency: 32, delaysSeconds: PATIENT, answer: failsAtFirst },
  { name: 'broken', recovers: false, concurrency: 32, delaysSeconds: [1, 2], answer: () => ({ status: 500 }) },
];

const MOODS: Record<Mood, Answer> = { slow: { delayMs: 700 }, failing: { status: 503 }, hanging: 'hang' };

/** A receiver with a tenant, a callback and a subscription of its own. */
class Actor {
  #mood: Mood | null = null;

  private constructor(
    readonly endpoint: Endpoint,
    readonly tenant: Tenant,
    private readonly receiver: Receiver,
  ) {}

  static async enter(fleet: Fleet, server: AuthorizationServer, role: Role): Promise<Actor> {
    const tenant = await Tenant.create(fleet);
    const receiver = await Receiver.start();
    await tenant.subscribe(receiver, {
      profile: 'persona',
      envelope: 'cloudevents',
      timeoutMs: TIMEOUT_MS,
      retry: { delaysSeconds: role.delaysSeconds, jitter: 0.1 },
      limits: { concurrency: role.concurrency },
      ...(role.oauth && { authentication: { type: 'oauth2', credential: await tenant.credential(server, client) } }),
    });
    const { name, recovers, delaysSeconds } = role;
    const actor = new Actor({ name, recovers, delaysMs: delaysSeconds.map((seconds) => seconds * 1_000), timeoutMs: TIMEOUT_MS }, tenant, receiver);
    receiver.answer((request) => (actor.#mood ? MOODS[actor.#mood] : role.answer(request)));
    return actor;
  }

  /** Sets the mood for the next requests; null = ordinary. A receiver that never succeeds has no other moods. */
  feel(mood: Mood | null): void {
    this.#mood = mood;
  }

  get arrived(): Arrived[] {
    return this.receiver.requests.map(({ headers, body, at, status, answeredAt }) => ({
      endpoint: this.endpoint.name,
      event: headers['ce-id'] ?? '',
      delivery: headers['x-span-id'] ?? '',
      number: numberOf(headers),
      body: digest(body),
      at,
      status,
      answeredAt,
    }));
  }

  leave(): Promise<void> {
    this.receiver.answer(always({}));
    return this.receiver.close();
  }
}

/** All receivers of one run, and the authorization server that one of them needs. */
export class Cast {
  private constructor(
    readonly actors: readonly Actor[],
    private readonly server: AuthorizationServer,
  ) {}

  static async assemble(fleet: Fleet): Promise<Cast> {
    const server = await AuthorizationServer.start({ clients: [client], tokenLifeSeconds: TOKEN_LIFE_SECONDS });
    return new Cast(await Promise.all(ROLES.map((role) => Actor.enter(fleet, server, role))), server);
  }

  actor(name: string): Actor {
    const actor = this.actors.find(({ endpoint }) => endpoint.name === name);
    if (!actor) throw new Error(`there is no receiver "${name}"`);
    return actor;
  }

  /** The receivers that may have moods. */
  get moody(): string[] {
    return this.actors.filter(({ endpoint }) => endpoint.recovers).map(({ endpoint }) => endpoint.name);
  }

  async dismiss(): Promise<void> {
    await Promise.all([...this.actors.map((actor) => actor.leave()), this.server.down()]);
  }
}

export const digest = (body: Buffer | string): string => createHash('sha256').update(body).digest('hex');

const numberOf = (headers: Received['headers']): number => Number(headers['persona-webhook-attempts-made']);

/**
 * Answers with no, one or two failures, depending on the event. The first of two closes the connection without an
 * answer.
 */
function failsAtFirst({ headers }: Received): Answer {
  const failures = parseInt(digest(headers['ce-id'] ?? '').slice(0, 4), 16) % 3;
  const number = numberOf(headers);
  if (number > failures) return {};
  return failures === 2 && number === 1 ? 'drop' : { status: 500 };
}
