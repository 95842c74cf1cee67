/**
 * `npm run bench -w @nuncio/egress`: what the guard costs for a new connection (parsing the URL, judging four DNS answers, pinning and checking the
 * peer). A reused connection costs none of it. Prints one line of JSON, in microseconds of CPU.
 */
import { formatAddress, parseAddress } from './dist/address.js';
import { checkPeer, mayConnect } from './dist/connect.js';
import { EgressAllowSetting } from './dist/egress-allow.js';
import { parseTarget } from './dist/target.js';

const allow = EgressAllowSetting.parse('10.2.0.0/16,hooks.internal:8443');
const answers = ['93.184.216.34', '93.184.216.35', '2606:2800:220:1:248:1893:25c8:1946', '2606:2800:220:1:248:1893:25c8:1947'];

function connection(i) {
  const { target } = parseTarget(`https://customer-${i}.com/hooks/nuncio?tenant=${i}`, allow);
  const addresses = answers.map(parseAddress);
  if (!addresses.every((address) => mayConnect(target, address, allow))) throw new Error('refused');
  addresses.map(formatAddress);
  checkPeer({ remoteAddress: answers[3], destroy: () => undefined }, addresses);
}

console.log(JSON.stringify({ guardOfANewConnection: measure(100_000, connection) }));

/** CPU of this process rather than elapsed time, since other programs run too. The best of five rounds. */
function measure(count, work) {
  const rounds = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < count; i++) work(i);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / count;
  });
  return Number(Math.min(...rounds).toFixed(2));
}
