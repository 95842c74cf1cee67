import { setPriority } from 'node:os';
import { Api } from '@nuncio/fixtures';
import { Attacker, type Keys } from './attacker.js';

/** An attacker would use a machine of its own. Here it gets only the CPU that others leave. */
setPriority(19);
const [url = '', keys = '{}'] = process.argv.slice(2);
const given = JSON.parse(keys) as Keys;
const attacker = await Attacker.prepare(new Api(url, given.consumer), new Api(url, given.publisher), given);
process.send?.('prepared');
process.on('message', (message) => {
  if (message === 'begin') attacker.begin();
  else void attacker.stop().then((done) => process.send?.(done));
});
process.on('disconnect', () => process.exit(0));
