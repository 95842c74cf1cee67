import type { BrokerAddress } from '../kafkajs/kafkajs-private.js';

const ADDRESS = /^(?:\[(?<ipv6>[0-9a-f:.]+)\]|(?<name>[^\s:/@]+)):(?<port>\d{1,5})$/i;

/** Whether a text is `host:port`, with brackets around an address of IPv6. */
export const isBrokerAddress = (text: string): boolean => ADDRESS.test(text);

/** The address in a text that is one. */
export function addressOf(broker: string): BrokerAddress {
  const { ipv6, name = '', port } = ADDRESS.exec(broker)?.groups ?? {};
  return { host: ipv6 ?? name, port: Number(port) };
}
