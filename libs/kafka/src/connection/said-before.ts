const REMIND_AFTER_MS = 60_000;
const MOST = 200;

/** Says of each line, or of what it is about, whether it was said within this time, by default a minute; of the last lines only, so that it stays small. `now`: monotonic milliseconds. */
export function saidBefore({ withinMs = REMIND_AFTER_MS, now = () => performance.now() }: { withinMs?: number; now?: () => number } = {}): (line: string) => boolean {
  const said = new Map<string, number>();
  return (line) => {
    const at = said.get(line);
    if (at !== undefined && now() - at < withinMs) return true;
    said.delete(line);
    said.set(line, now());
    const [oldest = ''] = said.keys();
    if (said.size > MOST) said.delete(oldest);
    return false;
  };
}
