import { topics } from '@nuncio/contracts';
import { z } from 'zod';

const MOST = 10_000;
const known = new Map(topics.map((topic) => [topic.name, topic]));

/** `events=96,attempts=24`: the number of partitions by topic, named as in the contract. */
export const PartitionCounts = z.string().transform((text, context): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, name = '', digits = ''] = /^([a-z0-9.-]+)=(\d{1,6})$/.exec(part) ?? [];
    const count = Number(digits);
    if (!name || count < 1 || count > MOST) context.addIssue({ code: 'custom', message: `"${part}" is not <topic>=<1 to ${MOST}>` });
    else if (!known.has(name)) context.addIssue({ code: 'custom', message: `there is no topic "${name}": ${[...known.keys()].join(', ')}` });
    else counts[name] = count;
  }
  return counts;
});
