import { useEffect, useRef } from 'react';
import { preference } from './preferences.js';

/** Two keys one after the other: `g o`. */
const FIRST_OF_TWO = 'g';

/** Does something when a key is pressed, or two in a row (`g o`). Not while somebody types or a dialog is open, nor for a reader who has turned keys off. */
export function useKeys(acts: Readonly<Record<string, () => void>>): void {
  // Kept over renders: one between the two keys must not lose the first.
  const first = useRef('');
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const isFree = preference('keys') === 'on' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target) && !document.querySelector('dialog[open]');
      const act = isFree ? acts[first.current === '' ? event.key : `${first.current} ${event.key}`] : undefined;
      first.current = isFree && first.current === '' && event.key === FIRST_OF_TWO ? FIRST_OF_TWO : '';
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', listen);
    return () => { removeEventListener('keydown', listen); };
  });
}

const isTyping = (target: EventTarget | null): boolean => target instanceof Element && target.matches('input, select, textarea');
