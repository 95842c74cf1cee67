import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addActing } from './acting.js';
import { addApply } from './apply/command.js';
import { addCompletion } from './completion/command.js';
import { addDoctor } from './doctor/command.js';
import { addExport } from './export/command.js';
import { addListen } from './listen.js';
import { addLogin } from './login.js';
import { addWatch } from './operations.js';
import { addPublish } from './publish.js';
import { tell } from './output.js';
import { EXIT, Refusal } from './refusal.js';
import { addResources } from './resources/commands.js';
import { addTail } from './tail.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const program = new Command('nuncio')
  .description('publish events, look at deliveries and manage one installation of Nuncio from a terminal')
  .version(version)
  .option('-p, --profile <profile>', 'which installation (`nuncio login`)')
  .option('--json', 'JSON instead of text')
  .addHelpText('after', '\nExit status: 0 done, 1 refused or something to correct, 2 wrong usage, 3 the installation cannot be reached, 4 a plan has changes, 130 interrupted.')
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(--help shows the commands and options)')
  .exitOverride();

for (const add of [addLogin, addPublish, addTail, addListen, addResources, addWatch, addActing, addApply, addExport, addDoctor, addCompletion]) add(program);
// Commander copies this setting only to commands made later, so each is set.
for (const command of allOf(program)) command.exitOverride();
for (const group of program.commands.filter(({ commands }) => commands.length)) group.hook('preSubcommand', refuseUnknown);

// The reader may stop early: `nuncio events | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = statusOf(error);
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

/** A group without a command runs its first one, which takes no argument. Any other word is a mistyped command. */
function refuseUnknown(group: Command): void {
  const names = group.commands.map((command) => command.name());
  const [word = '-'] = group.args;
  if (word.startsWith('-') || names.includes(word)) return;
  const advice = /^(?:create|update|edit|set|delete|remove)$/.test(word) ? '. `nuncio apply` creates, changes and deletes resources' : '';
  group.error(`error: unknown command '${word}': ${group.name()} has ${names.join(', ')}${advice}`);
}

function statusOf(error: unknown): number {
  // Commander has already printed the message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (!(error instanceof Refusal)) throw error;
  tell(error.message);
  return error.status;
}
