import { useEffect, useState } from 'react';

/** A value that follows another one as soon as that has not changed for `ms` milliseconds. */
export function useQuiet<T>(value: T, ms = 400): T {
  const [quiet, setQuiet] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => { setQuiet(value); }, ms);
    return () => { clearTimeout(timer); };
  }, [value, ms]);
  return quiet;
}
