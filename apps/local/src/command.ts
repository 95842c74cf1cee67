import { Command } from 'commander';
import { type Flags, run } from './run.js';

const { exit, fresh, demo } = new Command('npm start --')
  .description('Kafka, PostgreSQL, Redis and all services of Nuncio on this machine, and a demo of what they do')
  .option('--exit', 'leave after the demo, with status 0 only if every delivery of it ended as it should', false)
  .option('--fresh', 'begin with empty data', false)
  .option('--no-demo', 'start without the demo')
  .allowExcessArguments(false)
  .parse()
  .opts<Flags>();

process.exit(await run({ exit, fresh, demo }));
