import { useRef, useState, type ReactElement } from 'react';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { isPortal } from '../shell/place.js';
import type { Search } from './search.js';

interface ViewsProps {
  /** The page that they belong to: `deliveries`. */
  readonly of: string;
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
}

type Saved = Readonly<Record<string, Search>>;

/** Searches that the reader has given a name. They are kept in this browser; the portal has none. */
export function Views({ of, search, onSearch }: ViewsProps): ReactElement | null {
  const dialog = useRef<DialogHandle>(null);
  const [saved, setSaved] = useState<Saved>(() => read(of));
  const [current = ''] = Object.entries(saved).find(([, view]) => textOf(view) === textOf(search)) ?? [];
  const keep = (views: Saved): void => {
    localStorage.setItem(keyOf(of), JSON.stringify(views));
    setSaved(views);
  };
  if (isPortal) return null;
  return (
    <div className="at-end actions">
      {current !== '' && <button type="button" className="plain" onClick={() => { keep(Object.fromEntries(Object.entries(saved).filter(([name]) => name !== current))); }}>Forget this view</button>}
      {current === '' && Object.keys(search).length > 0 && <Opener dialog={dialog} className="plain">Save this view</Opener>}
      {Object.keys(saved).length > 0 && (
        <select aria-label="Saved views" value={current} onChange={({ target }) => { onSearch(saved[target.value] ?? {}); }}>
          <option value="">{current === '' ? 'Views' : 'No view'}</option>
          {Object.keys(saved).sort().map((name) => <option key={name}>{name}</option>)}
        </select>
      )}
      <Dialog ref={dialog} title="Save this view" onClose={null}>
        <Form onSubmit={(form) => { keep({ ...saved, [formText(form, 'name')]: search }); dialog.current?.close(); }}>
          <label className="field">Name<input name="name" required maxLength={60} pattern=".*\S.*" placeholder="What waits for Acme" /></label>
          <p className="soft">It keeps the filters, in this browser. A relative time stays relative. To share a search, copy the page’s address.</p>
          <DialogEnd error={null} isPending={false} yes="Save it" onBack={() => dialog.current?.close()} />
        </Form>
      </Dialog>
    </div>
  );
}

const keyOf = (page: string): string => `nuncio.views.${page}`;

function read(page: string): Saved {
  try {
    return JSON.parse(isPortal ? '{}' : (localStorage.getItem(keyOf(page)) ?? '{}')) as Saved;
  } catch {
    return {};
  }
}

const textOf = (search: Search): string => JSON.stringify(Object.entries(search).sort(([a], [b]) => a.localeCompare(b)));
