import { useEffect, useState } from 'react';

/** What a value is once it has been the same for a while (milliseconds). */
export function useQuiet<T>(value: T, ms = 400): T {
  const [quiet, setQuiet] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => { setQuiet(value); }, ms);
    return () => { clearTimeout(timer); };
  }, [value, ms]);
  return quiet;
}
