import { once } from 'node:events';
import { connect } from 'node:net';

const ALTER_CLIENT_QUOTAS = 49;

export type ClientQuota = 'producer_byte_rate' | 'consumer_byte_rate' | 'request_percentage';

/**
 * Sets a quota of all clients, or removes it (null): bytes a second, or percent of one thread of the broker. kafkajs cannot do that. AlterClientQuotas Request (version 0)
 * => [[entity_type entity_name] [key value remove]] validate_only (Kafka protocol).
 */
export async function setClientQuota(broker: string, quota: ClientQuota, value: number | null): Promise<void> {
  const text = (of: string): Buffer => Buffer.concat([int16(of.length), Buffer.from(of)]);
  const number = Buffer.alloc(8);
  number.writeDoubleBE(value ?? 0);
  const NULL = int16(-1);
  const entity = [int32(1), text('client-id'), NULL];
  const change = [int32(1), text(quota), number, Buffer.from([value === null ? 1 : 0])];
  const request = Buffer.concat([int16(ALTER_CLIENT_QUOTAS), int16(0), int32(1), NULL, int32(1), ...entity, ...change, Buffer.from([0])]);
  const [host, port] = broker.split(':');
  const socket = connect(Number(port), host);
  socket.write(Buffer.concat([int32(request.length), request]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  // Its length, its id, throttle_time_ms, and the number of entries come before the error of the first.
  const code = answer.readInt16BE(16);
  if (code !== 0) throw new Error(`the broker refuses the quota: error ${code}`);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
