import { useState, type ReactElement } from 'react';

/** Copies a text, and says so for a moment. */
export function Copy({ text, name = 'Copy' }: { text: string; name?: string }): ReactElement {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => { setDone(false); }, 1_500);
  };
  return (
    <button type="button" className={name === 'Copy' ? 'plain small' : ''} onClick={() => void copy()} title={name === 'Copy' ? text : undefined}>
      {done ? 'Copied' : name}
    </button>
  );
}

/** An id, with a button that copies it. */
export const Id = ({ of }: { of: string }): ReactElement => (
  <span className="id">
    <code title={of}>{of}</code> <Copy text={of} />
  </span>
);
