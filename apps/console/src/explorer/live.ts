import { useEffect, useRef, useState } from 'react';
import { listen, Refused } from '../api/client.js';
import { newestFirst } from './newest.js';
import { toQuery, type Search } from './search.js';

const AGAIN_MS = 1_000;

interface Row {
  readonly id: string;
}

export interface Live<T> {
  /** What has been written since it is on, newest first; a delivery that was written again is there once. */
  readonly rows: readonly T[];
  readonly isOn: boolean;
  readonly toggle: () => void;
  readonly error: Error | null;
}

/** What the filters select, as it is written. Off, and while the page is hidden, nothing is open; what was missed meanwhile comes when it goes on. */
export function useLive<T extends Row>(of: 'deliveries' | 'attempts', search: Search): Live<T> {
  const [isOn, setOn] = useState(false);
  const [rows, setRows] = useState<readonly T[]>([]);
  const [error, setError] = useState<Error | null>(null);
  const place = useRef<string | undefined>(undefined);
  const query = queryOf(search);
  useEffect(() => {
    setRows([]);
    place.current = undefined;
  }, [of, query]);
  useEffect(() => {
    if (!isOn) return undefined;
    let buffer: T[] = [];
    let frame = 0;
    const flush = (): void => {
      const some = buffer;
      buffer = [];
      frame = 0;
      setRows((before) => newestFirst(before, some));
    };
    const take = ({ data, id }: { data: string; id?: string | undefined }): void => {
      place.current = id ?? place.current;
      buffer.push(JSON.parse(data) as T);
      frame ||= requestAnimationFrame(flush);
    };
    const stop = whileVisible((signal) => listen(`/v1/${of}/stream${query}`, { after: place.current, signal, take }), (refusal) => {
      setError(refusal);
      setOn(false);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [isOn, of, query]);
  const toggle = (): void => {
    setError(null);
    setOn(!isOn);
  };
  return { rows, isOn, toggle, error };
}

/** Opens it again whenever it ends, but after a refusal; closed while nobody looks. */
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

function queryOf(search: Search): string {
  const pairs = Object.entries(toQuery<Record<string, readonly string[]>>({ ...search, since: undefined })).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  return pairs.length ? `?${new URLSearchParams(pairs).toString()}` : '';
}
