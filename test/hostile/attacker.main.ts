import { setPriority } from 'node:os';
import { Api } from '@nuncio/fixtures';
import { Attacker, type Keys, type Order } from './attacker.js';

/** An attacker would use a machine of its own. Here it gets only the CPU that others leave. */
setPriority(19);
const [url = '', keys = '{}'] = process.argv.slice(2);
const given = JSON.parse(keys) as Keys;
const attacker = await Attacker.prepare(new Api(url, given.consumer), new Api(url, given.publisher), given);
process.send?.(attacker.misdeeds);
process.on('message', (order: Order) => {
  if (order.do === 'begin') attacker.begin(order.only);
  else void attacker.stop().then((done) => process.send?.(done));
});
process.on('disconnect', () => process.exit(0));
