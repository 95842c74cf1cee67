import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { describeFault, kafkaFaultChanges, KafkaFaults, kafkaFaults, type KafkaFault } from './kafka-faults.js';

Logger.overrideLogger(false);
const denied = Object.assign(new Error('Topic authorization failed'), { type: 'TOPIC_AUTHORIZATION_FAILED' });
const unknown = Object.assign(new Error('no such topic'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
const told: KafkaFault[] = [];
const hear = (message: unknown): void => void told.push(message as KafkaFault);
beforeEach(() => { kafkaFaultChanges.subscribe(hear); });
afterEach(() => {
  kafkaFaultChanges.unsubscribe(hear);
  told.length = 0;
  jest.restoreAllMocks();
});

it('stands until each consumer that met it is rid of it', () => {
  const [one, other] = [new KafkaFaults(), new KafkaFaults()];
  for (const faults of [one, other]) faults.meet('read', 'nuncio.events', 'denied');
  expect(kafkaFaults()).toEqual(['nuncio.events cannot be read: this user lacks the right. Run node libs/kafka/dist/apply-access.js']);
  one.end('read', 'nuncio.events');
  expect(kafkaFaults()).toHaveLength(1);
  expect(told.at(-1)).toEqual({ kind: 'read', name: 'nuncio.events', isStanding: true });
  other.clear();
  expect(kafkaFaults()).toEqual([]);
  expect(told.at(-1)).toEqual({ kind: 'read', name: 'nuncio.events', isStanding: false });
});

it('gives groups of one process one name: a label must not grow with every start', () => {
  const faults = new KafkaFaults();
  faults.meet('join', 'nuncio.view.gateway.8c5a4b0e-0d3f-4a51-9f0e-3c8a2b1d7e6f', 'denied');
  faults.clear();
  expect(told.map(({ name }) => name)).toEqual(['nuncio.view.gateway', 'nuncio.view.gateway']);
});

it('takes a topic for missing after five seconds, and a right at once', () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(10_000);
  const faults = new KafkaFaults();
  expect(faults.meetError('write', 'nuncio.attempts', unknown)).toBe(false);
  clock.mockReturnValue(14_999);
  expect(faults.meetError('write', 'nuncio.attempts', unknown)).toBe(false);
  faults.end('write', 'nuncio.attempts');
  clock.mockReturnValue(15_000);
  expect(faults.meetError('write', 'nuncio.attempts', unknown)).toBe(false);
  clock.mockReturnValue(20_000);
  expect(faults.meetError('write', 'nuncio.attempts', unknown)).toBe(true);
  expect(faults.meetError('write', 'nuncio.attempts', new Error('a socket was closed'))).toBe(false);
  expect(kafkaFaults()).toEqual(['nuncio.attempts cannot be written: it does not exist. Run npm run migrate']);
  expect(faults.meetError('write', 'nuncio.attempts', new Error('again', { cause: denied }))).toBe(true);
  expect(kafkaFaults()).toEqual([expect.stringContaining('lacks the right')]);
  faults.clear();
});

it('says what to do about a refusal and a topic that does not exist, and nothing about other errors', () => {
  expect(describeFault(denied)).toBe('Topic authorization failed. This user lacks the right. Run node libs/kafka/dist/apply-access.js');
  expect(describeFault(unknown)).toBe('no such topic. The topic does not exist. Run npm run migrate');
  expect(describeFault(new Error('a socket was closed'))).toBe('a socket was closed');
});
