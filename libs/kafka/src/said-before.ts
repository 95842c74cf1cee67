const REMIND_AFTER_MS = 60_000;
const MOST = 200;

/** Says of each line whether it was said within the last minute; of the last lines only, so that it stays small. `now`: monotonic milliseconds. */
export function saidBefore(now: () => number = () => performance.now()): (line: string) => boolean {
  const said = new Map<string, number>();
  return (line) => {
    const at = said.get(line);
    if (at !== undefined && now() - at < REMIND_AFTER_MS) return true;
    said.delete(line);
    said.set(line, now());
    const [oldest = ''] = said.keys();
    if (said.size > MOST) said.delete(oldest);
    return false;
  };
}
