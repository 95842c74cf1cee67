import { useCallback, useEffect, useRef, useState } from 'react';
import { Refused } from '../api/client.js';
import { listen } from '../api/listen.js';
import { Gathered, type Row } from './gathered.js';
import { toQuery, type Search } from './search.js';

const AGAIN_MS = 1_000;

export interface Live<T> {
  /** What has been written since it is on, newest first. A row that has come again is there once. */
  readonly rows: readonly T[];
  readonly isOn: boolean;
  readonly toggle: () => void;
  /** How many rows have come while it was held. */
  readonly waiting: number;
  /** While it is held, new rows are kept, but not shown: nothing moves under the reader. */
  readonly hold: (isHeld: boolean) => void;
  readonly error: Error | null;
}

/** What the filters select, as it is written. While the page is hidden no stream is open; what was missed comes when it goes on. */
export function useLive<T extends Row>(of: 'deliveries' | 'attempts' | 'events', search: Search): Live<T> {
  const [isOn, setOn] = useState(false);
  const [rows, setRows] = useState<readonly T[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [error, setError] = useState<Error | null>(null);
  const place = useRef<string | undefined>(undefined);
  const gathered = useState(() => new Gathered<T>(setRows, setWaiting))[0];
  const query = queryOf({ ...search, since: undefined });
  useEffect(() => {
    gathered.clear();
    place.current = undefined;
  }, [of, query, gathered]);
  useEffect(() => {
    if (!isOn) return undefined;
    const take = ({ data, id }: { data: string; id?: string | undefined }): void => {
      place.current = id ?? place.current;
      gathered.take(JSON.parse(data) as T);
    };
    const stop = whileVisible((signal) => listen(`/v1/${of}/stream${query}`, { after: place.current, signal, take }), (refusal) => {
      setError(refusal);
      setOn(false);
    });
    return () => {
      stop();
      gathered.flush();
    };
  }, [isOn, of, query, gathered]);
  const toggle = (): void => {
    setError(null);
    setOn(!isOn);
  };
  const hold = useCallback((isHeld: boolean): void => { gathered.hold(isHeld); }, [gathered]);
  return { rows, isOn, toggle, waiting, hold, error };
}

/** Opens the stream again whenever it ends, but not after a refusal. Closes it while the page is hidden. */
function whileVisible(open: (signal: AbortSignal) => Promise<void>, onRefused: (error: Refused) => void): () => void {
  let going: AbortController | null = null;
  let timer = 0;
  const go = async (): Promise<void> => {
    const mine = new AbortController();
    going = mine;
    const error: unknown = await open(mine.signal).then(() => null, (reason: unknown) => reason);
    if (mine.signal.aborted) return;
    if (error instanceof Refused) onRefused(error);
    else timer = window.setTimeout(() => void go(), AGAIN_MS);
  };
  const stop = (): void => {
    clearTimeout(timer);
    going?.abort();
  };
  const turn = (): void => {
    stop();
    if (!document.hidden) void go();
  };
  document.addEventListener('visibilitychange', turn);
  turn();
  return () => {
    document.removeEventListener('visibilitychange', turn);
    stop();
  };
}

/** The search as a query string of the API, with its `?`. */
export function queryOf(search: Search): string {
  const pairs = Object.entries(toQuery<Record<string, readonly string[]>>(search)).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  return pairs.length ? `?${new URLSearchParams(pairs).toString()}` : '';
}
