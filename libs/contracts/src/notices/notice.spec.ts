import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { NOTICE_TYPES, notices } from './notice.js';

const FILE = new URL('../../../../docs/notices.md', import.meta.url);
const BEGIN = '## Types\n';

const section = (type: (typeof NOTICE_TYPES)[number]): string => {
  const { when, about, example } = notices[type];
  return `### ${type}\n\n${when} About ${about === 'operation' ? 'an' : 'a'} ${about}.\n\n\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\`\n`;
};

/** With WRITE_DOCS set, this test writes the page. */
it('docs/notices.md has every notice with its example', () => {
  const page = readFileSync(FILE, 'utf8');
  const told = page.slice(0, page.indexOf(BEGIN)) + [BEGIN, ...NOTICE_TYPES.map(section)].join('\n');
  if (process.env.WRITE_DOCS) writeFileSync(FILE, told);
  else expect(page).toBe(told);
});
