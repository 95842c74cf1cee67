import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { NewCallback } from '../callbacks/new-callback.js';
import { ProblemBox } from '../parts/problem-box.js';
import { useQuiet } from '../parts/quiet.js';

const SHOWN = 8;

interface PickCallbackProps {
  /** Its id; undefined = none. */
  readonly chosen: string | undefined;
  /** The same, once it is known. */
  readonly callback: Schemas['Callback'] | undefined;
  readonly onChoose: (id: string) => void;
}

/** Chooses a callback, or makes one. */
export function PickCallback({ chosen, callback, onChoose }: PickCallbackProps): ReactElement {
  const [text, setText] = useState('');
  const q = useQuiet(text.trim());
  const { data, error } = useQuery({ queryKey: ['callbacks', 'picked', q], queryFn: () => answer(api.GET('/v1/callbacks', { params: { query: { limit: SHOWN, ...(q !== '' && { q }) } } })), placeholderData: keepPreviousData });
  const found = data?.items ?? [];
  const offered = callback && !found.some(({ id }) => id === callback.id) ? [callback, ...found] : found;
  return (
    <div className="stack">
      <label className="field">Find a callback<input type="search" value={text} spellCheck={false} placeholder="Name, id or URL" onChange={({ target }) => { setText(target.value); }} /></label>
      {error && <ProblemBox error={error} />}
      <ul className="choices">
        {offered.map(({ id, name, url, tenant, enabled }) => (
          <li key={id}>
            <label className="check">
              <input type="radio" name="callback" checked={chosen === id} onChange={() => { onChoose(id); }} />
              <span>{name} <span className="soft">of {tenant}{!enabled && ', disabled'}</span> <code>{url}</code></span>
            </label>
          </li>
        ))}
      </ul>
      {data && offered.length === 0 && <p className="soft">{q === '' ? 'There is no callback yet.' : 'No callback is like this.'}</p>}
      <div className="actions"><NewCallback onMade={onChoose} isPrimary={false} /></div>
    </div>
  );
}
