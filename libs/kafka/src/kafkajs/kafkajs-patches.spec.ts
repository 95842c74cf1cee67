import { describe, expect, it } from '@jest/globals';
import BrokerPool from 'kafkajs/src/cluster/brokerPool.js';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import Runner from 'kafkajs/src/consumer/runner.js';
import './kafkajs-patches.js';

describe('the mends of kafkajs', () => {
  it('wait for what is on the wire before a group is joined', async () => {
    const order: string[] = [];
    const group = {
      cluster: {},
      assigners: [{ beforeJoin: () => Promise.resolve().then(() => void order.push('quiet')) }],
      retrier: () => {
        order.push('join');
        return Promise.resolve();
      },
    };
    await ConsumerGroup.prototype.joinAndSync.call(group as never);
    expect(order).toEqual(['quiet', 'join']);
  });

  it('ask the brokers that were known when no connection is left: the consumer crashed, and came back as a stranger', () => {
    let connected = ['1', '2'];
    const group = { cluster: { getNodeIds: () => connected } };
    const known = () => ConsumerGroup.prototype.getNodeIds.call(group as never);
    expect(known()).toEqual(['1', '2']);
    connected = [];
    expect(known()).toEqual(['1', '2']);
    connected = ['2'];
    expect(known()).toEqual(['2']);
  });

  it.each([
    [['closed', 'closed'], 'closed'],
    [['GROUP_AUTHORIZATION_FAILED', 'closed'], 'GROUP_AUTHORIZATION_FAILED'],
  ])('say what the brokers have said when none answers (%j): a consumer ended because it heard that there is no coordinator', async (said, heard) => {
    const errors = said.map((type) => Object.assign(new Error(type), { type }));
    const pool = { brokers: { 1: {}, 2: {} }, findBroker: () => Promise.resolve({}) };
    await expect(BrokerPool.prototype.withBroker.call(pool as never, () => Promise.reject(errors.shift()!))).rejects.toThrow(heard);
    await expect(BrokerPool.prototype.withBroker.call(pool as never, () => Promise.resolve('an answer'))).resolves.toBe('an answer');
  });

  it('send heartbeats when the clock was put back: none left until it was as late again', async () => {
    let sent = 0;
    const coordinator = { heartbeat: () => Promise.resolve(sent++) };
    const group = new ConsumerGroup({ logger: { namespace: () => ({}) }, instrumentationEmitter: { emit: () => undefined } });
    Object.assign(group, { memberId: 'me', coordinator, lastRequest: Date.now() + 3_600_000 });
    await group.heartbeat({ interval: 1_000 });
    await group.heartbeat({ interval: 1_000 });
    expect(sent).toBe(1);
  });

  it('try a commit once, and make none that nobody hears of: the group could not be joined for as long as an old one was repeated', async () => {
    let commits = 0;
    const commitOffsets = () => Promise.reject(new Error(`refused ${++commits}`));
    const commit = (running: boolean) => Runner.prototype.commitOffsets.call({ running, consumerGroup: { commitOffsets } } as never, {});
    await expect(commit(true)).rejects.toThrow('refused 1');
    await expect(commit(false)).rejects.toThrow('not running');
    expect(commits).toBe(1);
  });
});
