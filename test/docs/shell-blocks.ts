/** A block of shell commands in a page, as a reader copies it. */
interface ShellBlock {
  /** The line number of its opening fence, from 1. */
  readonly line: number;
  readonly text: string;
  /** The reason why no test runs it, from the mark on the line above; null = a test runs it. */
  readonly notRun: string | null;
}

const FENCE = /^```(\w*)$/;
const MARK = /^<!-- not run in a test: (.+) -->$/;
const SHELLS: readonly string[] = ['sh', 'bash', 'shell', 'console', 'zsh'];

/** The shell blocks of a page, in order: those marked with a shell's name, and unmarked ones that begin with a command. */
export function shellBlocks(page: string): ShellBlock[] {
  const blocks: ShellBlock[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const language = FENCE.exec(lines[at] ?? '')?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    if (end < 0) throw new Error(`the block that line ${at + 1} opens has no end`);
    const text = lines.slice(at + 1, end).join('\n');
    if (SHELLS.includes(language) || (language === '' && isCommand(text))) blocks.push({ line: at + 1, text, notRun: MARK.exec(lines[at - 1] ?? '')?.[1] ?? null });
    at = end;
  }
  return blocks;
}

const isCommand = (text: string): boolean => /^(\$ |npm |npx |nuncio |curl |docker |kubectl |helm |node )/.test(text);
