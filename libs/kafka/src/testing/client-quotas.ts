import { once } from 'node:events';
import { connect } from 'node:net';
import Encoder from 'kafkajs/src/protocol/encoder.js';

const ALTER_CLIENT_QUOTAS = 49;

type ClientQuota = 'producer_byte_rate' | 'consumer_byte_rate' | 'request_percentage';

/**
 * Sets a quota of all clients, or removes it (null): bytes a second, or percent of one thread of the broker. kafkajs cannot do that. AlterClientQuotas Request (version 0)
 * => [[entity_type entity_name] [key value remove]] validate_only (Kafka protocol).
 */
export async function setClientQuota(broker: string, quota: ClientQuota, value: number | null): Promise<void> {
  const entity = new Encoder().writeString('client-id').writeString(null);
  const change = new Encoder().writeString(quota).writeDouble(value ?? 0).writeBoolean(value === null);
  const entry = new Encoder().writeArray([entity]).writeArray([change]);
  const request = new Encoder().writeInt16(ALTER_CLIENT_QUOTAS).writeInt16(0).writeInt32(1).writeString(null).writeArray([entry]).writeBoolean(false);
  const [host, port] = broker.split(':');
  const socket = connect(Number(port), host);
  socket.write(new Encoder().writeInt32(request.buffer.length).writeBuffer(request.buffer).buffer);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  // Its length, its id, throttle_time_ms, and the number of entries come before the error of the first.
  const code = answer.readInt16BE(16);
  if (code !== 0) throw new Error(`the broker refuses the quota: error ${code}`);
}
