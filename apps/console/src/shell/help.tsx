import { useNavigate } from '@tanstack/react-router';
import { useRef, type ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Dialog, type DialogHandle } from '../parts/dialog.js';
import { useKeys } from './keys.js';
import { pagesFor } from './pages.js';

const OTHERS: readonly (readonly [key: string, what: string])[] = [['/', 'find a page, a name or an id'], ['j', 'the next row, or the next delivery'], ['k', 'the previous one'], ['f', 'add a filter'], ['+', 'closer to the timeline of a delivery'], ['-', 'farther from it'], ['0', 'all of it'], ['?', 'these keys']];

/** Goes to pages by keys; `?` lists all keys. */
export function Help({ role }: { role: Schemas['Me']['role'] }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const navigate = useNavigate();
  const pages = pagesFor(role).flatMap(({ to, name, key }) => (key === undefined ? [] : [{ to, name, key: `g ${key}` }]));
  const open = (): void => { dialog.current?.open(); };
  useKeys({ '?': open, ...Object.fromEntries(pages.map(({ to, key }) => [key, () => void navigate({ to })])) });
  return (
    <>
      <button type="button" className="plain" onClick={open}>Keys</button>
      <Dialog ref={dialog} title="Keys" onClose={null}>
        <dl className="keys">
          {[...pages.map(({ name, key }) => [key, name] as const), ...OTHERS].map(([key, what]) => <div key={key}><dt>{key.split(' ').map((one) => <kbd key={one}>{one}</kbd>)}</dt><dd>{what}</dd></div>)}
        </dl>
        <div className="actions"><button type="button" onClick={() => dialog.current?.close()}>Close</button></div>
      </Dialog>
    </>
  );
}
